"""Mailjet, Send API v3.1: up to 50 whole messages in one call, with Mailjet's own guard against doubles."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from newsletter_cli.model.message import Message
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.providers.base import (
    Answer,
    Batch,
    CannotExpress,
    Capabilities,
    Event,
    FaultKind,
    HttpCall,
    Query,
    Receipt,
    Rejection,
    Verification,
)
from newsletter_cli.providers.cleaning import clean
from newsletter_cli.providers.copies import all_headers, copy_for, entry
from newsletter_cli.providers.pages import Loose, answer_of, parse_time, read
from newsletter_cli.providers.rest import Fault, HttpProvider, basic
from newsletter_cli.providers.setup import DMARC, Dns, Setup
from newsletter_cli.providers.transport import Reply

_KEYS = ("Email", "Name")
_FORBIDDEN = ("list-id", "message-id", "date", "sender", "from", "to", "subject", "reply-to")
_WHAT = {"sent": "delivered", "opened": "opened", "clicked": "clicked", "bounce": "bounced", "hardbounced": "bounced"}
_WHAT |= {"blocked": "bounced", "spam": "complained", "unsub": "unsubscribed"}
_PAGE = 1000


class _To(Loose):
    Email: str = ""
    MessageID: int | str = ""


class _Error(Loose):
    ErrorCode: str = ""
    ErrorMessage: str = ""
    StatusCode: int = 0


class _One(Loose):
    Status: str
    To: tuple[_To, ...] = ()
    Errors: tuple[_Error, ...] = ()


class _Sent(Loose):
    Messages: tuple[_One, ...]


class _Found(Loose):
    ID: int | str = ""
    Status: str = ""
    CustomID: str = ""
    ArrivedAt: str = ""
    ContactAlt: str = ""


class _FoundPage(Loose):
    Data: tuple[_Found, ...]


class _Sender(Loose):
    Email: str = ""
    Status: str = ""


class _Senders(Loose):
    Data: tuple[_Sender, ...] = ()


class Mailjet(HttpProvider):
    """Follows dev.mailjet.com (Send API v3.1, CustomCampaign and DeduplicateCampaign, errors, /message); read
    24 November 2026.

    An answer outside 2xx may still carry messages that were taken: `Messages` decides, and only an answer without it
    means that nothing was. DeduplicateCampaign lets only the first message to an address through in a campaign, so a
    repeat cannot double anyone. Template language stays off: no text of ours is evaluated. Mailjet refuses List-Id,
    Message-ID, Date and Sender among the headers.
    """

    name: ClassVar[str] = "mailjet"
    title: ClassVar[str] = "Mailjet"
    key_env: ClassVar[tuple[str, ...]] = ("MJ_APIKEY_PUBLIC", "MJ_APIKEY_PRIVATE")
    regions: ClassVar[tuple[str, ...]] = ("eu", "us")
    hosts: ClassVar[dict[str, str]] = {"eu": "https://api.mailjet.com", "us": "https://api.us.mailjet.com"}
    faults: ClassVar[tuple[Fault, ...]] = (
        Fault(0, r"mj-0001|temporarily blocked|suspended", FaultKind.SUSPENDED),
        Fault(0, r"mj-0015|authentication/authorization failure|API key", FaultKind.WRONG_KEY),
        Fault(0, r"send-0008|sender.*not (been )?(validated|authorized)|not an authorized sender", FaultKind.SENDER),
        Fault(0, r"quota|limit reached", FaultKind.QUOTA),
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Validate your domain under Account settings > Sender domains & addresses and add SPF and DKIM records.",
            "Take the key pair under Account settings > API keys into MJ_APIKEY_PUBLIC and MJ_APIKEY_PRIVATE.",
            "Set an unsubscribe address of your own under [unsubscribe]: Mailjet has none for Send API mail.",
        ),
        dns=(
            Dns("TXT", "", "v=spf1 include:spf.mailjet.com ?all", "SPF: Mailjet may send for the domain"),
            Dns("TXT", "mailjet._domainkey", "<shown by Mailjet>", "DKIM signature"),
            DMARC,
        ),
        settings=(("region", "eu"),),
        page="https://documentation.mailjet.com/hc/en-us/articles/360042412734",
    )
    capabilities = Capabilities(
        max_recipients=50,
        max_bytes=15_000_000,
        query=Query(lag_seconds=900, by="person"),
        header_notes=(
            "Message-ID: Mailjet writes its own.",
            "List-Id: Mailjet does not allow it.",
        ),
        statistics=("delivered", "bounced", "complained", "unsubscribed", "opened", "clicked"),
        verify=True,
    )

    def secrets(self) -> tuple[str, ...]:
        return (*self.access.keys.values(), self.headers()[0][1].removeprefix("Basic "))

    def headers(self) -> tuple[tuple[str, str], ...]:
        public, private = (self.access.keys[each] for each in self.key_env)
        return (("Authorization", basic(public, private)),)

    def check(self, message: Message) -> None:
        if len(message.subject) > 255:
            raise CannotExpress("Mailjet takes subjects of 255 characters at most.", "Shorten the subject.")

    def build(self, message: Message, batch: Batch) -> HttpCall:
        shared: dict[str, Any] = {
            "From": entry(message.sender.email, message.sender.name, keys=_KEYS),
            "TrackOpens": "enabled" if self.access.track_opens else "disabled",
            "TrackClicks": "enabled" if self.access.track_clicks else "disabled",
        }
        if batch.campaign:
            shared |= {"CustomCampaign": batch.campaign, "DeduplicateCampaign": True}
        if message.reply_to:
            shared["ReplyTo"] = entry(message.reply_to.email, message.reply_to.name, keys=_KEYS)
        messages = [self._one(message, batch, each) for each in batch.recipients]
        return self.json_call("/v3.1/send", {"Globals": shared, "Messages": messages})

    def receipt(self, reply: Reply, batch: Batch) -> Receipt:
        answers = read(_Sent, reply.body).Messages
        if len(answers) != len(batch.recipients):
            raise ValueError("not one answer for each message")
        ids: list[str] = []
        rejected: list[Rejection] = []
        unknown: list[Rejection] = []
        for person, one in zip(batch.recipients, answers, strict=True):
            error = one.Errors[0] if one.Errors else _Error()
            words = clean(error.ErrorMessage or one.Status, self.secrets(), batch)
            if one.Status == "success" and one.To and one.To[0].MessageID:
                ids.append(str(one.To[0].MessageID))
            elif one.Status == "error" and one.Errors and error.StatusCode < 500:
                rejected.append(Rejection(person.seq, error.ErrorCode, words))
            else:
                unknown.append(Rejection(person.seq, error.ErrorCode or one.Status, words))
        self._nobody(rejected, batch, reply)
        if not ids and not rejected:
            raise ValueError("no answer about anybody")
        return Receipt(tuple(ids), tuple(rejected), tuple(unknown))

    def refusal(self, reply: Reply, batch: Batch) -> Receipt:
        try:
            return self.receipt(reply, batch)
        except ValueError:
            raise self.fault(reply, batch) from None

    def ask(self, batch: Batch, since: datetime) -> Answer:
        """One question a person: their CustomID names batch and place."""
        found: dict[int, str] = {}
        for person in batch.recipients:
            query = urlencode({"CustomID": _custom_id(batch, person), "FromTS": f"{since.timestamp():.0f}"})
            page = read(_FoundPage, self.get(f"/v3/REST/message?{query}").body)
            if page.Data:
                found[person.seq] = str(page.Data[0].ID)
        return answer_of(batch, frozenset(found), tuple(found.values()))

    def statistics(self, since: datetime, campaign: str) -> Iterator[Event]:
        offset = 0
        query = {"FromTS": f"{since.timestamp():.0f}", "ShowContactAlt": "true", "ShowCustomID": "true"}
        while True:
            found = self.get(f"/v3/REST/message?{urlencode(query | {'Limit': _PAGE, 'Offset': offset})}")
            page = read(_FoundPage, found.body)
            for each in page.Data:
                if each.CustomID.startswith(f"{campaign}/") and each.Status in _WHAT:
                    yield Event(each.ContactAlt, _WHAT[each.Status], parse_time(each.ArrivedAt), str(each.ID))
            if len(page.Data) < _PAGE:
                return
            offset += _PAGE

    def verify(self, sender: str = "") -> Sequence[Verification]:
        known = read(_Senders, self.get("/v3/REST/sender?Limit=1000").body).Data
        looks = [Verification("key", True, "Mailjet knows the keys")]
        if sender:
            names = {sender.lower(), "*@" + sender.rpartition("@")[2].lower()}
            good = any(each.Email.lower() in names and each.Status == "Active" for each in known)
            looks.append(Verification("sender", good, f"{sender} is {'' if good else 'not '}an active sender"))
        return looks

    def _one(self, message: Message, batch: Batch, person: Recipient) -> dict[str, Any]:
        copy = copy_for(message, person)
        one: dict[str, Any] = {
            "To": [entry(person.email, person.name, keys=_KEYS)],
            "Subject": copy.subject,
            "TextPart": copy.text,
            "HTMLPart": copy.html,
            "CustomID": _custom_id(batch, person),
        }
        headers = dict(all_headers(copy, leave_out=_FORBIDDEN))
        return one | {"Headers": headers} if headers else one

    def _nobody(self, rejected: list[Rejection], batch: Batch, reply: Reply) -> None:
        """When all were refused for one cause that is not theirs, the call was refused."""
        causes = {each.code for each in rejected}
        if len(rejected) == len(batch.recipients) and len(causes) == 1:
            kind = self.kind_of(reply)
            if kind in (FaultKind.SENDER, FaultKind.WRONG_KEY, FaultKind.SUSPENDED, FaultKind.QUOTA):
                raise self.refused(kind, rejected[0].words, reply)


def _custom_id(batch: Batch, person: Recipient) -> str:
    return f"{batch.campaign}/{quote(batch.tag, safe='')}/{person.seq}"
