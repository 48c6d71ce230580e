"""The doorman of cryptography: Ed25519 keys in files, and DSSE envelopes signed and checked with them."""

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from accredit.model.errors import BundleRefused, UsageError

PrivateKey = Ed25519PrivateKey
PublicKey = Ed25519PublicKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def make_key(path: Path) -> None:
    """Writes a new private key to `path`, readable by its owner alone, and its public key beside it as `.pub`.

    Raises:
        UsageError: there is a file already; a key is never overwritten.
    """
    key = Ed25519PrivateKey.generate()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    except FileExistsError:
        raise UsageError(f"{path} exists; a signing key is never overwritten. Name another file.") from None
    public_path(path).write_bytes(_public_pem(key.public_key()))


def public_path(path: Path) -> Path:
    """Where the public key of a private key's file lies."""
    return path.with_suffix(".pub")


def load_private(path: Path) -> Ed25519PrivateKey:
    """A private key from its file."""
    key = _loaded(path, lambda data: load_pem_private_key(data, None))
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{path} is no Ed25519 private key; `accredit init` makes one.")
    return key


def load_public(path: Path) -> Ed25519PublicKey:
    """A public key from its file, or from the file of its private key."""
    data = path.read_bytes() if path.is_file() else b""
    if b"PRIVATE KEY" in data:
        return load_private(path).public_key()
    key = _loaded(path, load_pem_public_key)
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path} is no Ed25519 public key; ask the partner for the .pub file.")
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """Hex SHA-256 of the key's 32 bytes; the same wherever the key is kept."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def envelope(payload: bytes, key: Ed25519PrivateKey) -> bytes:
    """A DSSE envelope over `payload`, with the public key beside the signature so that anybody can check it offline."""
    public = key.public_key()
    signature = {
        "keyid": key_id(public),
        "sig": base64.b64encode(key.sign(_pae(payload))).decode(),
        "publicKey": _public_pem(public).decode(),
    }
    told = {"payloadType": PAYLOAD_TYPE, "payload": base64.b64encode(payload).decode(), "signatures": [signature]}
    return json.dumps(told, indent=1).encode() + b"\n"


def opened(data: bytes) -> tuple[bytes, list[Ed25519PublicKey]]:
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
    except InvalidSignature:
        raise BundleRefused(
            "a signature in manifest.dsse.json does not fit its payload; the bundle was altered."
        ) from None


def _checked(payload: bytes, signature: dict[str, str]) -> Ed25519PublicKey:
    key = load_pem_public_key(signature["publicKey"].encode())
    if not isinstance(key, Ed25519PublicKey) or key_id(key) != signature["keyid"]:
        raise ValueError("the key is not the one it says")
    key.verify(base64.b64decode(signature["sig"], validate=True), _pae(payload))
    return key


def _pae(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def _public_pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _loaded(path: Path, load: Any) -> Any:
    try:
        return load(path.read_bytes())
    except OSError as failed:
        raise UsageError(f"{path} cannot be read ({failed.strerror}).") from None
    except (ValueError, TypeError):
        raise UsageError(f"{path} holds no key that can be used; `accredit init` makes one.") from None
