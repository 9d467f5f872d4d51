"""The tests every provider adapter must pass; subclass one of the two classes in a test module.

`ProviderContract` is for any adapter, `HttpProviderContract` for one that speaks HTTP. A subclass named `Test...`
states facts: the name, the settings, what the provider answers, and an interpreter that renders what the provider
would put into each mailbox. docs/write-a-provider.md walks through one.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter_cli.config.settings import ProviderSettings
from newsletter_cli.model.message import Address, MergeField, Message, personalise
from newsletter_cli.model.recipient import Recipient
from newsletter_cli.providers.base import (
    Batch,
    CannotExpress,
    Doubtful,
    FaultKind,
    HttpCall,
    NotSent,
    Provider,
    ProviderFault,
    Refused,
)
from newsletter_cli.providers.registry import open_provider, provider_class
from newsletter_cli.testing.loopback import Canned, Captured, Loopback, closed_port

NAME = MergeField("nlqk1a7", "subscriber.first_name", "friend")
TOWN = MergeField("nlqk2b8", "subscriber.town", "")
LEAVE = MergeField("nlqk3c9", "unsubscribe_url")
KEY = "testkey0123456789abcdefTESTKEY"
HOSTILE = (
    "{{7*7}}",
    "{{{x}}}",
    "{% raw %}",
    "{",
    "}",
    "\\",
    "\\{{x}}",
    "*|IF|*",
    "%recipient.y%",
    "%unsubscribe_url%",
    "[[var:x]]",
    "-name-",
    "<b>bold</b>",
    "&amp; &lt;",
    "\"double\" 'single'",
    "$1 \\1 %s {0}",
    "Zoë 海 🌍",
    "=?utf-8?q?x?=",
    " spaces  inside ",
)
_WITHOUT_CONTROLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"), max_size=40
)
_BODY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
_PIECES = st.lists(st.sampled_from(HOSTILE), max_size=3).map("".join)
FOR_HEADERS = st.one_of(_WITHOUT_CONTROLS, _PIECES)
FOR_BODIES = st.one_of(_BODY, _PIECES, st.just("line\r\nbreak"))


@dataclass(frozen=True, slots=True)
class Copy:
    """What would lie in one mailbox. Header names in lower case."""

    email: str
    subject: str
    html: str
    text: str
    headers: Mapping[str, str]


def sample_message() -> Message:
    """A message with a field in each place, and text that looks like each provider's syntax only by far."""
    return Message(
        issue_id="2022-02",
        subject=f"{NAME.token}, the February issue é",
        preheader="",
        html=f"<html><body><p>Dear {NAME.token} of ({TOWN.token}).</p><style>p{{color:red}}</style>"
        f'<a href="{LEAVE.token}" title="{TOWN.token}">Leave</a></body></html>',
        text=f"Dear {NAME.token} of ({TOWN.token}).\n\nLeave: {LEAVE.token}\n",
        sender=Address("news@example.org", "Example News"),
        reply_to=Address("reply@example.org", "Replies"),
        list_id="news.example.org",
        headers=(
            ("List-Unsubscribe", f"<{LEAVE.token}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ),
        merge_fields=(NAME, TOWN, LEAVE),
    )


def sample_person(seq: int, name: str, town: str) -> Recipient:
    values = {NAME.token: name, TOWN.token: town, LEAVE.token: f"https://www.example.org/leave/t{seq}?a=1&b=2"}
    return Recipient(seq, f"reader{seq}@example.org", f"Reader {seq}", values, f"<m{seq}.1@example.org>")


def sample_batch(*people: Recipient) -> Batch:
    everyone = people or (sample_person(0, "Ann", "Padua"), sample_person(1, "Bo", "Leeds"))
    return Batch("key-0f9e8d7c", "nl1b1", "2022-02", everyone)


class ProviderContract:
    """For every adapter."""

    name: ClassVar[str]
    provider_settings: ClassVar[Mapping[str, Any]] = {}
    environ: ClassVar[Mapping[str, str]] = {}
    newlines_kept: ClassVar[bool] = True
    """False where lone line breaks are normalised on the way (MIME)."""

    def open(self, root: Path, **more: Any) -> Provider:
        """The adapter under test, ready to send to the test's own machine."""
        chosen = ProviderSettings(name=self.name, **{**self.provider_settings, **more})
        return open_provider(chosen, self.environ, root)

    def deliver(self, provider: Provider, message: Message, batch: Batch) -> Sequence[Copy]:
        """What each mailbox would hold after `provider.send(message, batch)`; written by the adapter's tests."""
        raise NotImplementedError

    def message(self) -> Message:
        """The message the tests send; a subclass may leave out what its provider cannot carry."""
        return sample_message()

    @pytest.fixture
    def provider(self, tmp_path: Path) -> Iterator[Provider]:
        found = self.open(tmp_path)
        yield found
        found.close()

    # -- each person sees their own values, exactly

    def test_each_person_gets_their_own_copy_and_nobody_elses(self, provider: Provider) -> None:
        self._expect_own_copies(provider, sample_batch())

    @pytest.mark.parametrize("value", HOSTILE)
    def test_characters_with_a_meaning_elsewhere_stay_those_characters(self, value: str, provider: Provider) -> None:
        self._expect_own_copies(provider, sample_batch(sample_person(0, value, value), sample_person(1, "Bo", "")))

    def test_whatever_the_values_are_each_person_sees_exactly_theirs(self, provider: Provider) -> None:
        # A function of its own each time: one shared by every subclass would mix their examples.
        @settings(max_examples=25, deadline=None)
        @given(st.lists(st.tuples(FOR_HEADERS, FOR_BODIES), min_size=1, max_size=3))
        def look(values: list[tuple[str, str]]) -> None:
            people = [sample_person(seq, name, town) for seq, (name, town) in enumerate(values)]
            self._expect_own_copies(provider, sample_batch(*people))

        look()

    @pytest.mark.parametrize("text", ["{{ name }} {% if %} {# #}", "a { b } c {{", "back\\", "*|FNAME|*", "[[data:x]]"])
    def test_our_own_text_is_never_taken_for_merge_syntax(self, text: str, provider: Provider) -> None:
        message = replace(
            self.message(), text=f"{text}{NAME.token}}} {text}\n", html=f"<p>{text}{NAME.token}}}</p>", subject=text
        )
        try:
            provider.prepare(message)
        except CannotExpress:
            return  # Refused with a reason is as good.
        self._expect_own_copies(provider, sample_batch(), message)

    # -- nothing slips into a header

    @pytest.mark.parametrize("value", ["Ann\r\nBcc: all@example.org", "Ann\nX", "Ann\x00", "Ann\u2028X"])
    def test_a_line_break_in_a_value_for_the_subject_turns_that_person_away(
        self, value: str, provider: Provider
    ) -> None:
        receipt_of = self._rejections(provider, sample_batch(sample_person(0, value, ""), sample_person(1, "Bo", "")))
        assert receipt_of == [0]

    @pytest.mark.parametrize("email", ["a@example.org, b@example.org", "a@example.org\r\nBcc: x", "no-at", "<a@b.org>"])
    def test_an_address_that_would_become_two_turns_that_person_away(self, email: str, provider: Provider) -> None:
        odd = sample_person(0, "Ann", "")._replace(email=email)
        assert self._rejections(provider, sample_batch(odd, sample_person(1, "Bo", ""))) == [0]

    def test_a_name_cannot_break_out_of_the_to_header(self, provider: Provider) -> None:
        odd = sample_person(0, "Ann", "")._replace(name='Ann" <x@example.org>,\r\nBcc: y@example.org')
        copies = self.deliver(provider, self.message(), sample_batch(odd))
        assert [copy.email for copy in copies] == [odd.email]
        assert "bcc" not in copies[0].headers

    @pytest.mark.parametrize("what", ["subject", "header", "name", "sender"])
    def test_a_line_break_in_a_header_of_ours_is_refused_before_sending(self, what: str, provider: Provider) -> None:
        message = self.message()
        bad = {
            "subject": replace(message, subject="a\r\nBcc: x@example.org"),
            "header": replace(message, headers=(("X-Ours", "a\nBcc: x@example.org"),)),
            "name": replace(message, headers=(("X: Y\r\nZ", "a"),)),
            "sender": replace(message, sender=Address("news@example.org", "News\r\nBcc: x@example.org")),
        }[what]
        with pytest.raises(CannotExpress):
            provider.prepare(bad)

    # -- what the adapter says of itself

    def test_list_unsubscribe_reaches_each_copy_or_the_plan_says_why_not(self, provider: Provider) -> None:
        notes = " ".join(provider.capabilities.header_notes)
        for copy in self.deliver(provider, self.message(), sample_batch()):
            for header in ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id"):
                assert header.lower() in copy.headers or f"{header}:" in notes

    def test_an_ability_that_is_not_declared_is_refused(self, provider: Provider) -> None:
        able = provider.capabilities
        if not able.quota:
            with pytest.raises(CannotExpress):
                provider.quota()
        if not able.suppressions:
            with pytest.raises(CannotExpress):
                list(provider.suppressions())
        if not able.host_image:
            with pytest.raises(CannotExpress):
                provider.host_image("a.png", b"")

    def test_it_tells_a_newcomer_how_to_set_it_up(self) -> None:
        adapter = provider_class(self.name)
        assert adapter.name == self.name
        assert adapter.title
        assert adapter.setup.steps
        assert adapter.setup.page
        assert all(each.isupper() for each in adapter.key_env)
        assert adapter.__doc__

    # -- for the tests above

    def _expect_own_copies(self, provider: Provider, batch: Batch, message: Message | None = None) -> None:
        message = message or self.message()
        provider.prepare(message)
        copies = self.deliver(provider, message, batch)
        assert [copy.email for copy in copies] == [person.email for person in batch.recipients]
        for copy, person in zip(copies, batch.recipients, strict=True):
            wanted = personalise(message, person.values)
            assert self._text(copy.subject) == self._text(wanted.subject)
            assert self._text(copy.text) == self._text(wanted.text)
            assert _seen(self._text(copy.html)) == _seen(self._text(wanted.html))
            for name, value in wanted.headers:
                if name.lower() in copy.headers:
                    assert copy.headers[name.lower()] == value

    def _text(self, text: str) -> str:
        return text if self.newlines_kept else text.replace("\r\n", "\n").replace("\r", "\n")

    def _rejections(self, provider: Provider, batch: Batch) -> list[int]:
        copies = self.deliver(provider, self.message(), batch)
        reached = {copy.email for copy in copies}
        assert len(reached) == len(copies) == len(batch.recipients) - 1
        return [person.seq for person in batch.recipients if person.email not in reached]


class HttpProviderContract(ProviderContract):
    """For an adapter on `HttpProvider`."""

    refusals: ClassVar[Sequence[tuple[int, str, FaultKind]]] = ()
    """Documented refusals: status, body, family."""
    nonsense: ClassVar[Sequence[tuple[int, bytes]]] = (
        (200, b""),
        (200, b"{}"),
        (200, b"[]"),
        (200, b"<html>Welcome to the hotel's network</html>"),
        (200, b'{"message": "fine"}'),
        (301, b""),
        (408, b""),
        (500, b"{}"),
        (502, b"<html>"),
        (503, b""),
        # A machine in between may say anything, after the call was taken.
        (502, b"<html>upstream: too many requests, connection limit exceeded; try again after 1 second</html>"),
        (503, b"Throttling: rate exceeded; quota used up; account suspended, disabled, under review; domain not found"),
        (409, b"a request with an invalid recipient is suspended"),
    )
    base_url_key: ClassVar[str] = "base_url"

    def accepted(self, request: Captured, people: int) -> Canned:
        """What the provider answers when it takes this request."""
        raise NotImplementedError

    def copies(self, call: HttpCall) -> Sequence[Copy]:
        """The interpreter: what this request puts into each mailbox."""
        raise NotImplementedError

    def deliver(self, provider: Provider, message: Message, batch: Batch) -> Sequence[Copy]:
        size = provider.capabilities.max_recipients
        people = batch.recipients
        batches = [replace(batch, recipients=people[at : at + size]) for at in range(0, len(people), size)]
        return [copy for each in batches for call in provider.calls(message, each) for copy in self.copies(call)]

    def batch(self, provider: Provider) -> Batch:
        """Two people, or one where a call carries no more."""
        everyone = sample_batch()
        return replace(everyone, recipients=everyone.recipients[: provider.capabilities.max_recipients])

    def _open_at(self, url: str, root: Path) -> Provider:
        return self.open(root, **{self.base_url_key: url})

    def _send(self, root: Path, canned: Canned | None = None) -> Any:
        """What `send` gave or raised for the sample, and the requests that arrived."""
        with Loopback() as server:
            provider = self._open_at(server.url, root)
            batch = self.batch(provider)
            server.answer = lambda request: canned or self.accepted(request, len(batch.recipients))
            try:
                return provider.send(self.message(), batch), server.requests
            except ProviderFault as fault:
                return fault, server.requests
            finally:
                provider.close()

    def test_an_accepted_batch_gives_a_receipt_with_ids(self, tmp_path: Path) -> None:
        receipt, requests = self._send(tmp_path)
        assert not isinstance(receipt, ProviderFault), receipt
        assert len(receipt.ids) in (1, 2)
        assert all(receipt.ids)
        assert not receipt.rejected
        assert len(requests) == 1

    def test_sender_and_reply_address_are_in_the_request(self, provider: Provider) -> None:
        message = self.message()
        assert message.reply_to
        provider.prepare(message)
        for call in provider.calls(message, self.batch(provider)):
            for needed in (message.sender.email, message.sender.name, message.reply_to.email):
                assert needed.encode() in call.body, f"{needed} is dropped"

    def test_a_domain_in_its_own_letters_goes_out_in_ascii(self, provider: Provider) -> None:
        reader = sample_person(0, "Ann", "")._replace(email="ann@münchen.example")
        (call,) = provider.calls(self.message(), sample_batch(reader))
        assert b"ann@xn--mnchen-3ya.example" in call.body

    def test_the_request_shown_is_the_request_made_but_for_the_key(self, tmp_path: Path) -> None:
        with Loopback() as server:
            provider = self._open_at(server.url, tmp_path)
            batch = self.batch(provider)
            server.answer = lambda request: self.accepted(request, len(batch.recipients))
            shown = provider.calls(self.message(), batch)
            provider.send(self.message(), batch)
        assert [call.method for call in shown] == [request.method for request in server.requests]
        assert [call.url for call in shown] == [server.url + request.path for request in server.requests]
        for call, request in zip(shown, server.requests, strict=True):
            assert call.body == self._masked(request.body)

    def test_the_same_batch_gives_the_same_bytes(self, tmp_path: Path) -> None:
        openings = [self.open(tmp_path) for _ in range(2)]
        bodies = {each.calls(self.message(), self.batch(each))[0].body for each in openings}
        assert len(bodies) == 1

    def test_no_key_is_ever_shown(self, tmp_path: Path) -> None:
        provider = self.open(tmp_path)
        for call in provider.calls(self.message(), self.batch(provider)):
            whole = repr(call)
            for key in self.environ.values():
                assert key not in whole
        body = json.dumps({"message": f"the key {KEY} of reader0@example.org is wrong", "name": "Reader 0"})
        fault, _ = self._send(tmp_path, Canned(401, body.encode()))
        assert isinstance(fault, ProviderFault)
        for text in (str(fault), fault.words, fault.hint, repr(fault)):
            assert KEY not in text
            assert "reader0@example.org" not in text

    def test_documented_refusals_are_told_by_their_family(self, tmp_path: Path) -> None:
        assert self.refusals
        for status, body, kind in self.refusals:
            fault, requests = self._send(tmp_path, Canned(status, body.encode()))
            assert isinstance(fault, Refused), (status, body, fault)
            assert fault.kind == kind, (status, body, fault.kind)
            assert fault.hint
            assert len(requests) == 1

    def test_too_fast_is_a_refusal_with_the_wait_the_provider_named(self, tmp_path: Path) -> None:
        headers = (("Content-Type", "application/json"), ("Retry-After", "7"))
        fault, requests = self._send(tmp_path, Canned(429, b"{}", headers))
        assert isinstance(fault, Refused)
        assert fault.kind == FaultKind.RATE
        assert fault.retry_after == 7
        assert len(requests) == 1

    def test_what_is_not_understood_is_in_doubt_and_never_repeated(self, tmp_path: Path) -> None:
        for status, body in self.nonsense:
            fault, requests = self._send(tmp_path, Canned(status, body))
            assert isinstance(fault, Doubtful), (status, body, fault)
            assert len(requests) == 1

    def test_a_line_lost_in_the_middle_of_the_answer_is_in_doubt(self, tmp_path: Path) -> None:
        fault, requests = self._send(tmp_path, Canned(200, b'{"id', cut=True))
        assert isinstance(fault, Doubtful)
        assert len(requests) == 1

    def test_nobody_listening_is_certainly_not_sent(self, tmp_path: Path) -> None:
        provider = self._open_at(closed_port(), tmp_path)
        with pytest.raises(NotSent):
            provider.send(self.message(), self.batch(provider))

    def test_a_batch_in_which_nobody_can_be_written_to_makes_no_call(self, tmp_path: Path) -> None:
        with Loopback() as server:
            odd = sample_person(0, "Ann", "")._replace(email="not an address")
            receipt = self._open_at(server.url, tmp_path).send(self.message(), sample_batch(odd))
        assert [each.seq for each in receipt.rejected] == [0]
        assert not server.requests

    def _masked(self, body: bytes) -> bytes:
        for key in self.environ.values():
            body = body.replace(key.encode(), b"***")
        return body


class _Seen(HTMLParser):
    """What a mail program would make of it: tags, attributes and texts with their entities read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if self.parts and isinstance(self.parts[-1], list):
            self.parts[-1][0] += data
        else:
            self.parts.append([data])


def _seen(html: str) -> list[object]:
    reader = _Seen()
    reader.feed(html)
    reader.close()
    return reader.parts
