"""The live preview's little web server: loopback only, a secret in the address, no door for other pages."""

import contextlib
import hmac
import os
import secrets
import socket
from collections.abc import Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from newsletter_cli.errors import NewsletterError
from newsletter_cli.preview.live import Live, as_json
from newsletter_cli.preview.proof import page_source, render_template

_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; "
    "frame-src 'self'; frame-ancestors 'none'; form-action 'none'"
)
_ENTRY = "open"
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address holds the secret
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
}


class LiveServer:
    """Serves one issue.

    Args:
        title: what the page is called.
        show: the message as one reader gets it; "" is a reader of whom nothing is known. Raises NewsletterError.
        stamp: a text that changes whenever a file of the issue does.
        readers: addresses that begin with what was typed.
        reader: whose copy the page shows first.
        token: the secret in the address; made up when "".
    """

    def __init__(
        self,
        title: str,
        show: Callable[[str], Live],
        stamp: Callable[[], str],
        readers: Callable[[str], Sequence[str]],
        *,
        reader: str = "",
        token: str = "",
    ) -> None:
        self.reader = reader
        self.title, self.show, self.stamp, self.readers = title, show, stamp, readers
        self.token = token or secrets.token_urlsafe(24)
        self._ticket = secrets.token_urlsafe(24)
        self.port = 0

    def listen(self, port: int = 0) -> socket.socket:
        """A socket on 127.0.0.1; port 0 takes a free one.

        Raises:
            NewsletterError: the port is taken.
        """
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # elsewhere it would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen()
        except OSError as error:
            listener.close()
            raise NewsletterError(
                f"Port {port} cannot be used: {error.strerror}.", "Name another with --port, or leave it out."
            ) from error
        self.port = listener.getsockname()[1]
        return listener

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/{self.token}/"

    @property
    def address_to_launch(self) -> str:
        """An address that leads to the page once: everybody on the machine can read what a browser was started with."""
        return f"http://127.0.0.1:{self.port}/{_ENTRY}/{self._ticket}"

    def take_ticket(self, given: str) -> bool:
        """Whether this is the ticket of `address_to_launch`; it counts once."""
        right = bool(self._ticket) and hmac.compare_digest(given.encode(), self._ticket.encode())
        if right:
            self._ticket = ""
        return right

    def run(self, listener: socket.socket) -> None:
        """Serve until interrupted."""
        import uvicorn

        config = uvicorn.Config(
            self.application(), log_level="error", access_log=False, server_header=False, timeout_graceful_shutdown=1
        )
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how it is meant to end
            uvicorn.Server(config).run(sockets=[listener])

    def application(self) -> ASGIApp:
        routes = [
            Route("/{token}/", self.page),
            Route("/{token}/content", self.content),
            Route("/{token}/stamp", self.stamped),
            Route("/{token}/readers", self.matching),
        ]
        return _Guard(Starlette(routes=routes), self)

    def page(self, request: Request) -> Response:
        nonce = secrets.token_urlsafe(16)
        html = render_template(
            "live.html",
            title=self.title,
            reader=self.reader,
            nonce=nonce,
            css=_markup(page_source("page.css") + page_source("live.css")),
            script=_markup(page_source("frames.js") + page_source("live.js")),
        )
        return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY.format(nonce=nonce)})

    def content(self, request: Request) -> Response:
        stamp = self.stamp()
        try:
            shown: dict[str, Any] = as_json(self.show(request.query_params.get("as", "").strip()))
        except NewsletterError as error:
            fault = {"message": error.message, "hint": error.hint, "problems": list(error.problems)}
            return JSONResponse({"error": fault, "stamp": stamp})
        return JSONResponse(shown | {"stamp": stamp})

    def stamped(self, request: Request) -> Response:
        return JSONResponse({"stamp": self.stamp()})

    def matching(self, request: Request) -> Response:
        return JSONResponse({"readers": list(self.readers(request.query_params.get("q", "")))})


class _Guard:
    """Lets in only requests that name this machine as their host (no DNS rebinding) and know the secret."""

    def __init__(self, inner: ASGIApp, server: LiveServer) -> None:
        self.inner, self.server = inner, server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.inner(scope, receive, send)

        async def answer(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] += [(name.lower().encode(), text.encode()) for name, text in _HEADERS.items()]
            await send(message)

        refusal = self.refusal(scope)
        return await (refusal or self.inner)(scope, receive, answer)

    def refusal(self, scope: Scope) -> Response | None:
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if host not in {f"{name}:{self.server.port}" for name in ("127.0.0.1", "localhost")}:
            return PlainTextResponse("This address is not served here.", 421)
        token = scope["path"].split("/")[1] if scope["path"].count("/") > 1 else ""
        if token == _ENTRY and self.server.take_ticket(scope["path"].split("/")[2]):
            return RedirectResponse(f"/{self.server.token}/", 303)
        if not hmac.compare_digest(token.encode(), self.server.token.encode()):
            return PlainTextResponse("Open the whole address that the command printed.", 404)
        if headers.get(b"sec-fetch-site", b"none") not in (b"none", b"same-origin"):
            return PlainTextResponse("Not from another page.", 403)
        return None


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704  (our own files)
