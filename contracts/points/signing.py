"""Signed calls, verified step by step: what is wrong with Digest and Signature, if anything.

Over `(created) digest (request-target)` with RSA-SHA256, as the guide has it; the draft that it follows rules that out.
"""

import base64
import hmac
from collections.abc import Mapping

from accredit import Call, RsaKey, signatures

from .clients import Client, Clients
from .world import World

LIST = "(created) digest (request-target)"
ALGORITHM = "RSA-SHA256"
_DIGITS_OF_SECONDS = 10
"""Of a Unix time; with more it is in milliseconds, and far in the future."""
_LENIENT = ("rsa-sha256", "hs2019")


class Signing:
    """Verifies a call's signature."""

    def __init__(self, world: World, clients: Clients) -> None:
        self._world, self._clients = world, clients

    def is_wrong(self, call: Call, client: Client) -> bool:
        """True when the call must be refused for its signature, or for having none."""
        mode = self._world.setting("signature.mode")
        digest, signature = call.headers.get("digest"), call.headers.get("signature")
        if mode == "off":
            return False
        if digest is None and signature is None:
            return client.signs and mode == "required_if_enabled" and not self._world.wrong("unsigned_call_passes")
        if signature is None:
            return True
        if digest is None:
            return not self._world.wrong("digest_may_be_missing")
        if not self._holds(call, client, digest, signature):
            return True
        client.signs = True
        return False

    def _holds(self, call: Call, client: Client, digest: str, header: str) -> bool:
        try:
            told = self._parsed(header)
            signature = base64.b64decode(told["signature"], validate=True)
            created = int(told["created"])
        except (ValueError, KeyError):
            return False
        key = self._key(told.get("keyId", ""), client)
        if key is None or not self._is_form(told) or not self._is_timely(created):
            return False
        if not self._is_digest(digest, call.body):
            return False
        return any(
            key.verify_sha256(signatures.signing_string(created, digest, call.method, target), signature)
            for target in self._targets(call)
        )

    def _parsed(self, header: str) -> Mapping[str, str]:
        """The parameters; one that is repeated, or none at all, spoils them (public:D12 §2.2)."""
        if self._world.wrong("repeated_parameter_is_read"):
            parts = dict.fromkeys(reversed(header.split(",")))
            names = {part.partition("=")[0]: part for part in parts}
            header = ",".join(names.values())
        return signatures.parse(header)

    def _key(self, key_id: str, client: Client) -> RsaKey | None:
        """The key of that id, where it is the caller's own."""
        owner = self._clients.owner_of(key_id, client.environment)
        if owner is None and key_id and self._world.wrong("unknown_key_is_taken_for_the_first"):
            return next(iter(client.keys.values()))
        foreign = owner is not client and not self._world.wrong("keys_of_others_count")
        return None if owner is None or foreign else owner.keys[key_id]

    def _is_form(self, told: Mapping[str, str]) -> bool:
        """Algorithm, list and time exactly as the guide prints them, unless the settings are lenient."""
        algorithm, covered = told.get("algorithm", ""), told.get("headers", "")
        if self._world.setting("signature.strictness") == "lenient":
            return (algorithm == ALGORITHM or algorithm.lower() in _LENIENT) and covered == LIST
        if algorithm.upper() == ALGORITHM and self._world.wrong("algorithm_in_small_letters_passes"):
            algorithm = ALGORITHM
        seconds = len(told["created"]) == _DIGITS_OF_SECONDS
        return algorithm == ALGORITHM and covered == LIST and seconds

    def _is_timely(self, created: int) -> bool:
        """Not in the future, and not too old (U-43)."""
        now = self._world.now().timestamp()
        ahead, oldest = self._world.setting("signature.aheadSeconds"), self._world.setting("signature.oldestSeconds")
        if created > now + ahead:
            return self._world.wrong("future_signature_is_accepted")
        return not oldest or created >= int(now) - oldest or self._world.wrong("stale_signature_is_accepted")

    def _is_digest(self, digest: str, body: bytes) -> bool:
        """SHA-512 of the bytes as sent; other algorithms are refused, whatever they say."""
        name = digest.partition("=")[0]
        lenient = self._world.setting("signature.strictness") == "lenient" and name.upper() == "SHA-512"
        if name != "SHA-512" and not lenient:
            passes = name == "SHA-256" and self._world.wrong("digest_by_sha_256_is_accepted")
            return passes and hmac.compare_digest(digest, signatures.digest(body, "SHA-256"))
        if self._world.wrong("body_on_several_lines_is_refused"):
            body = body.replace(b"\n", b"")
        right = signatures.digest(body).partition("=")[2]
        return hmac.compare_digest(digest.partition("=")[2].encode(), right.encode()) or self._world.wrong(
            "digest_is_not_compared"
        )

    def _targets(self, call: Call) -> list[str]:
        """The request target as signed: as sent, less what a gateway takes off (U-46)."""
        target = call.target.removeprefix(str(self._world.setting("signature.strippedPrefix")))
        bare = [target.partition("?")[0]] if self._world.wrong("query_is_not_covered") else []
        return [target, *bare]
