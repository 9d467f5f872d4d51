"""SendGrid keeps the contract."""

import json
from collections.abc import Sequence
from typing import ClassVar

from newsletter_cli.providers.base import FaultKind, HttpCall
from newsletter_cli.testing.loopback import Canned, Captured
from newsletter_cli.testing.merge_languages import replaced
from newsletter_cli.testing.provider_contract import KEY, Copy, HttpProviderContract


class TestSendGrid(HttpProviderContract):
    name: ClassVar[str] = "sendgrid"
    environ: ClassVar = {"SENDGRID_API_KEY": KEY}
    nonsense: ClassVar = (*HttpProviderContract.nonsense, (202, b""))
    refusals: ClassVar = (
        (401, '{"errors":[{"message":"The provided authorization grant is invalid"}]}', FaultKind.WRONG_KEY),
        (401, '{"errors":[{"message":"Maximum credits exceeded"}]}', FaultKind.QUOTA),
        (
            403,
            '{"errors":[{"message":"The from address does not match a verified Sender Identity."}]}',
            FaultKind.SENDER,
        ),
        (403, '{"errors":[{"message":"Your account has been suspended"}]}', FaultKind.SUSPENDED),
        (400, '{"errors":[{"message":"Invalid","field":"personalizations.0.to.0.email"}]}', FaultKind.RECIPIENT),
        (400, '{"errors":[{"message":"The subject is required.","field":"subject"}]}', FaultKind.CONTENT),
        (413, "", FaultKind.CONTENT),
    )

    def accepted(self, request: Captured, people: int) -> Canned:
        return Canned(202, b"", (("X-Message-Id", "14c5d75ce93.dfd.64b469"),))

    def copies(self, call: HttpCall) -> Sequence[Copy]:
        body = json.loads(call.body)
        content = {each["type"]: each["value"] for each in body["content"]}
        copies = []
        for one in body["personalizations"]:
            tags = one.get("substitutions", {})
            headers = {
                name.lower(): value for name, value in (body.get("headers", {}) | one.get("headers", {})).items()
            }
            parts = (replaced(each, tags) for each in (body["subject"], content["text/html"], content["text/plain"]))
            copies.append(Copy(one["to"][0]["email"], *parts, headers))
        return copies
