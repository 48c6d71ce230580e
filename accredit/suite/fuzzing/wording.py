"""Says in our own words what a stock check has against an answer: by what the contract says, never by a value that came.

The stock words quote what was answered, and the stock places carry names that change when another part of the contract does.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_WORDS = {
    "ST101": "An answer {status}: the server stumbled over the request.",
    "ST102": "An answer {status}: the server stumbled over the request's content type.",
    "ST103": "An answer {status}, which is not documented; documented: {defined_status_codes}.",
    "ST104": "An answer {status} has no content type; documented: {media_types}.",
    "ST105": "An answer {status} is of another content type than documented: {defined_content_types}.",
    "ST106": "An answer {status} has a content type that is none; documented: {defined}.",
    "ST107": "An answer {status} lacks headers: {missing_headers}.",
    "ST108": "An answer {status} is not as the contract has it: {broken}.",
    "ST109": "An answer {status} says that it is JSON, and is none.",
    "ST110": "An answer {status} cannot be read as what its content type says it is.",
    "ST111": "An answer {status} is of a kind that its discriminator does not know.",
    "ST201": "A request that breaks the contract was answered {status}; expected a refusal. What is wrong with it: {place}.",
    "ST202": "A request that fits the contract was answered {status}; expected that it is accepted.",
    "ST203": "A request without the header {header_name} was answered {status}; expected a refusal.",
}
_SCHEMA, _CONTENT_TYPE, _MALFORMED = "ST108", "ST105", "ST106"
_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_OF_A_HEADER = "Response header"
"""How the stock title begins when it is a header, and not the body, that does not fit."""
_LONGEST_RULE = 80
"""Characters of a rule's value that are shown."""


def message(failure: Any, status: int, place: str) -> str:
    """`An answer 200 is not as the contract has it: body.points breaks type "integer".`

    Args:
        place: What of a request breaks the contract: `body.userId`.
    """
    if failure.code not in _WORDS:
        return f"An answer {status}: {failure.kind_title}."
    facts = {name: _listed(getattr(failure, name, "")) for name in re.findall(r"{(\w+)}", _WORDS[failure.code])}
    broken = _broken(failure) if failure.code == _SCHEMA else ""
    return _WORDS[failure.code].format(**facts | {"status": status, "place": place or "it", "broken": broken})


def signature(failure: Any, status: int, place: str) -> str:
    """`200:ST108:body.points:type`: the same as long as the same is wrong, whatever else the contract says."""
    return ":".join(filter(None, (str(status), failure.code, _key(failure), place)))


def _key(failure: Any) -> str:
    if failure.code == _SCHEMA:
        return f"{_place(failure)}:{_keyword(failure)}"
    if failure.code == _CONTENT_TYPE:
        kind = failure.content_type.partition(";")[0].strip().lower()
        return kind if _TYPE.fullmatch(kind) else ""
    return "" if failure.code == _MALFORMED else str(failure._unique_key)


def _broken(failure: Any) -> str:
    rule, keyword = _rule(failure), _keyword(failure)
    if keyword == "required" and isinstance(rule, list) and isinstance(failure.instance, dict):
        return f"{_place(failure)} lacks {', '.join(name for name in rule if name not in failure.instance)}"
    told = "" if rule is ... or isinstance(rule, dict) else json.dumps(rule, ensure_ascii=False)
    return f"{_place(failure)} breaks {keyword} {told if len(told) <= _LONGEST_RULE else ''}".rstrip()


def _place(failure: Any) -> str:
    """`body.items.*.id`. `*` stands for a place in a list, and for a name that is the provider's own, like a value."""
    known = set(_names(failure._root_schema)) if failure.instance_path else set()
    path = (key if key in known else "*" for key in failure.instance_path)
    return ".".join(("header" if failure.title.startswith(_OF_A_HEADER) else "body", *path))


def _keyword(failure: Any) -> str:
    return str(failure.schema_path[-1]) if failure.schema_path else "schema"


def _rule(failure: Any) -> Any:
    """What the contract says under the keyword; `...` when that is nowhere to be found."""
    found: Any = failure._root_schema
    for key in failure.schema_path:
        try:
            found = found[key]
        except (KeyError, IndexError, TypeError):
            return ...
    return found


def _names(node: Any) -> Iterator[str]:
    """Of every property that a schema names."""
    if isinstance(node, Mapping):
        if isinstance(properties := node.get("properties"), Mapping):
            yield from properties
        for below in node.values():
            yield from _names(below)
    elif isinstance(node, list):
        for below in node:
            yield from _names(below)


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
