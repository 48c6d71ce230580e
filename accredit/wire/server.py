"""A simulator as a real server: HTTP over TLS on loopback, with a certificate authority made for the run."""

import logging
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import trustme
import uvicorn

from accredit.model.contract import Contract
from accredit.model.errors import UsageError
from accredit.model.simulation import Answer, Call, Cut, Simulation

# What the simulator does on purpose, such as hanging up, is no news for the terminal.
logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())
logging.getLogger("uvicorn.error").propagate = False

_START_SECONDS = 10.0
_MOST_CONNECTIONS = 64

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Entrance:
    """A base URL of the provider that a simulator enacts, and what lives there."""

    environment: str
    base_url: str
    services: tuple[str, ...]

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    @property
    def path(self) -> str:
        """`/sandbox`, or empty."""
        return urlsplit(self.base_url).path


class Simulator:
    """Serves a simulation until it is closed. One call is answered at a time, control included.

    Each of the provider's hosts has a port of its own on loopback; under its real name every host is found at any of them.

    Args:
        port: That of the first host; 0 takes any free one.
    """

    def __init__(
        self, simulation: Simulation, contract: Contract, entrances: Sequence[Entrance], port: int = 0
    ) -> None:
        self._simulation, self._contract = simulation, contract
        self._entrances = sorted(entrances, key=lambda entrance: len(entrance.path), reverse=True)
        self._turn = threading.Lock()
        authority = trustme.CA()
        self.ca_pem = authority.cert_pem.bytes().decode()
        hosts = list(dict.fromkeys(entrance.host for entrance in entrances))
        self._sockets = [_bound(port if first else 0) for first in [True] + [False] * (len(hosts) - 1)]
        self._ports = {host: _port(listener) for host, listener in zip(hosts, self._sockets, strict=True)}
        self.port = _port(self._sockets[0])
        self._server = uvicorn.Server(uvicorn.Config(
            self._app, log_config=None, lifespan="off", interface="asgi3", http="h11", ws="none", access_log=False, proxy_headers=False,
            server_header=False, timeout_graceful_shutdown=1, limit_concurrency=_MOST_CONNECTIONS,
            ssl_context_factory=lambda *_: _context(authority, ("localhost", *hosts))))  # fmt: skip
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": self._sockets}, daemon=True, name="simulator"
        )

    def __enter__(self) -> "Simulator":
        self._thread.start()
        with socket.create_connection(("127.0.0.1", self.port), timeout=_START_SECONDS):
            return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops serving and waits until it has."""
        self._server.should_exit = True
        self._thread.join(_START_SECONDS)
        for listener in self._sockets:
            listener.close()

    def serve(self) -> None:
        """Serves in this thread, until interrupted."""
        self._server.run(sockets=self._sockets)

    def url_of(self, entrance: Entrance) -> str:
        """Where it is served on this machine."""
        return f"https://localhost:{self._ports[entrance.host]}{entrance.path}"

    def control(self, name: str) -> Callable[..., Any]:
        """A method of the simulation's control channel, taking turns with the calls it answers."""
        method = getattr(self._simulation, name)

        def controlled(*args: Any, **kwargs: Any) -> Any:
            with self._turn:
                return method(*args, **kwargs)

        return controlled

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part.get("body", b""), bool(part.get("more_body", False))
        call = self._call(scope, body)
        with self._turn:
            answer = self._simulation.answer(call)
        await _send(answer, send, receive)

    def _call(self, scope: Scope, body: bytes) -> Call:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query, raw_path = scope["query_string"].decode("latin-1"), scope["raw_path"].decode("latin-1")
        path = unquote(raw_path)
        entrance = self._entrance(headers.get("host", ""), scope["server"][1], path)
        operation = self._contract.find(scope["method"], path.removeprefix(entrance.path), entrance.services)
        return Call(
            operation=operation.id if operation else None,
            service=operation.service if operation else "",
            environment=entrance.environment,
            target=f"{raw_path}?{query}" if query else raw_path,
            method=scope["method"],
            path=path,
            query=parse_qs(query, keep_blank_values=True),
            headers=headers,
            body=body,
        )

    def _entrance(self, host: str, port: int, path: str) -> Entrance:
        """By the host's real name, else by the port; then by the longest base path."""
        name = host.partition(":")[0]
        there = [e for e in self._entrances if e.host == name] or [
            e for e in self._entrances if self._ports[e.host] == port
        ]
        return next((e for e in there if path.startswith(f"{e.path}/")), there[-1])


async def _send(answer: Answer, send: Send, receive: Receive) -> None:
    length = str(len(answer.body)).encode()
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    if answer.cut is not Cut.BEFORE_THE_ANSWER:
        if answer.status != 204:
            headers.append((b"content-length", length))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if answer.cut is Cut.NOWHERE:
        await send({"type": "http.response.body", "body": answer.body})
        return
    if answer.cut is Cut.MIDWAY:
        await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})
    # ASGI has no word for hanging up; the connection belongs to the object behind `receive`.
    receive.__self__.transport.close()  # type: ignore[attr-defined]


def _port(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


def _bound(port: int) -> socket.socket:
    # With the protocol named, asyncio recognises TCP and sets TCP_NODELAY; without, each answer takes 40 ms longer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as taken:
        listener.close()
        raise UsageError(
            f"port {port} on 127.0.0.1 cannot be used ({taken.strerror}); choose another, or leave it out."
        ) from None
    listener.listen()
    return listener


def _context(authority: trustme.CA, hosts: tuple[str, ...]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*hosts).configure_cert(context)
    return context
