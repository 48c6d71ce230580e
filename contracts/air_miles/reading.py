"""What callers send, read without trust: whatever a body holds finds a fault and never trips the simulator."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeGuard

from accredit import Call

Fields = Mapping[str, Any]

_MOST_DIGITS = 400


def body_of(call: Call) -> dict[str, Any] | None:
    """The JSON object that was sent, its fractions as Decimal; None for anything else."""
    try:
        told = json.loads(call.body, parse_float=Decimal, parse_constant=_refused)
        json.dumps(told, ensure_ascii=False, default=str).encode()  # half a surrogate pair cannot be answered
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def text_at(told: Fields, path: str) -> str:
    """The text at a dotted path; empty when there is none, or something else."""
    value: Any = told
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def objects_at(told: Fields, name: str) -> list[Fields]:
    """The objects in the list under that name; an empty list for anything else."""
    value = told.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def cents_at(told: Fields, name: str) -> int | None:
    """An amount of dollars in cents: 0 when it is not there, None when it is no amount of at most two decimals."""
    value = told.get(name, 0)
    if isinstance(value, Decimal):
        return _whole(value.scaleb(2)) if value >= 0 else None
    return value * 100 if _is_int(value) and value >= 0 else None


def whole_at(told: Fields, name: str) -> int | None:
    """A whole number above 0, `2.0` among them; None for anything else."""
    value = told.get(name)
    whole = _whole(value) if isinstance(value, Decimal) else value
    return whole if _is_int(whole) and whole > 0 else None


def is_whole(value: object) -> bool:
    """True for a whole number, however it is written."""
    return _is_int(value) or (isinstance(value, Decimal) and _whole(value) is not None)


def _is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _whole(value: Decimal) -> int | None:
    """None for what is no whole number, and for what has more digits than anybody could mean."""
    if not value.is_finite() or value.adjusted() > _MOST_DIGITS:
        return None
    return int(value) if value == value.to_integral_value() else None


def moment_at(told: Fields, name: str) -> datetime | None:
    """A date-time of ISO 8601, aware or naive as it was written; None when it is none."""
    try:
        return datetime.fromisoformat(text_at(told, name))
    except ValueError:
        return None


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
