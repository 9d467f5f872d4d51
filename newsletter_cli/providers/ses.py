"""Amazon SES, API v2: SendBulkEmail with the message as an inline template, up to 50 people a call."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from pydantic import Field

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.errors import NewsletterError
from newsletter_cli.model.message import Message
from newsletter_cli.model.subscriber import SuppressionReason
from newsletter_cli.providers.access import Access
from newsletter_cli.providers.base import (
    Batch,
    CannotExpress,
    Capabilities,
    Event,
    FaultKind,
    HttpCall,
    ProviderSuppression,
    Quota,
    Receipt,
    Rejection,
    Verification,
)
from newsletter_cli.providers.cleaning import clean
from newsletter_cli.providers.copies import all_headers, copy_for
from newsletter_cli.providers.keys import PLACEHOLDER, KeyMissing
from newsletter_cli.providers.merging import BRACES, OPENING, Syntax, merge
from newsletter_cli.providers.mime import mailbox
from newsletter_cli.providers.pages import Loose, parse_time, read
from newsletter_cli.providers.rest import Fault, HttpProvider
from newsletter_cli.providers.setup import DMARC, Dns, Setup
from newsletter_cli.providers.transport import Reply

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_ALL = {  # One cause for the whole account: nothing of the call was taken.
    "ACCOUNT_THROTTLED": FaultKind.RATE,
    "ACCOUNT_DAILY_QUOTA_EXCEEDED": FaultKind.QUOTA,
    "ACCOUNT_SUSPENDED": FaultKind.SUSPENDED,
    "ACCOUNT_SENDING_PAUSED": FaultKind.SUSPENDED,
    "CONFIGURATION_SET_SENDING_PAUSED": FaultKind.SUSPENDED,
    "MAIL_FROM_DOMAIN_NOT_VERIFIED": FaultKind.SENDER,
    "CONFIGURATION_SET_NOT_FOUND": FaultKind.OTHER,
    "INVALID_SENDING_POOL_NAME": FaultKind.OTHER,
    "TRANSIENT_FAILURE": FaultKind.TEMPORARY,
}


class _Entry(Loose):
    Status: str
    MessageId: str = ""
    Error: str | None = None


class _Results(Loose):
    BulkEmailEntryResults: tuple[_Entry, ...]


class _Summary(Loose):
    EmailAddress: str
    Reason: str
    LastUpdateTime: float | str | None = None


class _Summaries(Loose):
    SuppressedDestinationSummaries: tuple[_Summary, ...] = ()
    NextToken: str | None = None


class _Attributes(Loose):
    MessageId: str = ""


class _Destination(Loose):
    EmailAddress: str
    Reason: str
    LastUpdateTime: float | str | None = None
    Attributes: _Attributes = _Attributes()


class _Suppressed(Loose):
    SuppressedDestination: _Destination


class _Kept(Loose):
    SuppressedReasons: tuple[str, ...] = ()


class _SendQuota(Loose):
    Max24HourSend: float
    SentLast24Hours: float
    MaxSendRate: float


class _Account(Loose):
    SendQuota: _SendQuota
    SendingEnabled: bool = True
    ProductionAccessEnabled: bool = True
    EnforcementStatus: str = Field(default="")
    SuppressionAttributes: _Kept = _Kept()


class _Identity(Loose):
    VerifiedForSendingStatus: bool


class Ses(HttpProvider):
    """Follows the Amazon SES API v2 reference (SendBulkEmail, GetAccount, suppression list) and the developer guide's
    chapter on personalised mail, and botocore's service model sesv2 2019-09-27; read 24 November 2026.

    Inline templates know plain {{key}} only, and SES does not escape values in the HTML part, so we do. Status is per
    person inside a 200. One person too goes by SendBulkEmail: SendEmail would carry a test by another way than the issue. Nothing can be asked afterwards, which is why calls are small. Keys come from the AWS chain
    when they are neither in our environment nor in key_file. `stream` names a configuration set.
    """

    name: ClassVar[str] = "ses"
    title: ClassVar[str] = "Amazon SES"
    key_env: ClassVar[tuple[str, ...]] = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    optional_keys: ClassVar[tuple[str, ...]] = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    regions: ClassVar[tuple[str, ...]] = (
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1"),
        *("ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-northeast-1", "ap-northeast-2"),
        *("ap-northeast-3", "il-central-1", "me-south-1", "me-central-1", "af-south-1"),
    )
    faults: ClassVar[tuple[Fault, ...]] = (
        Fault(0, r"TooManyRequests|Throttling|rate exceeded", FaultKind.RATE),
        Fault(0, r"LimitExceeded|daily message quota", FaultKind.QUOTA),
        Fault(0, r"AccountSuspended|SendingPaused", FaultKind.SUSPENDED),
        Fault(0, r"MailFromDomainNotVerified|not verified", FaultKind.SENDER),
        Fault(0, r"AccessDenied|UnrecognizedClient|InvalidSignature|InvalidClientTokenId|Expired", FaultKind.WRONG_KEY),
        Fault(400, r"MessageRejected|BadRequest|Validation", FaultKind.CONTENT),
    )
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Install the signer: pip install 'newsletter-cli[ses]'.",
            "Verify your domain as an identity with Easy DKIM in the region you send from, with a custom MAIL FROM.",
            "Ask for production access: a new account may write to verified addresses only, 200 a day.",
            "Make an IAM user or role that may ses:SendBulkEmail, ses:GetAccount, ses:GetEmailIdentity and "
            "ses:*SuppressedDestination*; its keys come from the usual AWS places.",
            "Keep [pace] batch no larger than the account's sending rate for one second (`newsletter doctor` says it).",
        ),
        dns=(
            Dns("CNAME", "<token>._domainkey", "<token>.dkim.amazonses.com", "DKIM signature, three records"),
            Dns("MX", "mail", "10 feedback-smtp.<region>.amazonses.com", "custom MAIL FROM"),
            Dns("TXT", "mail", "v=spf1 include:amazonses.com ~all", "SPF of the custom MAIL FROM"),
            DMARC,
        ),
        settings=(("region", "eu-west-1"),),
        page="https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html",
    )
    capabilities = Capabilities(
        max_recipients=50,
        max_bytes=1_000_000,
        merges=True,
        header_notes=("Message-ID: SES writes its own.",),
        concurrency=1,
        suppressions=("read", "add", "remove"),
        statistics=("bounced", "complained"),
        statistics_by="id",
        quota=True,
        verify=True,
        unicode_mailbox=False,
    )
    syntax: ClassVar[Syntax] = Syntax(placeholder=lambda key: "{{" + key + "}}", carried=BRACES, guarded=OPENING)

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.region = access.need("region", self.title, "eu-west-1").lower()
        if not _REGION.fullmatch(self.region):
            raise NewsletterError(
                f'"{self.region}" is no AWS region.', "Set region under [provider], such as eu-west-1."
            )
        self.hosts_here = f"https://email.{self.region}.amazonaws.com"
        self._credentials: Any = None

    @classmethod
    def keys_wanted(cls, settings: ProviderSettings) -> tuple[str, ...]:
        return ()

    @property
    def address(self) -> str:
        return self.settings.base_url or self.hosts_here

    def check(self, message: Message) -> None:
        merge(message, self.syntax, own=False)
        if len(message.headers) > 13:
            raise CannotExpress("SES takes 15 headers at most.", "Take some headers out.")

    def build(self, message: Message, batch: Batch) -> HttpCall:
        merged = merge(message, self.syntax, own=False)
        body: dict[str, Any] = {
            "FromEmailAddress": mailbox(message.sender.email, message.sender.name),
            "DefaultContent": {
                "Template": {
                    "TemplateContent": {"Subject": merged.subject, "Text": merged.text, "Html": merged.html},
                    "TemplateData": json.dumps(dict.fromkeys(merged.keys.values(), "") | merged.constants),
                }
            },
            "BulkEmailEntries": [
                {
                    "Destination": {"ToAddresses": [mailbox(each.email, each.name)]},
                    "ReplacementEmailContent": {
                        "ReplacementTemplate": {"ReplacementTemplateData": json.dumps(merged.values(each))}
                    },
                    "ReplacementHeaders": [
                        {"Name": name, "Value": value} for name, value in all_headers(copy_for(message, each))
                    ],
                }
                for each in batch.recipients
            ],
            "DefaultEmailTags": [
                {"Name": name, "Value": re.sub(r"[^A-Za-z0-9_-]", "-", value)[:256]}
                for name, value in (("campaign", batch.campaign), ("batch", batch.tag))
                if value
            ],
        }
        if message.reply_to:
            body["ReplyToAddresses"] = [mailbox(message.reply_to.email, message.reply_to.name)]
        if self.settings.stream:
            body["ConfigurationSetName"] = self.settings.stream
        return self._signed(self.json_call("/v2/email/outbound-bulk-emails", body))

    def receipt(self, reply: Reply, batch: Batch) -> Receipt:
        entries = read(_Results, reply.body).BulkEmailEntryResults
        if len(entries) != len(batch.recipients):
            raise ValueError("not one result for each person")
        causes = {_ALL.get(each.Status) for each in entries}
        if len(causes) == 1 and None not in causes:
            cause = next(each for each in causes if each)
            raise self.refused(cause, clean(entries[0].Error or entries[0].Status, self.secrets(), batch), reply)
        if any(each.Status == "SUCCESS" and not each.MessageId for each in entries):
            raise ValueError("no id for an accepted message")
        rejected: list[Rejection] = []
        unknown: list[Rejection] = []
        for person, one in zip(batch.recipients, entries, strict=True):
            words = clean(one.Error or one.Status, self.secrets(), batch)
            if one.Status in _ALL:
                # The account's fault in the middle of a call, not the person's: somebody says "send again".
                unknown.append(Rejection(person.seq, one.Status, f"SES did not take it, it can be sent again: {words}"))
            elif one.Status != "SUCCESS":
                rejected.append(Rejection(person.seq, one.Status, words))
        ids = tuple(each.MessageId for each in entries if each.Status == "SUCCESS")
        return Receipt(ids, tuple(rejected), tuple(unknown))

    def suppressions(self, since: datetime | None = None) -> Iterator[ProviderSuppression]:
        query: dict[str, str] = {"PageSize": "1000"}
        if since:
            query["StartDate"] = f"{since:%Y-%m-%dT%H:%M:%SZ}"
        while True:
            reply = self._get(f"/v2/email/suppression/addresses?{urlencode(query)}")
            page = read(_Summaries, reply.body)
            for each in page.SuppressedDestinationSummaries:
                bounced = each.Reason == "BOUNCE"
                reason = SuppressionReason.HARD_BOUNCE if bounced else SuppressionReason.COMPLAINT
                yield ProviderSuppression(each.EmailAddress, reason, parse_time(each.LastUpdateTime), each.Reason)
            if not page.NextToken:
                return
            query["NextToken"] = page.NextToken

    def add_suppression(self, entry: ProviderSuppression) -> None:
        reason = "COMPLAINT" if entry.reason is SuppressionReason.COMPLAINT else "BOUNCE"
        body = {"EmailAddress": entry.email, "Reason": reason}
        self.question(self._signed(self.json_call("/v2/email/suppression/addresses", body, "PUT")))

    def remove_suppression(self, email: str, reason: SuppressionReason) -> None:
        url = f"{self.address}/v2/email/suppression/addresses/{quote(email, safe='')}"
        self.question(self._signed(HttpCall("DELETE", url, (), b"")))

    def statistics(self, since: datetime, campaign: str) -> Iterator[Event]:
        """Hard bounces and complaints, by the message that put each address on the account's suppression list.

        Deliveries are not asked for: GetMessageInsights answers for one message a second and wants Virtual
        Deliverability Manager to be paid for.
        """
        kept = read(_Account, self._get("/v2/email/account").body).SuppressionAttributes.SuppressedReasons
        if not {"BOUNCE", "COMPLAINT"} <= set(kept):
            raise CannotExpress(
                "The SES account's suppression list does not take bounces and complaints up: nobody can say who bounced.",
                "Switch it on for both in the SES console (Suppression list > Account-level settings).",
            )
        for each in self.suppressions(since):
            url = f"/v2/email/suppression/addresses/{quote(each.email, safe='')}"
            found = read(_Suppressed, self._get(url).body).SuppressedDestination
            if found.Attributes.MessageId:  # Without, somebody put it there by hand, such as `suppressions push`.
                what = "bounced" if found.Reason == "BOUNCE" else "complained"
                at = parse_time(found.LastUpdateTime)
                yield Event(found.EmailAddress, what, at, found.Attributes.MessageId)

    def quota(self) -> Quota:
        found = read(_Account, self._get("/v2/email/account").body).SendQuota
        if found.Max24HourSend < 0:  # -1 is no limit.
            return Quota(None, words=f"{found.MaxSendRate:g} a second")
        left = int(found.Max24HourSend - found.SentLast24Hours)
        return Quota(max(0, left), words=f"{found.MaxSendRate:g} a second")

    def verify(self, sender: str = "") -> Sequence[Verification]:
        account = read(_Account, self._get("/v2/email/account").body)
        able = account.SendingEnabled and account.EnforcementStatus != "SHUTDOWN"
        rate = f"{account.SendQuota.MaxSendRate:g} people a second, {account.SendQuota.Max24HourSend:,.0f} a day"
        looks = [
            Verification("key", True, "AWS knows the key"),
            Verification("sending", able, f"sending is {'on' if able else 'switched off'}: {rate}"),
            Verification(
                "production access",
                account.ProductionAccessEnabled,
                "granted" if account.ProductionAccessEnabled else "the account is still in the sandbox",
            ),
        ]
        if sender:
            domain = sender.rpartition("@")[2]
            reply = self._get(f"/v2/email/identities/{quote(domain, safe='')}")
            good = read(_Identity, reply.body).VerifiedForSendingStatus
            looks.append(Verification("domain", good, f"{domain} is {'' if good else 'not '}verified"))
        return looks

    def secrets(self) -> tuple[str, ...]:
        known = getattr(self, "_credentials", None)
        own = (known.secret_key, known.token, known.access_key) if known is not None else ()
        return tuple(each for each in (*self.access.keys.values(), *own) if each and each != PLACEHOLDER)

    def mask(self, call: HttpCall) -> HttpCall:
        masked = super().mask(call)
        hidden = {"authorization", "x-amz-security-token"}
        headers = tuple((name, "***" if name.lower() in hidden else value) for name, value in masked.headers)
        return HttpCall(masked.method, masked.url, headers, masked.body)

    def _get(self, path: str) -> Reply:
        return self.question(self._signed(HttpCall("GET", self.address + path, (), b"")))

    def _signed(self, call: HttpCall) -> HttpCall:
        """Signature Version 4, by botocore's signer; the request itself goes through our transport, once."""
        try:
            from botocore.auth import SigV4Auth
            from botocore.awsrequest import AWSRequest
        except ImportError as error:
            raise NewsletterError(
                "Amazon SES needs botocore to sign requests.", "Install it with: pip install 'newsletter-cli[ses]'"
            ) from error
        request = AWSRequest(call.method, call.url, dict(call.headers), call.body)
        SigV4Auth(self._aws_keys(), "ses", self.region).add_auth(request)
        return HttpCall(call.method, call.url, tuple(request.headers.items()), call.body)

    def _aws_keys(self) -> Any:
        if self._credentials is None:
            from botocore.credentials import Credentials
            from botocore.session import Session

            keys = self.access.keys
            if keys.get("AWS_ACCESS_KEY_ID") and keys.get("AWS_SECRET_ACCESS_KEY"):
                token = keys.get("AWS_SESSION_TOKEN")
                self._credentials = Credentials(keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"], token)
            else:
                self._credentials = Session().get_credentials()
            if self._credentials is None:
                raise KeyMissing(self.title, self.name, "AWS_ACCESS_KEY_ID")
        return self._credentials.get_frozen_credentials()
