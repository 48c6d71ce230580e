"""The doorman of PyYAML: a document, ours or a stranger's, as plain data that JSON could hold."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import yaml

from accredit.model.errors import UsageError

MOST_NODES = 2_000_000
"""Values in it, whatever is written once and meant often counted as often as it is meant."""
DEEPEST = 200
"""Levels of nesting; contracts of ours have about twenty."""

_SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times quicker


def document_from(raw: bytes, where: str) -> dict[str, Any]:
    """An object from the bytes of a JSON or YAML document.

    Args:
        where: What the bytes are of, for whoever reads the error.

    Raises:
        UsageError: neither JSON nor YAML, no object, or made to blow up.
    """
    try:
        text = raw.decode("utf-8-sig")
        document = _from_json(text) if text.lstrip()[:1] == "{" else None
        document = _plain(_from_yaml(where, text)) if document is None else document
    except UnicodeDecodeError:
        raise UsageError(f"{where} is not text in UTF-8; is it the document itself, not an archive of it?") from None
    except (yaml.YAMLError, ValueError) as wrong:
        raise UsageError(
            f"{where} is neither JSON nor YAML: {_one_line(wrong)}. Correct it, or ask for it again."
        ) from None
    except RecursionError:
        raise UsageError(f"{where} is nested too deeply to be read; ask for a plainer one.") from None
    if not isinstance(document, Mapping):
        raise UsageError(f"{where} holds no object, so it describes no API; is it the right file?")
    return dict(document)


def named_twice(raw: bytes) -> Iterator[tuple[int, str]]:
    """Line, from 1, and name of everything that an object of a JSON or YAML document has twice: all but one of the values is lost.

    Args:
        raw: A document that `document_from` can read.
    """
    loader = _SAFE_LOADER(raw.decode("utf-8-sig"))
    try:
        root = loader.get_single_node()
    finally:
        loader.dispose()
    seen: set[int] = set()
    todo = [root] if root is not None else []
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        todo += reversed(_inside(node))
        names: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode):
                if key.value in names:
                    yield key.start_mark.line + 1, key.value
                names.add(key.value)


def _from_json(text: str) -> Any:
    """None for what only looks like JSON: a flow mapping of YAML begins alike."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None


def _from_yaml(where: str, text: str) -> Any:
    _refuse_depth(text)
    loader = _SAFE_LOADER(text)
    try:
        node = loader.get_single_node()
        if node is not None and _size(where, node) > MOST_NODES:
            raise UsageError(f"{where} means more than {MOST_NODES:,} values by its aliases; ask for one without them.")
        return None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def _refuse_depth(text: str) -> None:
    """The loader in C ends the whole process on what is nested too deeply, so events are counted first."""
    depth = 0
    for event in yaml.parse(text, Loader=_SAFE_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise RecursionError
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _size(where: str, root: yaml.Node) -> int:
    """How many values a node means, each alias counted in full, without ever writing them out."""
    known: dict[int, int] = {}
    open_: set[int] = set()
    todo: list[tuple[yaml.Node, bool]] = [(root, False)]
    while todo:
        node, done = todo.pop()
        inside = _inside(node)
        if done:
            known[id(node)] = 1 + sum(known[id(child)] for child in inside)
            open_.discard(id(node))
        elif id(node) not in known:
            if id(node) in open_:
                raise UsageError(
                    f"{where} holds an alias of what it stands in, so it never ends; ask for one without aliases."
                )
            open_.add(id(node))
            todo += [(node, True), *((child, False) for child in inside)]
    return known[id(root)]


def _inside(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _plain(value: Any) -> Any:
    """As JSON would have it: names are text (a status is written as a number), dates are as they were written."""
    if isinstance(value, Mapping):
        return {_name(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _name(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return key.isoformat() if isinstance(key, date) else str(key)


def _one_line(wrong: Exception) -> str:
    return " ".join(str(wrong).split())[:300]
