"""The keys that seal bundles: Ed25519 in files, and DSSE envelopes signed and checked with them."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

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
    """A public key from its file, or from the file of its private key."""
    data = path.read_bytes() if path.is_file() else b""
    if b"PRIVATE KEY" in data:
        return load_private(path).public_key()
    return _loaded(path, public_from, "no Ed25519 public key; ask the partner for the .pub file")


def envelope(payload: bytes, key: PrivateKey) -> bytes:
    """A DSSE envelope over `payload`, with the public key beside the signature so that anybody can check it offline."""
    public = key.public_key()
    signature = {
        "keyid": key_id(public),
        "sig": base64.b64encode(key.sign(_pae(payload))).decode(),
        "publicKey": public_pem(public).decode(),
    }
    told = {"payloadType": PAYLOAD_TYPE, "payload": base64.b64encode(payload).decode(), "signatures": [signature]}
    return json.dumps(told, indent=1).encode() + b"\n"


def opened(data: bytes) -> tuple[bytes, list[PublicKey]]:
    """Payload and keys of an envelope, every signature checked.

    Raises:
        BundleRefused: it is no envelope, has no signature, or one of its signatures is wrong.
    """
    try:
        told: dict[str, Any] = json.loads(data)
        payload = base64.b64decode(told["payload"], validate=True)
        if told["payloadType"] != PAYLOAD_TYPE or not told["signatures"]:
            raise BundleRefused("the envelope is unsigned or holds something else than an in-toto statement.")
        return payload, [_checked(payload, signature) for signature in told["signatures"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BundleRefused("manifest.dsse.json is no DSSE envelope; the bundle was altered.") from None


def _checked(payload: bytes, signature: dict[str, str]) -> PublicKey:
    key = public_from(signature["publicKey"].encode())
    if key_id(key) != signature["keyid"]:
        raise ValueError("the key is not the one it says")
    if not fits(key, base64.b64decode(signature["sig"], validate=True), _pae(payload)):
        raise BundleRefused("a signature in manifest.dsse.json does not fit its payload; the bundle was altered.")
    return key


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
