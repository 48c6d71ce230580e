"""HTTP signatures as draft-cavage-http-signatures-12 has them, over `(created) digest (request-target)`.

Our own, since no kept library sends an RSA-SHA256 signature over `(created)`, which the draft itself rules out and a
provider wants all the same. Digest: RFC 3230 with RFC 5843's SHA-512, of the body's bytes as they are sent.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import datetime

from accredit.model.keys import RsaKey

COVERED = "(created) digest (request-target)"
ALGORITHM = "RSA-SHA256"
_HASHES = {"SHA-512": hashlib.sha512, "SHA-256": hashlib.sha256}
_PARAMETER = re.compile(r'\s*([A-Za-z]+)=(?:"([^"]*)"|(\d+))\s*(?:,|$)')


def digest(body: bytes, algorithm: str = "SHA-512") -> str:
    """The `Digest` header: `SHA-512=` and the base64 of the 64 raw bytes."""
    return f"{algorithm}={base64.b64encode(_HASHES[algorithm](body).digest()).decode()}"


def signing_string(created: int, digest: str, method: str, target: str) -> bytes:
    """What is signed: three lines, joined by LF, none at the end.

    Args:
        created: Unix seconds.
        digest: The `Digest` header as sent.
        target: Path and query as sent, without scheme and host.
    """
    return f"(created): {created}\ndigest: {digest}\n(request-target): {method.lower()} {target or '/'}".encode()


def header(key_id: str, created: int, signature: bytes) -> str:
    """The `Signature` header; only `created` stands without quotes."""
    encoded = base64.b64encode(signature).decode()
    return f'keyId="{key_id}",algorithm="{ALGORITHM}",created={created},headers="{COVERED}",signature="{encoded}"'


def parse(header: str) -> dict[str, str]:
    """The parameters of a `Signature` header by name, in any order.

    Raises:
        ValueError: broken syntax, or a parameter given twice.
    """
    found: dict[str, str] = {}
    place, more = 0, True
    while more:
        match = _PARAMETER.match(header, place)
        if match is None or match[1] in found:
            raise ValueError(f"a Signature header that cannot be read at {header[place : place + 20]!r}")
        found[match[1]] = match[2] if match[2] is not None else match[3]
        place, more = match.end(), match[0].endswith(",")
    if place < len(header):
        raise ValueError(f"a Signature header with something after its end: {header[place : place + 20]!r}")
    return found


def decoded(signature: str) -> bytes:
    """The bytes of a `signature` parameter; empty when it is no base64, which fits nothing."""
    try:
        return base64.b64decode(signature, validate=True)
    except ValueError:
        return b""


class Signer:
    """Signs requests with one key, by the clock it is handed."""

    def __init__(self, key: RsaKey, key_id: str, now: Callable[[], datetime]) -> None:
        self.key, self.key_id, self._now = key, key_id, now

    def headers(self, method: str, target: str, body: bytes, *, created: int | None = None) -> dict[str, str]:
        """`Digest` and `Signature` of a request; signed now, unless `created` (Unix seconds) says otherwise."""
        at = int(self._now().timestamp()) if created is None else created
        told = digest(body)
        signature = self.key.sign_sha256(signing_string(at, told, method, target))
        return {"Digest": told, "Signature": header(self.key_id, at, signature)}
