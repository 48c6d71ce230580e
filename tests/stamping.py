"""A time stamp authority on loopback, made when the tests run: its stamps are `openssl ts`'s, so that two programs must agree."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""
EXTENSIONS = "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"


@dataclass
class Tsa:
    """The authority. `asked` is what it was asked."""

    folder: Path
    url: str = ""
    status: int = 200
    asked: list[bytes] = field(default_factory=list)

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    def answer(self, query: bytes) -> bytes:
        self.asked.append(query)
        (self.folder / "query").write_bytes(query)
        return _openssl(self.folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query")


def made(folder: Path) -> Tsa:
    """An authority with keys of its own: a root, and a certificate that may stamp."""
    folder.mkdir()
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01")
    (folder / "extensions").write_text(EXTENSIONS)
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    _openssl(
        folder,
        "req",
        "-x509",
        *curve,
        "-keyout",
        "root.key",
        "-out",
        "root.pem",
        "-subj",
        "/CN=Example Root",
        "-days",
        "2",
    )
    _openssl(folder, "req", "-new", *curve, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Example TSA")
    _openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "7", "-days", "2",
             "-extfile", "extensions", "-out", "tsa.pem")  # fmt: skip
    return Tsa(folder)


@contextmanager
def serving(tsa: Tsa) -> Iterator[Tsa]:
    """The authority answers on loopback until the block ends."""

    class Counter(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = tsa.answer(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(tsa.status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Counter) as server:
        tsa.url = f"http://127.0.0.1:{server.server_port}/stamps"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield tsa
        finally:
            server.shutdown()
            thread.join()


def _openssl(folder: Path, *arguments: str) -> bytes:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=True).stdout
