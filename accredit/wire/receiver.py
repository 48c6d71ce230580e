"""Where providers call back: HTTPS on loopback, bounded in size, time and connections. Says nothing of what came; asks."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from accredit.wire.serving import Receive, Scope, Send, Serving

MOST_BYTES = 256 * 1024
"""A callback of any provider is some hundred bytes."""
MOST_SECONDS = 10.0
"""Real seconds for a whole body to arrive; a provider on the same side of the world needs a hundredth."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request that came in, as far as it came.

    Attributes:
        headers: As sent, in their order.
        fault: `too large` or `broken off` when not all of the body was read; else empty.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fault: str = ""

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")


class Receiver:
    """Serves until it is closed.

    Args:
        taken: Called with each request, one at a time; gives the status to answer.
        port: 0 is any free one.
    """

    def __init__(
        self, taken: Callable[[Incoming], int], tls: ssl.SSLContext, port: int = 0, seconds: float = MOST_SECONDS
    ) -> None:
        self._taken, self._seconds = taken, seconds
        self._serving = Serving(self._app, tls, [port], "receiver")
        self.port = self._serving.ports[0]
        self._serving.start()

    def close(self) -> None:
        self._serving.close()

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, fault = await self._read(receive)
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        query = scope["query_string"].decode("latin-1")
        target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        status = self._taken(Incoming(scope["method"], target, headers, body, fault))
        # What is not read to its end leaves the connection useless for another request.
        told = [(b"content-length", b"0"), *([(b"connection", b"close")] if fault else [])]
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": b""})

    async def _read(self, receive: Receive) -> tuple[bytes, str]:
        body = bytearray()
        try:
            async with asyncio.timeout(self._seconds):
                while True:
                    part = await receive()
                    if part["type"] == "http.disconnect":
                        return bytes(body), "broken off"
                    body += part.get("body", b"")
                    if len(body) > MOST_BYTES:
                        return bytes(body[:MOST_BYTES]), "too large"
                    if not part.get("more_body", False):
                        return bytes(body), ""
        except TimeoutError:
            return bytes(body), "broken off"
