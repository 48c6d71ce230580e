"""What callers send, read without trust: whatever a body holds finds a fault and never trips the simulator."""

import json
import re
from collections.abc import Mapping
from typing import Any

from accredit import Call

Fields = Mapping[str, Any]
Faults = dict[str, str]
"""Dotted field path → what is wrong with it, in the manner of the one published example: `must not be null`."""

LONGEST_ID = 50
"""Of both partner ids (public:V1POST)."""


def body_of(call: Call) -> dict[str, Any]:
    """The JSON object that was sent as such; an empty one for anything else, so that each field of it is missing."""
    if not is_sent_as(call, "application/json"):
        return {}
    try:
        told = json.loads(call.body)
        json.dumps(told, ensure_ascii=False).encode()  # half a surrogate pair can be read, yet not be answered
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def is_sent_as(call: Call, kind: str) -> bool:
    """True when the content type is that one, whatever its parameters."""
    return call.headers.get("content-type", "").partition(";")[0].strip().lower() == kind


def whole_number(value: object) -> int | None:
    """The number, when it is whole: 120 and 120.0 are the same in JSON. None for all else."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def object_at(told: Fields, name: str) -> Fields:
    """The object under that name; an empty one when something else stands there."""
    value = told.get(name)
    return value if isinstance(value, dict) else {}


def text_at(told: Fields, path: str) -> str | None:
    """The text at a dotted path; None when there is none, or something else."""
    first, _, rest = path.partition(".")
    if rest:
        return text_at(object_at(told, first), rest)
    value = told.get(first)
    return value if isinstance(value, str) else None


def missing(told: Fields, path: str) -> Faults:
    """A fault unless some text stands at that dotted path."""
    if text_at(told, path):
        return {}
    *above, last = path.split(".")
    for name in above:
        told = object_at(told, name)
    return {path: "must not be blank" if told.get(last) is not None else "must not be null"}


def not_text(told: Fields, path: str, names: tuple[str, ...]) -> Faults:
    """A fault for each of those names that is there and is no text. `path` goes before the names."""
    return {f"{path}{name}": "must be text" for name in names if name in told and not isinstance(told[name], str)}


def too_long(told: Fields, name: str, longest: int) -> Faults:
    """A fault when the text under that name has more characters."""
    return {name: f"size must be between 0 and {longest}"} if len(text_at(told, name) or "") > longest else {}


def faulty_identity(told: Fields, code: str, document: str, inside: Mapping[str, str], path: str = "") -> Faults:
    """What is wrong with a member's code, document, or the lack of both.

    Args:
        code, document: Under which names they stand.
        inside: What the document's own fields are called: the setting `member.request.schema`.
        path: Goes before the names in what is found: `member.`.
    """
    if code not in told and document not in told:
        return {f"{path}{name}": "must not be null" for name in (code, document)}
    faults = {f"{path}{name}": fault for name, fault in missing(told, code).items()} if code in told else {}
    if document in told:
        faults |= _faulty_document(told[document], inside, f"{path}{document}")
    return faults


def _faulty_document(document: object, names: Mapping[str, str], path: str) -> Faults:
    if not isinstance(document, dict):
        return {path: "must be an object"}
    faults = {f"{path}.{name}": fault for name, fault in missing(document, names["number"]).items()}
    faults |= not_text(document, f"{path}.", (names["type"], names["country"]))
    country = text_at(document, names["country"])
    if country is not None and not re.fullmatch("[A-Z]{2}", country):
        faults[f"{path}.{names['country']}"] = "must be a country of ISO 3166, as BR"
    return faults
