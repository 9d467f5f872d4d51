"""The online rules: id, severity, reason and remedy of each."""

from dataclasses import dataclass

from newsletter_cli.check.blocks import NOWHERE, Place
from newsletter_cli.model.finding import Finding, Severity


@dataclass(frozen=True, slots=True)
class OnlineRule:
    """A rule whose answer lies on other machines, so that it has no example to run."""

    id: str
    severity: Severity
    reason: str
    hint: str

    def finding(
        self, message: str, place: Place = NOWHERE, severity: Severity | None = None, hint: str = ""
    ) -> Finding:
        return Finding(self.id, severity or self.severity, message, hint or self.hint, place.file, place.line)


LINK_DEAD = OnlineRule(
    "link-dead",
    Severity.ERROR,
    "A link that answers 404 on the day of the send is dead for everyone at once.",
    "Open it in a browser; put the address it should have.",
)
LINK_FINAL_HTTP = OnlineRule(
    "link-final-http",
    Severity.WARNING,
    "The link ends at an address without https, and browsers warn.",
    "Link to the https address, or have the site redirect to it.",
)
BROWSER_PAGE = OnlineRule(
    "browser-page",
    Severity.WARNING,
    "“View in browser” must answer when the mail arrives.",
    "Publish the web copy before the send.",
)
IMAGE_DEAD = OnlineRule(
    "image-dead",
    Severity.ERROR,
    "A picture that is not there is a grey box for everyone.",
    "Run `newsletter images publish ISSUE`, or upload it to where [images] base_url points.",
)
IMAGE_ONLINE = OnlineRule(
    "image-online",
    Severity.WARNING,
    "What the server gives out is what readers load: its type, weight and pixels count.",
    "Publish the prepared picture again.",
)
SOURCE_CHANGED = OnlineRule(
    "source-changed",
    Severity.WARNING,
    "The story’s own page was changed after it was gathered: perhaps a correction.",
    "Compare the two; `newsletter gather` writes the new version beside yours.",
)
SPF = OnlineRule(
    "spf",
    Severity.WARNING,
    "SPF (RFC 7208) says which machines may send for the domain; two records or more than ten look-ups void it.",
    "Have the domain’s TXT record corrected as the provider’s page on SPF says.",
)
DKIM = OnlineRule(
    "dkim",
    Severity.WARNING,
    "Gmail and Yahoo refuse bulk mail without a DKIM signature of the sender’s domain (RFC 6376).",
    "Set the provider’s DKIM records for the domain; name the selector in [check] dkim_selectors.",
)
DMARC = OnlineRule(
    "dmarc",
    Severity.WARNING,
    "Gmail and Yahoo ask bulk senders for a DMARC record (RFC 7489).",
    "Publish a TXT record at _dmarc of the domain, such as `v=DMARC1; p=none; rua=mailto:…`.",
)
REPLY_MX = OnlineRule(
    "reply-to-mx",
    Severity.WARNING,
    "Answers to the newsletter go to a domain that takes no mail.",
    "Set [sender] reply_to to a mailbox somebody reads.",
)
UNSUBSCRIBE_HOST = OnlineRule(
    "unsubscribe-host",
    Severity.ERROR,
    "The host of the unsubscribe address does not exist, so nobody could leave.",
    "Correct [unsubscribe] url.",
)

ONLINE_RULES = (
    LINK_DEAD,
    LINK_FINAL_HTTP,
    BROWSER_PAGE,
    IMAGE_DEAD,
    IMAGE_ONLINE,
    SOURCE_CHANGED,
    SPF,
    DKIM,
    DMARC,
    REPLY_MX,
    UNSUBSCRIBE_HOST,
)
