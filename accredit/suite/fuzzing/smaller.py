"""Makes a failing request smaller: leaves out and shortens one thing at a time, as long as the same fails the same way."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from accredit.suite.fuzzing.generator import Drawn, Generator
from accredit.suite.fuzzing.sources import MARK

_SHORT = 8
_LOCATIONS = ("query", "headers")


def smaller(
    generator: Generator, drawn: Drawn, fails: Callable[[Drawn], bool], budget: int, worth: Callable[[Drawn], bool]
) -> tuple[Drawn, tuple[str, ...]]:
    """The smallest variant found, and the edits that lead to it.

    Args:
        fails: Sends a variant; True when it fails the same way.
        budget: How many variants may be sent.
        worth: Whether a variant is worth sending.
    """
    edits: list[str] = []
    progress = True
    while progress and budget:
        progress = False
        for edit in list(_edits(drawn)):
            if not budget:
                break
            if (tried := edited(generator, drawn, edit)) is None or tried.id == drawn.id:
                continue
            if not worth(tried):
                continue
            budget -= 1
            if fails(tried):
                drawn, progress = tried, True
                edits.append(edit)
                break
    return drawn, tuple(edits)


def edited(generator: Generator, drawn: Drawn, edit: str) -> Drawn | None:
    """One edit done; None when there is nothing it could be done to.

    Args:
        edit: `drop body.a.0`, `shorten query.b`: a verb, and a place below `body`, `query` or `headers`.
    """
    verb, _, place = edit.partition(" ")
    part, *path = place.split("\x1f")
    whole = copy.deepcopy(drawn.case.body if part == "body" else dict(getattr(drawn.case, part) or {}))
    if not _change(whole, path, verb):
        return None
    try:
        return generator.altered(drawn, **{part: whole})
    except Exception:
        return None  # what cannot be put together any more is no variant


def told(edit: str) -> str:
    """For people: `drop body.a.0`."""
    return edit.replace("\x1f", ".")


def _edits(drawn: Drawn) -> Iterator[str]:
    """Large steps first."""
    places = [(part, path, value) for part in ("body", *_LOCATIONS) for path, value in _places(_part(drawn, part))]
    for part, path, _ in sorted(places, key=lambda found: len(found[1])):
        yield "drop " + "\x1f".join((part, *path))
    for part, path, value in places:
        if isinstance(value, str) and len(value) > _SHORT and MARK not in value:
            yield "shorten " + "\x1f".join((part, *path))


def _part(drawn: Drawn, part: str) -> Any:
    return drawn.case.body if part == "body" else dict(getattr(drawn.case, part) or {})


def _places(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in below:
        yield (*path, str(key)), item
        yield from _places(item, (*path, str(key)))


def _change(whole: Any, path: list[str], verb: str) -> bool:
    for key in path[:-1]:
        whole = _at(whole, key)
    last: Any = int(path[-1]) if isinstance(whole, list) and path[-1].isdecimal() else path[-1]
    if _at(whole, path[-1]) is ...:
        return False
    if verb == "drop":
        del whole[last]
    else:
        whole[last] = str(whole[last])[:_SHORT]
    return True


def _at(whole: Any, key: str) -> Any:
    if isinstance(whole, dict):
        return whole.get(key, ...)
    if isinstance(whole, list) and key.isdecimal() and int(key) < len(whole):
        return whole[int(key)]
    return ...
