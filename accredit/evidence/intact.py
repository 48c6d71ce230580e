"""Is a bundle what was sealed? Every file against the signed manifest, in both directions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accredit.evidence import timestamp
from accredit.evidence.archive import Bundle
from accredit.evidence.keys import opened
from accredit.evidence.manifest import ENVELOPE, MANIFEST, MOST_BYTES, statement_from
from accredit.evidence.timestamp import STAMP
from accredit.model.errors import BundleRefused
from accredit.model.keys import PublicKey


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was signed, once every file is what it says and no other is there.

    Attributes:
        predicate: What was claimed of the run.
        key: The one whose signature fits. Whose key it is, nothing in a bundle can say.
        envelope: The signed manifest, byte for byte.
        stamp: The time stamp over it; None when it was sealed without.
    """

    predicate: Mapping[str, Any]
    key: PublicKey
    envelope: bytes
    stamp: bytes | None = None

    @property
    def authority(self) -> str:
        """Whose time stamp it was sealed with; empty when with none."""
        return str(self.predicate.get("time_stamp_by", ""))


def sealed_in(bundle: Bundle) -> Sealed:
    """What was signed.

    Raises:
        BundleRefused: a file was changed, added or removed after sealing; says which.
    """
    for name in (MANIFEST, ENVELOPE):
        if name not in bundle.names:
            raise BundleRefused(f"{name} is missing; the bundle was altered or never sealed.")
    envelope = bundle.read(ENVELOPE, 2 * MOST_BYTES)
    payload, key = opened(envelope, ENVELOPE)
    if payload != bundle.read(MANIFEST, MOST_BYTES):
        raise BundleRefused(f"{MANIFEST} is not what was signed; the bundle was altered.")
    digests, claimed = statement_from(payload)
    beside = {MANIFEST, ENVELOPE} | ({STAMP} if claimed.get("time_stamp_by") else set())
    _check(bundle, digests, beside)
    stamp = bundle.read(STAMP, timestamp.MOST_BYTES) if STAMP in beside else None
    if stamp is not None:
        timestamp.told(stamp, envelope)
    return Sealed(claimed, key, envelope, stamp)


def _check(bundle: Bundle, digests: Mapping[str, str], beside: set[str]) -> None:
    for name in sorted(beside - bundle.names):
        raise BundleRefused(f"{name} is missing; it was removed after sealing.")
    for name in sorted(bundle.names - beside - set(digests)):
        raise BundleRefused(f"{name} is not in the manifest; it was added after sealing.")
    for name, digest in digests.items():
        if name not in bundle.names:
            raise BundleRefused(f"{name} is in the manifest and not in the bundle; it was removed after sealing.")
        if (got := bundle.digest(name)) != digest:
            raise BundleRefused(
                f"{name}: the manifest says {digest[:12]}…, the file is {got[:12]}…; it was changed after sealing. Ask for the original."
            )
