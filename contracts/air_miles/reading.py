"""What callers send, read without trust: whatever a body holds finds a fault and never trips the simulator."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from accredit import Call

Fields = Mapping[str, Any]

_MOST_CENTS = 10**12


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
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    try:
        cents = Decimal(value) * 100
        whole = int(cents)
    except (InvalidOperation, OverflowError, ValueError):
        return None
    return whole if cents == whole and 0 <= whole <= _MOST_CENTS else None


def whole_at(told: Fields, name: str) -> int | None:
    """A whole number above 0 and of a size that somebody might mean; None for anything else."""
    value = told.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 < value <= _MOST_CENTS else None


def moment_at(told: Fields, name: str) -> datetime | None:
    """A date-time of ISO 8601, aware or naive as it was written; None when it is none."""
    try:
        return datetime.fromisoformat(text_at(told, name))
    except ValueError:
        return None


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
