"""The doorman of uvicorn and trustme: an ASGI application served over TLS on loopback."""

import logging
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import trustme
import uvicorn

from accredit.model.errors import UsageError

# What a simulator does on purpose, such as hanging up, is no news for the terminal.
logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())
logging.getLogger("uvicorn.error").propagate = False

_START_SECONDS = 10.0
_MOST_CONNECTIONS = 64

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Authority:
    """A certificate authority made for one run."""

    def __init__(self) -> None:
        self._authority = trustme.CA()
        self.pem = self._authority.cert_pem.bytes().decode()

    def context(self, hosts: Sequence[str]) -> ssl.SSLContext:
        """A server's TLS, its certificate good for these hosts."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*hosts).configure_cert(context)
        return context

    def issue_pem(self, host: str) -> bytes:
        """Private key and certificate for a host, in one PEM file."""
        return self._authority.issue_cert(host).private_key_and_cert_chain_pem.bytes()


def context_from(path: Path) -> ssl.SSLContext:
    """A server's TLS from a PEM file with private key and certificate chain."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(path, password=lambda: "")  # without one, OpenSSL would ask on the terminal
    except (OSError, ssl.SSLError) as wrong:
        raise UsageError(
            f"{path} holds no private key with its certificate ({wrong}); give one PEM file with both."
        ) from None
    return context


class Serving:
    """Serves on 127.0.0.1, at each of `ports` (0: any free one), until it is closed."""

    def __init__(self, app: App, tls: ssl.SSLContext, ports: Sequence[int], name: str) -> None:
        self._sockets = [_bound(port) for port in ports]
        self.ports: list[int] = [listener.getsockname()[1] for listener in self._sockets]
        self._server = uvicorn.Server(uvicorn.Config(
            app, log_config=None, lifespan="off", interface="asgi3", http="h11", ws="none", access_log=False, proxy_headers=False,
            server_header=False, timeout_graceful_shutdown=1, limit_concurrency=_MOST_CONNECTIONS,
            ssl_context_factory=lambda *_: tls))  # fmt: skip
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": self._sockets}, daemon=True, name=name
        )

    def start(self) -> None:
        """Serves in a thread of its own. Connections are taken from now on."""
        self._thread.start()
        with socket.create_connection(("127.0.0.1", self.ports[0]), timeout=_START_SECONDS):
            return

    def run(self) -> None:
        """Serves in this thread, until interrupted."""
        self._server.run(sockets=self._sockets)

    def close(self) -> None:
        """Stops serving and waits until it has."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(_START_SECONDS)
        for listener in self._sockets:
            listener.close()


def hang_up(receive: Receive) -> None:
    """Breaks the connection that a request came by."""
    # ASGI has no word for hanging up; the connection belongs to the object behind `receive`.
    receive.__self__.transport.close()  # type: ignore[attr-defined]  # ASGI has no way to break a connection


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
