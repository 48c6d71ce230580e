"""What callers send, read without trust: whatever a body holds is a request or none, and never trips the simulator."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from accredit import Call

from .clients import Client
from .world import World

FIELDS = ("userId", "ruleId", "amount", "requestId", "callbackUrl")
_TEXTS = tuple(name for name in FIELDS if name != "amount")
_MOST = 2**53 - 1
"""Beyond it readers of JSON take one number for another."""
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Request:
    """One request to earn or to redeem, every field of it sound. `amount` is above 0 whatever the direction."""

    client: Client
    user_id: str
    rule_id: str
    amount: Decimal
    request_id: str
    callback_url: str


def body_of(call: Call) -> dict[str, Any]:
    """The JSON object that was sent, its fractions as Decimal; an empty one for anything else."""
    try:
        told = json.loads(call.body, parse_float=Decimal, parse_constant=lambda _: None)
        str(told).encode()  # half a surrogate pair can be read, yet not be answered
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def is_sound(told: Mapping[str, Any], world: World) -> bool:
    """True when all five fields are there and of their types, and nothing else is where the settings forbid it."""
    if set(told) - set(FIELDS) and world.setting("points.extraMembers") == "refuse":
        return False
    texts = [name for name in _TEXTS if not (name == "requestId" and world.wrong("request_id_is_not_looked_at"))]
    longest = int(world.setting("points.longestText"))
    sound = all(isinstance(told.get(name), str) and 0 < len(told[name].strip()) <= longest for name in texts)
    return sound and _amount(told.get("amount"), world) is not None and _may_be_called(told["callbackUrl"], world)


def request_of(told: Mapping[str, Any], client: Client, world: World) -> Request:
    """The request in a body that `is_sound`."""
    amount = _amount(told["amount"], world)
    assert amount is not None
    return Request(
        client, told["userId"], told["ruleId"], amount, str(told.get("requestId") or ""), told["callbackUrl"]
    )


def _amount(value: object, world: World) -> Decimal | None:
    """The amount, or None when it is none: an unquoted number above 0 (U-14)."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and world.wrong("amount_as_text_is_taken"):
        value = int(value[:_MOST_DIGITS])
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    amount, most = Decimal(value), int(world.setting("points.largestAmount")) or _MOST
    if not amount.is_finite() or abs(amount) > most:
        return None
    if amount != amount.to_integral_value() and world.setting("points.integersOnly"):
        return None
    if amount == 0 and world.wrong("amount_of_zero_is_taken"):
        return amount
    if amount < 0 and world.wrong("amount_below_zero_is_taken"):
        return -amount
    return amount if amount > 0 else None


def _may_be_called(url: str, world: World) -> bool:
    """By https; or by http, where the settings list the host (U-19)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    listed = world.setting("callback.urlPolicy") == "https_or_listed_http" and host in world.setting(
        "callback.httpHosts"
    )
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and listed))
