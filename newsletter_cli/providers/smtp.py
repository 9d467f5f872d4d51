"""SMTP: any mail server, one message a transaction on a kept connection."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.model.message import Message
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.providers.access import Access
from newsletter_cli.providers.base import (
    Batch,
    Capabilities,
    Doubtful,
    FaultKind,
    HttpCall,
    NotSent,
    Provider,
    Receipt,
    Refused,
    Rejection,
    Verification,
)
from newsletter_cli.providers.cleaning import clean
from newsletter_cli.providers.mime import SplitMime, split_mime
from newsletter_cli.providers.rest import HINTS
from newsletter_cli.providers.screening import ascii_domain, screen_batch, screen_message
from newsletter_cli.providers.setup import DMARC, Dns, Setup
from newsletter_cli.providers.transport import CONNECT, READ

_PORTS = {"starttls": 587, "tls": 465, "none": 25}


class Smtp(Provider):
    """Follows RFC 5321 (SMTP), RFC 3207 (STARTTLS), RFC 8314 (TLS from the start), RFC 4954 (AUTH), RFC 6531
    (SMTPUTF8) and Python's smtplib; read 24 November 2026.

    One person a call: each answer is that person's. A line lost before the final dot is certain not to have gone,
    for a server must drop what has no end; lost after it, nobody knows. `host`, `port`, `security` (starttls, tls,
    none) and `username` are in [provider]; the password is in SMTP_PASSWORD.
    """

    name: ClassVar[str] = "smtp"
    title: ClassVar[str] = "SMTP"
    key_env: ClassVar[tuple[str, ...]] = ("SMTP_PASSWORD",)
    setup: ClassVar[Setup] = Setup(
        steps=(
            "Ask your mail provider for host, port and user name, and whether newsletters are allowed and how many a day.",
            "Put host, port, security and username into [provider], and the password into SMTP_PASSWORD.",
            "Set an unsubscribe address of your own under [unsubscribe]: a mail server has none.",
        ),
        dns=(
            Dns("TXT", "", "v=spf1 include:<your provider's> ~all", "SPF: the server may send for the domain"),
            Dns("TXT", "<selector>._domainkey", "<shown by your provider>", "DKIM signature"),
            DMARC,
        ),
        settings=(("host", "smtp.example.org"), ("port", "587"), ("security", "starttls"), ("username", "news")),
        page="docs/providers.md",
    )
    capabilities = Capabilities(max_recipients=1, concurrency=1, verify=True)

    def __init__(self, access: Access) -> None:
        self.access = access
        self.settings = access.settings
        self.host = access.need("host", self.title, "smtp.example.org")
        self.port = access.settings.port or _PORTS[access.settings.security]
        self._local = threading.local()
        self._open: list[smtplib.SMTP] = []
        self._split: tuple[Message, SplitMime] | None = None

    @classmethod
    def keys_wanted(cls, settings: ProviderSettings) -> tuple[str, ...]:
        return cls.key_env if settings.username else ()

    def prepare(self, message: Message) -> None:
        screen_message(message, self.title)

    def send(self, message: Message, batch: Batch) -> Receipt:
        screened = screen_batch(message, batch, unicode_mailbox=True)
        ids: list[str] = []
        rejected = list(screened.turned_away)
        for person in screened.people:
            # The core sends one a call (max_recipients); a fault here ends the call.
            answer = self._deliver(message, person, batch)
            if isinstance(answer, Rejection):
                rejected.append(answer)
            else:
                ids.append(answer)
        return Receipt(tuple(ids), tuple(rejected))

    def calls(self, message: Message, batch: Batch) -> Sequence[HttpCall]:
        """One transaction a person; the envelope and login stand as headers, so that curl's options can be made of them."""
        scheme = "smtps" if self.settings.security == "tls" else "smtp"
        login = (("user", f"{self.settings.username}:***"),) if self.settings.username else ()
        secure = (("ssl-reqd", ""),) if self.settings.security == "starttls" else ()
        now = datetime.now(UTC)
        return tuple(
            HttpCall(
                "SMTP",
                f"{scheme}://{self.host}:{self.port}",
                (
                    *secure,
                    *login,
                    ("mail-from", ascii_domain(message.sender.email)),
                    ("mail-rcpt", ascii_domain(person.email)),
                ),
                self._mime(message).copy(person, now),
            )
            for person in screen_batch(message, batch, unicode_mailbox=True).people
        )

    def verify(self, sender: str = "") -> Sequence[Verification]:
        line = self._connection()
        good = line.noop()[0] == 250
        who = f" as {self.settings.username}" if self.settings.username else ""
        looks = [Verification("server", good, f"{self.host}:{self.port} answers{who}")]
        if sender:
            code, _ = line.mail(sender)
            line.rset()
            looks.append(Verification("sender", code == 250, f"the server says {code} to the sender's address"))
        return looks

    def close(self) -> None:
        for line in self._open:
            try:
                line.quit()
            except (smtplib.SMTPException, OSError):
                line.close()
        self._open.clear()
        self._local = threading.local()

    # -- one person

    def _deliver(self, message: Message, person: Recipient, batch: Batch) -> str | Rejection:
        data = self._mime(message).copy(person, datetime.now(UTC))
        try:
            line = self._ready()
            refused = self._envelope(line, message, person, batch)
            if refused is not None:
                return refused
            self._data(line, data)
        except Refused:
            raise
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise self._not_sent(error) from error
        return self._end(line, person, batch)

    def _envelope(self, line: smtplib.SMTP, message: Message, person: Recipient, batch: Batch) -> Rejection | None:
        """MAIL and RCPT; a Rejection when this person alone is refused."""
        email = ascii_domain(person.email)
        options: list[str] = []
        if not email.isascii():
            if not line.has_extn("smtputf8"):
                return Rejection(person.seq, "unicode-mailbox", "The server does not know such addresses (SMTPUTF8).")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        code, words = line.mail(ascii_domain(message.sender.email), options)
        if code != 250:
            line.rset()
            raise self._refused(code, words, batch, FaultKind.SENDER)
        code, words = line.rcpt(email)
        if code in (250, 251):
            return None
        line.rset()
        if 500 <= code < 600 and not _about_us(words):
            return Rejection(person.seq, str(code), self._clean(words, batch))
        raise self._refused(code, words, batch, FaultKind.SUSPENDED if code >= 500 else FaultKind.RATE)

    def _data(self, line: smtplib.SMTP, data: bytes) -> None:
        """DATA and the text without its final dot: until that is written the server has nothing to keep."""
        code, words = line.docmd("DATA")
        if code != 354:
            line.rset()
            raise self._refused(code, words, None, FaultKind.CONTENT)
        line.send(data.replace(b"\r\n.", b"\r\n.."))

    def _end(self, line: smtplib.SMTP, person: Recipient, batch: Batch) -> str | Rejection:
        try:
            line.send(b".\r\n")
            code, words = line.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise Doubtful(
                f"{self.host} may or may not have taken this copy: the connection was lost after its end was sent.",
                "Nothing is repeated blindly; a person decides.",
                words=clean(str(error), self._secrets(), batch),
            ) from error
        if code == 250:
            return person.message_id or self._clean(words, batch)
        if 500 <= code < 600:
            raise self._refused(code, words, batch, FaultKind.CONTENT)
        raise self._refused(code, words, batch, FaultKind.RATE)

    # -- the line

    def _ready(self) -> smtplib.SMTP:
        """The kept line if it still answers, else a new one: nothing of this message was sent yet."""
        line = self._connection()
        try:
            if line.rset()[0] == 250:
                return line
        except (smtplib.SMTPException, OSError):
            pass
        self._drop()
        return self._connection()

    def _connection(self) -> smtplib.SMTP:
        line: smtplib.SMTP | None = getattr(self._local, "line", None)
        if line is not None:
            return line
        try:
            line = self._connect()
        except smtplib.SMTPAuthenticationError as error:
            raise self._refused(error.smtp_code, error.smtp_error, None, FaultKind.WRONG_KEY) from error
        except (smtplib.SMTPException, OSError) as error:
            raise self._not_sent(error) from error
        self._local.line = line
        self._open.append(line)
        return line

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        security = self.settings.security
        if security == "tls":
            line: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=CONNECT, context=context)
        else:
            line = smtplib.SMTP(self.host, self.port, timeout=CONNECT)
        try:
            if security == "starttls":
                line.starttls(context=context)
            line.ehlo_or_helo_if_needed()
            if self.settings.username:
                line.login(self.settings.username, self.access.keys["SMTP_PASSWORD"])
            if isinstance(line.sock, socket.socket):
                line.sock.settimeout(READ)
                # The final dot is a write of its own, which would wait 40 ms for an acknowledgement.
                line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            line.close()
            raise
        return line

    def _drop(self) -> None:
        line: smtplib.SMTP | None = getattr(self._local, "line", None)
        if line is not None:
            line.close()
            self._local.line = None
            if line in self._open:
                self._open.remove(line)

    # -- words

    def _mime(self, message: Message) -> SplitMime:
        if self._split is None or self._split[0] is not message:
            self._split = (message, split_mime(message))
        return self._split[1]

    def _secrets(self) -> tuple[str, ...]:
        return tuple(self.access.keys.values())

    def _clean(self, words: bytes | str, batch: Batch | None) -> str:
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        return clean(text, self._secrets(), batch)

    def _not_sent(self, error: Exception) -> NotSent:
        return NotSent(
            f"{self.host}:{self.port} could not be used; nothing was sent.",
            "Check host, port and security under [provider] and the network, then run it again.",
            words=clean(str(error), self._secrets()),
        )

    def _refused(self, code: int, words: bytes | str, batch: Batch | None, kind: FaultKind) -> Refused:
        if code in (530, 534, 535, 538):
            kind = FaultKind.WRONG_KEY
        elif code in (421, 450, 451, 452):
            kind = FaultKind.RATE
        told = self._clean(words, batch)
        return Refused(
            kind,
            f"{self.host} took nothing: {kind} ({code} {told}).",
            HINTS[kind].format(name=self.name, title=self.host),
            words=told,
            status=code,
        )


def _about_us(words: bytes | str) -> bool:
    """Whether a refused RCPT speaks of the sender and not of the reader: RFC 3463 class X.7, or "relay"."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return "5.7." in text or "relay" in text.lower()
