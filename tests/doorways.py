"""A provider's front door on loopback, wrong in whatever way a preflight has to notice."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme

HOST = "api.mini.example"
EDGE_PAGE = "<html>denied at the edge. Reference 4711</html>"


@dataclass
class Doorway:
    """How it answers, and what came.

    Attributes:
        token: Status and body of the token call.
        kind: Content type of what it answers.
        cards: Members it knows.
        slow: By how much its clock is behind.
    """

    token: tuple[int, str] = (200, json.dumps({"access_token": "a-token-of-the-doorway", "expires_in": 600}))
    kind: str = "application/json"
    cards: tuple[str, ...] = ("7000000001", "7000000002")
    members_answer: int = 200
    slow: timedelta = timedelta()
    came: list[str] = field(default_factory=list)
    port: int = 0
    ca_pem: str = ""

    def answer(self, method: str, path: str) -> tuple[int, str]:
        self.came.append(f"{method} {path}")
        if path.endswith("/token"):
            return self.token
        if path.rpartition("/")[2] not in self.cards:
            return 404, "{}"
        return self.members_answer, json.dumps(
            {"card": path.rpartition("/")[2], "points": 0, "email": "ann@mini.example"}
        )


def certificate(authority: trustme.CA, host: str = HOST, not_after: datetime | None = None) -> ssl.SSLContext:
    """A server's TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host, not_after=not_after).configure_cert(context)
    return context


@contextmanager
def opened(
    doorway: Doorway, tls: ssl.SSLContext | None = None, authority: trustme.CA | None = None
) -> Iterator[Doorway]:
    """The doorway, served until the block ends.

    Args:
        authority: Whom the partner is to trust; what signs the certificate, unless `tls` has one of its own.
    """
    authority = authority or trustme.CA()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answered(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            status, body = doorway.answer(self.command, self.path)
            self.send_response(status)
            self.send_header("content-type", doorway.kind)
            self.send_header("content-length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = _answered  # noqa: N815 - as http.server calls them

        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(datetime.now(UTC) - doorway.slow, usegmt=True)

        def log_message(self, *said: object) -> None:
            """Nothing for the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = (tls or certificate(authority)).wrap_socket(server.socket, server_side=True)
    doorway.port, doorway.ca_pem = server.server_address[1], authority.cert_pem.bytes().decode()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield doorway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
