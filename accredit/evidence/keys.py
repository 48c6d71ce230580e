"""The keys that seal bundles: Ed25519 in files, and DSSE envelopes signed and checked with them."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from accredit.model.bounded import loads
from accredit.model.errors import BundleRefused, UsageError
from accredit.model.keys import (
    PrivateKey,
    PublicKey,
    fits,
    key_id,
    new_private,
    private_from,
    private_pem,
    public_from,
    public_pem,
)

PAYLOAD_TYPE = "application/vnd.in-toto+json"
K = TypeVar("K")


def make_key(path: Path) -> None:
    """Writes a new private key to `path`, readable by its owner alone, and its public key beside it as `.pub`.

    Raises:
        UsageError: there is a file already; a key is never overwritten.
    """
    key = new_private()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(private_pem(key))
    except FileExistsError:
        raise UsageError(f"{path} exists; a signing key is never overwritten. Name another file.") from None
    public_path(path).write_bytes(public_pem(key.public_key()))


def public_path(path: Path) -> Path:
    """Where the public key of a private key's file lies."""
    return path.with_suffix(".pub")


def load_private(path: Path) -> PrivateKey:
    """A private key from its file."""
    return _loaded(path, private_from, "no Ed25519 private key; `accredit init` makes one")


def load_public(path: Path) -> PublicKey:
    """A public key from its file.

    Raises:
        UsageError: there is none in it. A private key is refused: who trusts a key has no business with it.
    """
    if b"PRIVATE KEY" in (path.read_bytes() if path.is_file() else b""):
        raise UsageError(f"{path} is a private key, which stays with whoever signs with it; name the public one, "
                         f"{public_path(path)} (`accredit init` writes it beside the private one), or its id, --key-id.")  # fmt: skip
    return _loaded(path, public_from, "no Ed25519 public key; ask the partner for the .pub file")


def envelope(payload: bytes, key: PrivateKey) -> bytes:
    """A DSSE envelope over `payload`, with the public key beside the signature so that anybody can check it offline."""
    return _envelope(payload, key.public_key(), key.sign(_pae(payload)))


def _envelope(payload: bytes, key: PublicKey, signature: bytes) -> bytes:
    """Same payload, key and signature, same bytes."""
    signed = {
        "keyid": key_id(key),
        "sig": base64.b64encode(signature).decode(),
        "publicKey": public_pem(key).decode(),
    }
    told = {"payloadType": PAYLOAD_TYPE, "payload": base64.b64encode(payload).decode(), "signatures": [signed]}
    return json.dumps(told, indent=1).encode() + b"\n"


def opened(data: bytes, name: str) -> tuple[bytes, PublicKey]:
    """Payload and key of an envelope, its signature checked.

    Args:
        name: Of the file it was read from, for the reader of the error.

    Raises:
        BundleRefused: it is no envelope, is not signed by the one key in it, or a byte of it is not as accredit writes it: what
            no signature covers could be altered unseen.
    """
    try:
        told: dict[str, Any] = loads(data)
        payload = base64.b64decode(told["payload"], validate=True)
        [signed] = told["signatures"]
        key, signature = public_from(signed["publicKey"].encode()), base64.b64decode(signed["sig"], validate=True)
        whole = _envelope(payload, key, signature) == data
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BundleRefused(f"{name} is no DSSE envelope with one signature; it was altered.") from None
    if not fits(key, signature, _pae(payload)):
        raise BundleRefused(f"the signature in {name} does not fit its payload; it was altered.")
    if not whole:
        raise BundleRefused(f"{name} is not written as accredit writes it; it was altered.")
    return payload, key


def _pae(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def _loaded(path: Path, load: Callable[[bytes], K], otherwise: str) -> K:
    try:
        return load(path.read_bytes())
    except OSError as failed:
        raise UsageError(f"{path} cannot be read ({failed.strerror}).") from None
    except (ValueError, TypeError):
        raise UsageError(f"{path} is {otherwise}.") from None
