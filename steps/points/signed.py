"""A signed call in the making, and the ways in which its signature can be written wrongly."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accredit import Api, Callbacks, Clock, Partner, Signer, signatures

from . import words
from .words import Asked

LAYOUTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "without blanks": lambda told: json.dumps(told, separators=(",", ":")),
    "on several lines": lambda told: json.dumps(told, indent=2),
    "with letters of Thai": lambda told: json.dumps(told, ensure_ascii=False),
}
"""How one body can be written in several ways, of which each has its own digest."""
THAI = "คำขอ"


@dataclass
class Signed:
    """A call about to be sent: `headers` sign `body`, unless a scenario changes one of them. `query` is added to the URL."""

    told: Mapping[str, Any]
    body: bytes
    headers: dict[str, str]
    query: dict[str, str] = field(default_factory=dict)


def _without(name: str) -> Callable[[str], str]:
    return lambda header: ",".join(part for part in header.split(",") if not part.startswith(f"{name}="))


def resign(signer: Signer, signed: Signed, target: str, clock: Clock, digest: str) -> None:
    """Signs whatever digest it is told, for the target that it is told."""
    created = int(clock.now().timestamp())
    signature = signer.key.sign_sha256(signatures.signing_string(created, digest, "POST", target))
    signed.headers = {"Digest": digest, "Signature": signatures.header(signer.key_id, created, signature)}


WRITTEN: Mapping[str, Callable[[str], str]] = {
    "a repeated parameter": lambda header: f"{header},{header.partition(',')[0]}",
    "no key id": _without("keyId"),
    "no value": _without("signature"),
    "its algorithm in small letters": lambda header: header.replace("RSA-SHA256", "rsa-sha256"),
}
"""Fault → what it makes of a right header."""


def prepared(
    partner: Partner,
    callbacks: Callbacks,
    signer: Signer,
    target: str,
    *,
    role: str = "earning",
    created: int | None = None,
) -> Signed:
    """A request of 10 points, signed for that target."""
    told = words.body(partner, callbacks, words.rule(partner, "earn"), words.user(partner, role), 10)
    content = json.dumps(told).encode()
    return Signed(told, content, signer.headers("POST", target, content, created=created))


def sent(api: Api, partner: Partner, callbacks: Callbacks, signed: Signed, *, renew: bool = False) -> Asked:
    """Sends it as it is. A wrong signature draws a 401 that no new token puts right, so none is asked for."""
    awaited = words.expected(partner, callbacks, signed.told)
    reply = words.call(
        api, partner, content=signed.body, headers=signed.headers, query=signed.query, sign=False, renew=renew
    )
    return Asked(signed.told, awaited, reply)
