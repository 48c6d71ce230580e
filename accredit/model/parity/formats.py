"""How a text is written: a date, an id of so many digits, a sentence. Values that must differ between runs are compared by that alone."""

import re

MASKED = re.compile(r"\[[\w.@-]+:[0-9a-f]{8}\]")
"""What stands in place of a hidden value. The name in it is the one it was first seen under, so that only the digits tell it apart."""
_SHORTENED = re.compile(r"\b\w{4}…")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d(?::\d\d)?)([.,]\d+)?(Z|[+-]\d\d:?\d\d)?")
_RUN = re.compile(r"(?i)\d{8}T\d{6}-[0-9a-f]{6}(?:-gw\d+)?(?:-\d+)?")
"""A run's id, and what its workers add to it: ours, and longer where more of them worked."""
_CODE = re.compile(r"(?=[A-Za-z0-9+/_-]*\d)[A-Za-z0-9+/_-]{20,}={0,2}")
_TRACE = re.compile(r"\b[0-9a-f]+(?:\.[0-9a-f]+){2,}\b|\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b")
"""A reference for support: `18.e344f1c3.1795280433.12cc86e`."""
_URL = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"\d{4,}")
_ID = re.compile(r"(?=\S*\d)[\w.:/+=-]+")
_PARTS = re.compile(r"[^0-9A-Za-z]+")

_VARYING = (
    (MASKED, "·"), (_SHORTENED, "·"), (_UUID, "<id>"), (_RUN, "<run>"), (_MOMENT, "<time>"), (_DATE, "<date>"), (_CODE, "<code>"),
    (_TRACE, "<code>"),
)  # fmt: skip
"""What must differ between two runs, and the word for it."""
_LONG = 20
_SURE = 0.01
"""Chance below which an alphabet is taken to be another, and not the same by bad luck."""


def written(text: str) -> str:
    """`a UUID`, `a date-time with Z`, `an id`, `text`: the kind of writing."""
    if not text:
        return "an empty text"
    if MASKED.fullmatch(text) or "…" in text:
        return "a hidden value"
    if _UUID.fullmatch(text):
        return "a UUID"
    if _DATE.fullmatch(text):
        return "a date"
    if moment := _MOMENT.fullmatch(text):
        return _moment(moment)
    if _URL.fullmatch(text):
        return "a URL"
    return "an id" if _ID.fullmatch(text) else "text"


def is_id(text: str) -> bool:
    """Whether a text is long enough, and of a kind, that its coming again is no coincidence."""
    return (written(text) == "an id" and len(text) >= 6) or written(text) in ("a UUID", "a hidden value")


def identity(text: str) -> str:
    """What makes a text the same value as another within one run."""
    return text[text.rfind(":") :] if MASKED.fullmatch(text) else text


def unlike(first: str, second: str) -> tuple[str, str] | None:
    """Both formats in words, when they are not the same. The ids that we gave are as long as our run made them."""
    first, second = (_RUN.sub("0run", text) for text in (first, second))
    ours, theirs = written(first), written(second)
    if "a hidden value" in (ours, theirs):
        return None
    if ours != theirs:
        # A code may be a word by chance, a word may have a digit.
        return None if {ours, theirs} == {"an id", "text"} else (_told(first), _told(second))
    return (_told(first), _told(second)) if ours == "an id" and _ids_unlike(first, second) else None


def normal(text: str, *, numbers: bool = True) -> str:
    """A sentence without what must differ between runs: hidden values, ids, moments and, on request, long numbers."""
    for pattern, word in _VARYING:
        text = pattern.sub(word, text)
    return _NUMBER.sub("<number>", text) if numbers else text


def _moment(found: re.Match[str]) -> str:
    zone = found[5] or ""
    told = (
        "Z" if zone == "Z" else "no zone" if not zone else "the offset 0" if zone.strip("+-:0") == "" else "an offset"
    )
    blank = ", a blank for T" if found[2] == " " else ""
    seconds = "" if found[3].count(":") == 2 else ", no seconds"
    return f"a date-time with {told}{', no fractions' if not found[4] else ''}{seconds}{blank}"


def _told(text: str) -> str:
    """`8 digits`, `12 of lower, digits in 2 parts`."""
    kind = written(text)
    if kind != "an id":
        return kind
    parts = _PARTS.split(text)
    alphabet = ", ".join(sorted(_alphabet(text))) or "signs"
    length = len(text) if len(text) < 8 else f"about {len(text) // 8 * 8}"
    return f"{length} of {alphabet}" + (f" in {len(parts)} parts" if len(parts) > 1 else "")


def _alphabet(text: str) -> set[str]:
    kinds = {"digits": str.isdigit, "lower": str.islower, "upper": str.isupper}
    return {name for name, holds in kinds.items() if any(holds(sign) for sign in text)}


def _ids_unlike(first: str, second: str) -> bool:
    if _is_drawn(first) and _is_drawn(second):
        return len(first) != len(second)
    if _PARTS.findall(first) != _PARTS.findall(second):
        return True
    short, long = sorted((len(first), len(second)))
    return (long > 1.5 * short and long - short > 2) or _other_alphabet(first, second) or _other_alphabet(second, first)


def _is_drawn(text: str) -> bool:
    """Whether it reads like base64: what stands between its letters is chance."""
    return len(text) >= _LONG and len(_alphabet(text)) == len(("digits", "lower", "upper"))


def _other_alphabet(first: str, second: str) -> bool:
    """Whether the second has signs of a kind that the first lacks, and not by bad luck, were both drawn alike."""
    new = _alphabet(second) - _alphabet(first)
    letters = 6 if {sign.lower() for sign in second if sign.isalpha()} <= set("abcdef") else 26
    sizes = {name: 10 if name == "digits" else letters for name in _alphabet(second)}
    kept = sum(size for name, size in sizes.items() if name not in new)
    return bool(new) and (kept / sum(sizes.values())) ** len(_PARTS.sub("", first)) < _SURE
