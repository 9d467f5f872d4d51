"""Asks the name servers whether the sender's domain is set up for bulk mail: SPF, DKIM, DMARC, MX."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from newsletter_cli.check.elements import host_of, site_of
from newsletter_cli.check.material import Material
from newsletter_cli.check.online.catalogue import DKIM, DMARC, REPLY_MX, SPF, UNSUBSCRIBE_HOST
from newsletter_cli.check.origin import Place
from newsletter_cli.model.finding import Finding, Severity

_MOST_LOOKUPS = 10
# Selectors that providers document for every customer; others make one up for each domain.
_SELECTORS = {
    "mailgun": ("smtp", "mailo", "k1", "pic", "mx", "email"),
    "sendgrid": ("s1", "s2"),
    "mailjet": ("mailjet",),
    "brevo": ("mail", "brevo1", "brevo2"),
    "resend": ("resend",),
    "mailchimp": ("k1", "k2", "k3"),
    "mailerlite": ("litesrv", "ml"),
}
_COMMON = ("default", "dkim", "mail", "selector1", "selector2", "google", "k1", "s1", "s2")


class Resolver(Protocol):
    """Who answers questions of names. An empty list: there is no such record. Raises LookupError: no answer came."""

    def txt(self, name: str) -> list[str]: ...

    def mx(self, name: str) -> list[str]: ...

    def exists(self, name: str) -> bool: ...


class NameServers:
    """The system's name servers, through dnspython."""

    def txt(self, name: str) -> list[str]:
        return [b"".join(each.strings).decode("utf-8", "replace") for each in self._ask(name, "TXT")]

    def mx(self, name: str) -> list[str]:
        return [str(each.exchange).rstrip(".") for each in self._ask(name, "MX")]

    def exists(self, name: str) -> bool:
        return bool(self._ask(name, "A") or self._ask(name, "AAAA"))

    def _ask(self, name: str, kind: str) -> list[Any]:
        import dns.exception
        import dns.resolver

        try:
            return list(dns.resolver.resolve(name, kind, lifetime=8))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise LookupError(str(error)) from error


@dataclass(frozen=True, slots=True)
class _Spf:
    lookups: int
    fault: str = ""
    includes: frozenset[str] = frozenset()


def look_at_sender(material: Material, resolver: Resolver, includes: tuple[str, ...] = ()) -> Iterator[Finding]:
    """What the name servers say of the sender's domain; one finding says so when they do not answer.

    Args:
        includes: what the provider asks to be included in the SPF record of the domain it sends for.
    """
    mail = material.mail
    sender = mail.sender if mail else None
    domain = sender.email.rpartition("@")[2].lower() if sender else ""
    if not domain or "." not in domain:
        return
    place = material.origins.setting("sender", "email")
    try:
        yield from _spf(domain, resolver, place)
        yield from _provider_spf(material, domain, resolver, includes)
        yield from _dkim(material, domain, resolver, place)
        yield from _dmarc(domain, resolver, place)
        yield from _reply(material, resolver)
        yield from _leaving(material, resolver)
    except LookupError as error:
        yield SPF.finding(f"The name servers did not answer: {error}.", place, Severity.INFO, "Try again later.")


def _spf(domain: str, resolver: Resolver, place: Place) -> Iterator[Finding]:
    records = [each for each in resolver.txt(domain) if re.match(r"v=spf1(?:\s|$)", each, re.I)]
    if not records:
        yield SPF.finding(f"{domain} has no SPF record.", place)
    elif len(records) > 1:
        yield SPF.finding(f"{domain} has {len(records)} SPF records, which is the same as none.", place, Severity.ERROR)
    else:
        counted = _count(records[0], resolver, 0)
        if counted.fault:
            yield SPF.finding(f"The SPF record of {domain}: {counted.fault}.", place)
        elif counted.lookups > _MOST_LOOKUPS:
            yield SPF.finding(
                f"The SPF record of {domain} needs {counted.lookups} look-ups; ten are allowed.", place, Severity.ERROR
            )
        if re.search(r"\s\+?all\b", records[0]) and not re.search(r"\s[-~?]all\b", records[0]):
            yield SPF.finding(f"The SPF record of {domain} lets everybody send (+all).", place, Severity.ERROR)


def _provider_spf(material: Material, domain: str, resolver: Resolver, includes: tuple[str, ...]) -> Iterator[Finding]:
    settings = material.settings
    if not includes or settings is None or material.kind != "issue":
        return
    sending = settings.provider.domain or domain
    record = next((each for each in resolver.txt(sending) if re.match(r"v=spf1(?:\s|$)", each, re.I)), "")
    place = material.origins.setting("provider", "domain" if settings.provider.domain else "name")
    if not record:
        if sending != domain:  # of the sender's own domain `_spf` has said so
            yield SPF.finding(f"{sending}, the domain the provider sends for, has no SPF record.", place)
        return
    missing = [each for each in includes if each not in _count(record, resolver, 0).includes]
    if missing:
        wanted = " ".join(f"include:{each}" for each in missing)
        yield SPF.finding(
            f"The SPF record of {sending} does not let {settings.provider.name} send: no {wanted}.", place
        )


def _count(record: str, resolver: Resolver, depth: int) -> _Spf:
    """Look-ups that a record costs, those of included ones too (RFC 7208, section 4.6.4)."""
    total = 0
    includes: set[str] = set()
    for term in record.split()[1:]:
        name, _, value = term.lstrip("+-~?").partition(":")
        kind = name.lower().partition("/")[0]
        if kind.startswith("redirect="):
            kind, value = "redirect", term.partition("=")[2]
        if kind in ("a", "mx", "ptr", "exists"):
            total += 1
        elif kind in ("include", "redirect") and value:
            total += 1
            includes.add(value.lower().rstrip("."))
            if depth > _MOST_LOOKUPS or total > 2 * _MOST_LOOKUPS:
                return _Spf(total, includes=frozenset(includes))
            found = [each for each in resolver.txt(value) if each.lower().startswith("v=spf1")]
            if not found and "%{" not in value:
                return _Spf(total, f"{value}, which it includes, has no SPF record", frozenset(includes))
            if found:
                inner = _count(found[0], resolver, depth + 1)
                total += inner.lookups
                includes |= inner.includes
                if inner.fault:
                    return _Spf(total, inner.fault, frozenset(includes))
    return _Spf(total, includes=frozenset(includes))


def _dkim(material: Material, domain: str, resolver: Resolver, place: Place) -> Iterator[Finding]:
    signatures = (
        [value for name, value in (material.mail.headers or ()) if name.lower() == "dkim-signature"]
        if material.mail
        else []
    )
    if material.kind == "eml":
        yield from _signed(signatures, domain, resolver)
        return
    settings = material.settings
    provider = settings.provider.name if settings else ""
    own = settings.check.dkim_selectors if settings else ()
    for selector in own or (*_SELECTORS.get(provider, ()), *_COMMON):
        if any("p=" in each for each in resolver.txt(f"{selector}._domainkey.{domain}")):
            return
    names = ", ".join(own) if own else "a usual selector"
    yield DKIM.finding(f"No DKIM key of {domain} was found under {names}.", place, None if own else Severity.INFO)


def _signed(signatures: list[str], domain: str, resolver: Resolver) -> Iterator[Finding]:
    """A mail that was sent names its own keys."""
    aligned = False
    for signature in signatures:
        tags = {
            key.strip(): re.sub(r"\s+", "", value)
            for key, _, value in (part.partition("=") for part in signature.split(";"))
        }
        signer, selector = tags.get("d", "").lower(), tags.get("s", "")
        aligned = aligned or site_of(signer) == site_of(domain)
        keys = resolver.txt(f"{selector}._domainkey.{signer}") if signer and selector else []
        if not any(re.search(r"p=[A-Za-z0-9+/]", each) for each in keys):
            yield DKIM.finding(f"The key {selector} of {signer or 'nobody'}, which signed this mail, is not published.")
    if not signatures:
        yield DKIM.finding("The mail carries no DKIM signature.", severity=Severity.INFO)
    elif not aligned:
        yield DKIM.finding(f"No DKIM signature is of {domain}, the sender’s domain.")


def _dmarc(domain: str, resolver: Resolver, place: Place) -> Iterator[Finding]:
    for name in dict.fromkeys((domain, site_of(domain))):
        records = [
            each for each in resolver.txt(f"_dmarc.{name}") if each.lower().replace(" ", "").startswith("v=dmarc1")
        ]
        if len(records) > 1:
            yield DMARC.finding(
                f"_dmarc.{name} has {len(records)} records, which is the same as none.", place, Severity.ERROR
            )
            return
        if records:
            policy = re.search(r"(?:^|;)\s*p\s*=\s*(\w+)", records[0])
            if not policy or policy[1].lower() not in ("none", "quarantine", "reject"):
                yield DMARC.finding(f"The DMARC record of {name} has no policy (p=).", place)
            elif "rua=" not in records[0].replace(" ", ""):
                yield DMARC.finding(f"The DMARC record of {name} sends nobody reports (rua=).", place, Severity.INFO)
            return
    yield DMARC.finding(f"{domain} has no DMARC record.", place)


def _reply(material: Material, resolver: Resolver) -> Iterator[Finding]:
    reply = material.mail.reply_to if material.mail else None
    domain = reply.email.rpartition("@")[2] if reply else ""
    if domain and not resolver.mx(domain) and not resolver.exists(domain):
        yield REPLY_MX.finding(
            f"{domain}, where answers go, takes no mail.", material.origins.setting("sender", "reply_to")
        )


def _leaving(material: Material, resolver: Resolver) -> Iterator[Finding]:
    url = material.settings.unsubscribe.url if material.settings and material.kind == "issue" else ""
    for name, value in (material.mail.headers or ()) if material.mail else ():
        found = re.search(r"<(https://[^>]+)>", value) if name.lower() == "list-unsubscribe" else None
        url = found[1] if found else url
    host = host_of(url.replace("{token}", "x"))
    # Only whether the host is there: asking the address itself might unsubscribe somebody.
    if host and not resolver.exists(host):
        yield UNSUBSCRIBE_HOST.finding(f"{host} does not exist.", material.origins.setting("unsubscribe", "url"))
