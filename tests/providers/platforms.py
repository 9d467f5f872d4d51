"""Stand-ins for the hosted platforms: each keeps campaigns and answers as its documentation says."""

import json
from base64 import b64decode
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs, urlsplit

from newsletter_cli.testing.loopback import Canned, Captured


def said(body: object, status: int = 200) -> Canned:
    return Canned(status, json.dumps(body).encode())


@dataclass
class Fake:
    """Keeps campaigns by id. `lose` cuts the line after a request of that kind was carried out; `after_send` answers
    every question that comes after a send; `missing` is what Mailchimp's checklist finds."""

    campaigns: dict[str, dict[str, Any]] = field(default_factory=dict)
    sends: list[str] = field(default_factory=list)
    creates: int = 0
    lose: str = ""
    stuck: bool = False
    after_send: Canned | None = None
    missing: str = ""
    complaints: int = 0
    pictures: dict[str, bytes] = field(default_factory=dict)
    tests: list[list[str]] = field(default_factory=list)

    def __call__(self, request: Captured) -> Canned:
        if self.after_send and self.sends:
            return self.after_send
        path = urlsplit(request.path).path
        if path in ("/3.0/file-manager/files", "/api/media", "/v1/images"):
            return self.take_picture(request)
        kind, answer = self.carry_out(request, path, json.loads(request.body or b"null"))
        return Canned(200, b"{", cut=True) if kind and kind == self.lose else answer

    def carry_out(self, request: Captured, path: str, body: Any) -> tuple[str, Canned]:
        raise NotImplementedError

    def take_picture(self, request: Captured) -> Canned:
        """The platform's store: keeps what came, and says where it lies."""
        raise NotImplementedError

    def _file(self, request: Captured, field: str) -> None:
        """A form with one file, read by Python's own parser of MIME."""
        form = message_from_bytes(f"Content-Type: {request.headers['Content-Type']}\n\n".encode() + request.body)
        (part,) = form.get_payload()
        assert part.get_param("name", header="Content-Disposition") == field  # type: ignore[union-attr]
        self.pictures[str(part.get_filename())] = part.get_payload(decode=True)  # type: ignore[union-attr,assignment]

    def _send(self, id_: str, under_way: str) -> None:
        self.sends.append(id_)
        if not self.stuck:
            self.campaigns[id_]["status"] = under_way

    def _new(self, facts: dict[str, Any]) -> dict[str, Any]:
        self.creates += 1
        id_ = str(self.creates)
        self.campaigns[id_] = facts | {"id": id_}
        return self.campaigns[id_]


class FakeMailchimp(Fake):
    def take_picture(self, request: Captured) -> Canned:
        body = json.loads(request.body)
        self.pictures[body["name"]] = b64decode(body["file_data"])
        return said({"id": 1, "full_size_url": f"https://pictures.example.org/{body['name']}"})

    def carry_out(self, request: Captured, path: str, body: Any) -> tuple[str, Canned]:
        parts = path.strip("/").split("/")[1:]
        if parts == ["campaigns"] and request.method == "POST":
            assert body["type"] == "regular"
            return "create", said(self._new({"status": "save", "settings": body["settings"]}))
        if parts == ["campaigns"]:
            return "", said({"campaigns": list(self.campaigns.values()), "total_items": len(self.campaigns)})
        if parts[0] == "reports":
            return "", said({"emails_sent": 10, "abuse_reports": self.complaints, "unsubscribed": 1, "opens": {"unique_opens": 4},
                             "bounces": {"hard_bounces": 1, "soft_bounces": 1, "syntax_errors": 0}})  # fmt: skip
        if parts[0] == "lists":
            return "", said({"name": "Readers", "stats": {"member_count": 12}})
        if parts[0] == "ping":
            return "", said({"health_status": "Everything's Chimpy!"})
        found = self.campaigns[parts[1]]
        match parts[2:]:
            case ["content"]:
                found["content"] = body
            case ["send-checklist"]:
                return "", said(
                    {
                        "is_ready": "content" in found and not self.missing,
                        "items": [{"type": "error", "heading": "Content", "details": self.missing or "none"}],
                    }
                )
            case ["actions", "send"]:
                self._send(parts[1], "sending")
                return "send", Canned(204)
            case ["actions", "test"]:
                self.tests.append(body["test_emails"])
                return "", Canned(204)
            case ["actions", "schedule"]:
                found |= {"status": "schedule", "send_time": body["schedule_time"]}
                return "", Canned(204)
            case ["actions", "unschedule"]:
                found["status"] = "save"
                return "", Canned(204)
        if request.method == "PATCH":
            found["settings"] = body["settings"]
        return "", said(found)


class FakeListmonk(Fake):
    def take_picture(self, request: Captured) -> Canned:
        self._file(request, "file")
        return said({"data": {"id": 1, "url": f"https://pictures.example.org/{list(self.pictures)[-1]}"}})

    def carry_out(self, request: Captured, path: str, body: Any) -> tuple[str, Canned]:
        parts = path.strip("/").split("/")[1:]
        if parts == ["templates"]:
            one = {"id": 7, "name": "newsletter: the message as it is"}
            return "", said({"data": [one] if request.method == "GET" else one})
        if parts[0] == "lists":
            return "", said({"data": {"name": "Readers", "subscriber_count": 12}})
        if parts == ["campaigns"] and request.method == "POST":
            return "create", said({"data": self._int(self._new(body | {"status": "draft"}))})
        if parts == ["campaigns"]:
            wanted = parse_qs(urlsplit(request.path).query)["query"][0]
            found = [self._int(each) for each in self.campaigns.values() if wanted in each["name"]]
            return "", said({"data": {"results": found, "total": len(found)}})
        found = self.campaigns[parts[1]]
        if parts[2:] == ["status"]:
            if body["status"] == "running":
                self._send(parts[1], "running")
                return "send", said({"data": self._int(found)})
            found["status"] = body["status"]
        elif parts[2:] == ["test"]:
            self.tests.append(body["subscribers"])
        elif request.method == "PUT":
            found |= {key: value for key, value in body.items() if key != "id"}
        return "", said({"data": self._int(found) | {"sent": 10, "bounces": 2, "views": 4}})

    @staticmethod
    def _int(facts: dict[str, Any]) -> dict[str, Any]:
        return facts | {"id": int(facts["id"])}


class FakeButtondown(Fake):
    def take_picture(self, request: Captured) -> Canned:
        self._file(request, "image")
        return said({"id": "img_1", "image": f"https://pictures.example.org/{list(self.pictures)[-1]}"}, 201)

    def carry_out(self, request: Captured, path: str, body: Any) -> tuple[str, Canned]:
        parts = path.strip("/").split("/")[1:]
        if parts == ["subscribers"]:
            return "", said({"results": [], "count": 12})
        if parts == ["emails"] and request.method == "POST":
            # The documented default: without a status everybody is mailed.
            made = self._new({"status": "about_to_send"} | body)
            if made["status"] != "draft":
                self.sends.append(made["id"])
            return "create", said(made, 201)
        if parts == ["emails"]:
            return "", said({"results": list(self.campaigns.values()), "count": len(self.campaigns)})
        found = self.campaigns[parts[1]]
        match parts[2:]:
            case ["publish"]:
                if request.headers.get("X-Buttondown-Live-Dangerously") != "true":
                    return "", said({"code": "sending_requires_confirmation", "detail": "header"}, 400)
                self._send(parts[1], "about_to_send")
                return "send", said(found)
            case ["send-draft"]:
                self.tests.append(body["recipients"])
                return "", said({})
            case ["analytics"]:
                return "", said(
                    {"recipients": 10, "deliveries": 8, "permanent_failures": 2, "unsubscriptions": 1, "opens": 4}
                )
        if request.method == "PATCH":
            found |= body
        return "", said(found)
