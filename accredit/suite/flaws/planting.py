"""Puts something wrong into a JSON answer at a given place, which is made, as the contract shows it, where it is missing."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from accredit.model.simulation import Answer

Path = tuple[str | int, ...]
Shown = Callable[[Path], Any]
"""What the contract shows at a place."""


def with_value(answer: Answer, path: Path, value: object, shown: Shown) -> Answer:
    """The answer with that value there."""
    return _changed(answer, path, shown, lambda holder, last: _put(holder, last, value))


def without_value(answer: Answer, path: Path, shown: Shown) -> Answer:
    """The answer without that field."""
    return _changed(answer, path, shown, lambda holder, last: holder.pop(last, None))


def as_json(answer: Answer) -> Any:
    """The answer's body as JSON; None when it is something else."""
    try:
        return json.loads(answer.body)
    except ValueError:
        return None


def labelled(answer: Answer, kind: str) -> Answer:
    """The answer with that content type."""
    others = {name: value for name, value in answer.headers.items() if name.lower() != "content-type"}
    return replace(answer, headers={**others, "content-type": kind})


def header(headers: Mapping[str, str], name: str) -> str:
    """A header's value, whatever the case of its name; empty when there is none."""
    return next((value for known, value in headers.items() if known.lower() == name.lower()), "")


def _changed(answer: Answer, path: Path, shown: Shown, change: Callable[[Any, str | int], object]) -> Answer:
    body = as_json(answer)
    if not isinstance(body, dict):
        return answer
    holder: Any = body
    for place, (step, following) in enumerate(pairwise(path), 1):
        wanted = list if isinstance(following, int) else dict
        inner = _at(holder, step)
        if not isinstance(inner, wanted):
            inner = shown(path[:place])
            _put(holder, step, inner)
        holder = inner
    change(holder, path[-1])
    return replace(answer, body=json.dumps(body, ensure_ascii=False).encode())


def _at(holder: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return holder[step] if step < len(holder) else None
    return holder.get(step)


def _put(holder: Any, step: str | int, value: object) -> None:
    if isinstance(step, int) and step >= len(holder):
        holder.append(value)
    else:
        holder[step] = value
