"""Who may talk to the page: the browser that opened the printed address, and nothing else.

A page on a loopback address is not private by itself. Any site that is open in the same browser can
send requests to it, under its address or under a name of the site's own that leads there, and other
people's programs on the same computer can too.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["COOKIE", "Guard"]

COOKIE = "aimc-marking"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
CLOSED = "This page is closed. Open the address that aimc-course mark printed in the terminal."


class Guard:
    """Lets requests through to an app if they come from its own page.

    Parameters
    ----------
    app : ASGIApp
        What is guarded.
    port : int
        Port on 127.0.0.1 that it is served on.

    Notes
    -----
    The token of the address is good for one visit, so that neither the browser's history nor a
    list of running programs gives it away for long. The visit sets a cookie for a path that nobody
    else knows: cookies do not tell ports apart, and another server on this computer would otherwise
    be sent it.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self.host = f"127.0.0.1:{port}"
        self.place = f"/marking-{secrets.token_hex(8)}"
        self._token: str | None = secrets.token_urlsafe(32)
        self._session = secrets.token_urlsafe(32)
        self.form_key = hmac.new(self._session.encode(), b"form", sha256).hexdigest()

    @property
    def address(self) -> str:
        """The address to open, good for one visit."""
        return f"http://{self.host}{self.place}/enter/{self._token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        answer: Any = self._refusal(scope)
        if answer is None and (answer := self._entering(scope)) is None:
            if self._has_cookie(scope):
                scope = {**scope, "path": scope["path"][len(self.place) :]}
                answer = self._app
            else:
                answer = PlainTextResponse(CLOSED, 403)
        await answer(scope, receive, with_headers)

    def is_own_form(self, key: str) -> bool:
        """Return whether a form was filled in on a page of this session."""
        return hmac.compare_digest(key.encode(), self.form_key.encode())

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if headers.getlist("host") != [self.host]:
            return PlainTextResponse("Refused: another host.", 421)
        if scope["method"] not in ("GET", "POST"):
            return PlainTextResponse("Refused: another method.", 405)
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        own = f"http://{self.host}"
        if site not in (None, "same-origin", "none"):
            return PlainTextResponse("Refused: another site.", 403)
        # Without a referrer, browsers write the origin of a form as null and only say that its
        # site is the same.
        if origin not in (None, own) and not (origin == "null" and site == "same-origin"):
            return PlainTextResponse("Refused: another origin.", 403)
        if scope["method"] == "POST" and origin != own and site != "same-origin":
            return PlainTextResponse("Refused: a form without an origin.", 403)
        if not scope["path"].startswith(f"{self.place}/"):
            return PlainTextResponse(CLOSED, 404)
        return None

    def _entering(self, scope: Scope) -> RedirectResponse | PlainTextResponse | None:
        before = f"{self.place}/enter/"
        if not scope["path"].startswith(before):
            return None
        given = scope["path"].removeprefix(before).encode()
        if scope["method"] != "GET" or self._token is None:
            return PlainTextResponse(f"This address was used. {CLOSED}", 403)
        if not hmac.compare_digest(given, self._token.encode()):
            return PlainTextResponse(CLOSED, 403)
        self._token = None
        response = RedirectResponse(f"{self.place}/", 303)
        response.set_cookie(
            COOKIE, self._session, path=f"{self.place}/", httponly=True, samesite="strict"
        )
        return response

    def _has_cookie(self, scope: Scope) -> bool:
        for header in Headers(scope=scope).getlist("cookie"):
            for pair in header.split(";"):
                name, _, value = pair.strip().partition("=")
                if name == COOKIE and hmac.compare_digest(value.encode(), self._session.encode()):
                    return True
        return False
