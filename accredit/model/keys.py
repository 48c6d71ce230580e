"""The doorman of cryptography: Ed25519 and RSA keys, what they sign and check. Bytes in, bytes out; files are others' business."""

import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates
from cryptography.x509.oid import NameOID

__all__ = ["Certificate", "PrivateKey", "PublicKey", "RsaKey", "certificate_from", "certificates_in", "fits", "key_id",
           "new_private", "owner", "private_from", "private_pem", "public_from", "public_pem"]  # fmt: skip

PrivateKey = Ed25519PrivateKey
PublicKey = Ed25519PublicKey


def new_private() -> PrivateKey:
    """A new Ed25519 key."""
    return Ed25519PrivateKey.generate()


def private_pem(key: PrivateKey | RSAPrivateKey) -> bytes:
    """PKCS #8, unencrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(key: PublicKey | RSAPublicKey) -> bytes:
    """SubjectPublicKeyInfo."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def private_from(pem: bytes) -> PrivateKey:
    """An Ed25519 private key; ValueError for anything else."""
    if not isinstance(key := load_pem_private_key(pem, None), Ed25519PrivateKey):
        raise ValueError(f"not an Ed25519 key but {type(key).__name__}")
    return key


def public_from(pem: bytes) -> PublicKey:
    """An Ed25519 public key; ValueError for anything else."""
    try:
        key = load_pem_public_key(pem)
    except UnsupportedAlgorithm as foreign:
        raise ValueError(f"a kind of key that is not supported: {foreign}") from foreign
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"not an Ed25519 key but {type(key).__name__}")
    return key


def key_id(key: PublicKey) -> str:
    """Hex SHA-256 of the key's 32 bytes; the same wherever the key is kept."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def fits(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """True when `signature` is this key's over `message`."""
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def certificates_in(pem: bytes) -> list[Certificate]:
    """Every certificate; ValueError when there is none."""
    return load_pem_x509_certificates(pem)


def certificate_from(der: bytes) -> Certificate:
    """A certificate; ValueError for anything else."""
    return load_der_x509_certificate(der)


def owner(certificate: Certificate) -> str:
    """Whom a certificate names, quoted: it is a stranger's text. The common name, or the whole name when there is none."""
    subject = certificate.subject
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return repr(str(names[0].value) if names else subject.rfc4514_string())


class RsaKey:
    """An RSA key, private or public: RSASSA-PKCS1-v1_5 with SHA-256, which JOSE calls RS256 and drafts call rsa-sha256."""

    def __init__(self, key: RSAPrivateKey | RSAPublicKey) -> None:
        self._private = key if isinstance(key, RSAPrivateKey) else None
        self._public = key.public_key() if isinstance(key, RSAPrivateKey) else key

    @classmethod
    def generate(cls) -> "RsaKey":
        """A new key of 2048 bits."""
        return cls(generate_private_key(public_exponent=65537, key_size=2048))

    @classmethod
    def from_pem(cls, pem: bytes) -> "RsaKey":
        """A key from PEM, private or public.

        Raises:
            ValueError: it holds no RSA key that can be read without a password.
        """
        try:
            loaded = load_pem_private_key(pem, None) if b"PRIVATE KEY" in pem else load_pem_public_key(pem)
        except TypeError as locked:
            raise ValueError("the key is locked by a password") from locked
        except UnsupportedAlgorithm as foreign:
            raise ValueError(f"a kind of key that is not supported: {foreign}") from foreign
        if not isinstance(loaded, RSAPrivateKey | RSAPublicKey):
            raise ValueError(f"not an RSA key but {type(loaded).__name__}")
        return cls(loaded)

    @property
    def bits(self) -> int:
        return self._public.key_size

    def private_pem(self) -> bytes:
        return private_pem(self._signing())

    def public_pem(self) -> bytes:
        return public_pem(self._public)

    def sign_sha256(self, message: bytes) -> bytes:
        """The signature; as long as the key, and the same each time."""
        return self._signing().sign(message, PKCS1v15(), SHA256())

    def verify_sha256(self, message: bytes, signature: bytes) -> bool:
        try:
            self._public.verify(signature, message, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    def _signing(self) -> RSAPrivateKey:
        if self._private is None:
            raise ValueError("a public key signs nothing")
        return self._private
