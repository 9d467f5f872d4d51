"""SparkPost keeps the contract."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from newsletter_cli.providers.base import Doubtful, FaultKind, HttpCall
from newsletter_cli.testing.loopback import Canned, Captured
from newsletter_cli.testing.merge_languages import handlebars
from newsletter_cli.testing.provider_contract import KEY, Copy, HttpProviderContract


def results(accepted: int, rejected: int) -> bytes:
    found = {"id": "11668787484950529", "total_accepted_recipients": accepted, "total_rejected_recipients": rejected}
    return json.dumps({"results": found}).encode()


class TestSparkPost(HttpProviderContract):
    name: ClassVar[str] = "sparkpost"
    environ: ClassVar = {"SPARKPOST_API_KEY": KEY}
    refusals: ClassVar = (
        (401, '{"errors":[{"message":"Unauthorized."}]}', FaultKind.WRONG_KEY),
        (403, '{"errors":[{"message":"Forbidden."}]}', FaultKind.WRONG_KEY),
        (420, '{"errors":[{"message":"Exceed Sending Limit (hourly)","code":"2101"}]}', FaultKind.QUOTA),
        (
            400,
            '{"errors":[{"description":"Unconfigured or unverified sending domain.","code":"7001",'
            '"message":"Invalid domain"}]}',
            FaultKind.SENDER,
        ),
        (400, '{"errors":[{"message":"required field is missing","code":"1400"}]}', FaultKind.CONTENT),
    )

    def accepted(self, request: Captured, people: int) -> Canned:
        return Canned(200, results(people, 0))

    def copies(self, call: HttpCall) -> Sequence[Copy]:
        body = json.loads(call.body)
        content = body["content"]
        copies = []
        for one in body["recipients"]:
            data = one["substitution_data"]
            headers = {
                name.lower(): handlebars(value, data, escape=False)
                for name, value in content.get("headers", {}).items()
            }
            headers["list-id"] = body["override"]["list_id"]
            copies.append(
                Copy(
                    one["address"]["email"],
                    handlebars(content["subject"], data, escape=False),
                    handlebars(content["html"], data, escape=True),
                    handlebars(content["text"], data, escape=False),
                    headers,
                )
            )
        return copies

    def test_a_count_that_does_not_say_who_is_a_doubt_to_be_settled_by_asking(self, tmp_path: Path) -> None:
        fault, _ = self._send(tmp_path, Canned(200, results(1, 1)))
        assert isinstance(fault, Doubtful)
        assert "1 of 2" in fault.message
