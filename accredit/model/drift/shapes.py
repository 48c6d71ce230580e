"""Reads the shape of a schema: references, `allOf` and each specification's own words are taken out of the way."""

import itertools
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from accredit.model.drift.difference import shown
from accredit.model.drift.document import Document, Node
from accredit.model.drift.limits import is_number, limits_of
from accredit.model.drift.shape import ANYTHING, Nodes, Shape, holds

_NOTHING: Node = {"enum": []}
_WHATEVER: Node = {}
_JOINING = ("$ref", "allOf", "oneOf", "anyOf")
# Words that are compared as they are written: whether a change narrows or widens cannot be told.
_OPAQUE = ("not", "if", "then", "else", "prefixItems", "patternProperties", "propertyNames", "contains", "minContains", "maxContains",
           "dependentRequired", "dependentSchemas", "unevaluatedProperties", "unevaluatedItems")  # fmt: skip
_MOST_SHAPES = 32


class Shapes:
    """The shapes of one document's schemas, each worked out once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._bare: dict[int, Node] = {}
        self._made: dict[tuple[int, ...], Shape] = {}
        self._kept: list[Nodes] = []  # so that no other object takes over an id

    def of(self, nodes: Nodes) -> Shape:
        """The shape of what holds together. Recursive schemas are no trouble: fields are handed out unread."""
        key = tuple(map(id, nodes))
        if key not in self._made:
            self._kept.append(nodes)
            self._made[key] = self._shape(nodes)
        return self._made[key]

    def _shape(self, nodes: Nodes) -> Shape:
        parts, choices, nullable = self._joined(nodes)
        bare = tuple({id(p): p for p in map(self._without_joining, parts)}.values())
        made = self._made_of(bare, tuple(map(id, (*nodes, *bare))), self._name(nodes))
        made = replace(made, inferred=any(n.get("x-provenance") == "inferred" for n in self._reached(nodes)))
        if nullable or any(map(self._is_nullable, parts)):
            made = replace(made, types=made.types | {"null"})
        if math.prod(map(len, choices)) > _MOST_SHAPES:
            return replace(made, opaque=made.opaque + shown([[shown(c) for c in choice] for choice in choices]))
        if choices:
            return replace(made, choices=tuple((*bare, *way) for way in itertools.product(*choices)))
        return made

    def _joined(self, nodes: Nodes) -> tuple[list[Node], list[Sequence[Node]], bool]:
        """Everything that holds; what there is to choose from; and whether null is a choice beside it."""
        parts = list(self._flat(nodes))
        choices, nullable = self._choices(parts), False
        for number, choice in enumerate(choices):
            rest = [option for option in choice if not self._is_null(option)]
            if len(rest) == 1 < len(choice):  # anyOf [something, null] is how many write `nullable`
                choices[number], nullable = rest, True
        while alone := next((choice for choice in choices if len(choice) == 1), None):  # no choice at all
            choices.remove(alone)
            more = [part for part in self._flat(alone) if not any(part is known for known in parts)]
            parts += more
            choices += self._choices(more)
        return parts, choices, nullable

    def _is_null(self, option: Node) -> bool:
        return any(part.get("type") in ("null", ["null"]) for part in self._flat([option]))

    def _reached(self, nodes: Nodes) -> Iterator[Node]:
        for node in nodes:
            if isinstance(node, Mapping):
                yield from self._document.chain(node, "a schema")

    @staticmethod
    def _name(nodes: Nodes) -> str:
        refs = [node["$ref"] for node in nodes if isinstance(node, Mapping) and isinstance(node.get("$ref"), str)]
        return refs[-1].rpartition("/")[2] if refs else ""

    def _flat(self, nodes: Iterable[Any]) -> Iterator[Node]:
        """Every schema that holds: what is referred to, and what `allOf` lists, in place of the words that say so."""
        found: dict[int, Node] = {}

        def add(node: Any) -> None:
            node = self._schema(node)
            if "$ref" in node and self._document.version != "3.1":
                node = self._document.chain(node, "a schema")[-1]  # before 3.1 nothing counts beside a reference
            if id(node) in found:
                return
            found[id(node)] = node
            if "$ref" in node:
                add(self._document.at(node["$ref"]))
            for part in self._document.items(node.get("allOf"), "allOf"):
                add(part)

        for node in nodes:
            add(node)
        yield from found.values()

    def _choices(self, parts: Sequence[Node]) -> list[Sequence[Node]]:
        found: list[Sequence[Node]] = []
        for part in parts:
            for word in ("oneOf", "anyOf"):
                if options := self._document.items(part.get(word), word):
                    found.append([self._schema(option) for option in options])
        return found

    def _schema(self, node: Any) -> Node:
        """Always the same object for the same schema: shapes are known by them."""
        if node is None or node is True:
            return _WHATEVER
        return _NOTHING if node is False else self._document.table(node, "a schema")

    def _without_joining(self, part: Node) -> Node:
        if not any(word in part for word in _JOINING):
            return part
        if id(part) not in self._bare:
            self._bare[id(part)] = {word: value for word, value in part.items() if word not in _JOINING}
        return self._bare[id(part)]

    def _is_nullable(self, part: Node) -> bool:
        # Told by 3.0 as by most who write it: beside `allOf` or an enum it still means that null may come.
        word = {"2.0": "x-nullable", "3.0": "nullable"}.get(self._document.version, "")
        return part.get(word) is True

    def _made_of(self, parts: Nodes, key: tuple[int, ...], name: str) -> Shape:
        words = [self._document.table(part, "a schema") for part in parts]
        types, enum = _types(words), _enum(words)
        fields: dict[str, Nodes] = {}
        for word in words:
            for field, schema in self._document.table(word.get("properties"), "properties").items():
                fields[str(field)] = (*fields.get(str(field), ()), schema)
        if types == ANYTHING and enum is None and any("properties" in word for word in words):
            types = frozenset({"object"})  # as everybody means it who leaves the type out
        if types == ANYTHING and enum is None and any("items" in word for word in words):
            types = frozenset({"array"})
        if enum is not None and None not in enum:
            types -= {"null"}
        closed = [word["additionalProperties"] for word in words if "additionalProperties" in word]
        told = tuple(schema for schema in closed if isinstance(schema, Mapping) and schema)
        return Shape(
            key=key, types=types, enum=None if enum is None else tuple(v for v in enum if v is not None),
            format=next((str(word["format"]) for word in words if "format" in word), "binary" if _is_file(words) else ""),
            patterns=frozenset(str(word["pattern"]) for word in words if "pattern" in word),
            limits=limits_of(words, types), multiple=next((float(w["multipleOf"]) for w in words if is_number(w.get("multipleOf")) and w["multipleOf"] > 0),
                          None),
            fields=fields, required=frozenset(str(n) for w in words if isinstance(w.get("required"), list) for n in w["required"]),
            items=tuple(word["items"] for word in words if isinstance(word.get("items"), Mapping | bool)),
            others=False if False in closed else told or True, choices=(), name=name,
            opaque="; ".join(f"{w}: {shown(_plain(word[w]))}" for word in words for w in _OPAQUE if w in word),
            inferred=False, read_only=any(word.get("readOnly") is True for word in words),
            write_only=any(word.get("writeOnly") is True for word in words),
            default=next((shown(word["default"]) for word in words if "default" in word), ""),
        )  # fmt: skip


def _types(words: Sequence[Node]) -> frozenset[str]:
    types = ANYTHING
    for word in words:
        told = word.get("type")
        named = frozenset(map(str, told)) if isinstance(told, list) else frozenset({str(told)}) if told else ANYTHING
        named = frozenset("string" if type_ == "file" else type_ for type_ in named)
        types = frozenset(type_ for type_ in types | named if holds(types, type_) and holds(named, type_))
    enum = _enum(words)
    if types == ANYTHING and enum is not None:
        return frozenset(_type_of(value) for value in enum)
    return types


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    kinds = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "object")


def _enum(words: Sequence[Node]) -> list[Any] | None:
    told = [list(w["enum"]) for w in words if isinstance(w.get("enum"), list)] + [
        [w["const"]] for w in words if "const" in w
    ]
    if not told:
        return None
    spelt = [{json.dumps(value, sort_keys=True, default=str) for value in values} for values in told]
    return [
        value for value in told[0] if all(json.dumps(value, sort_keys=True, default=str) in others for others in spelt)
    ]


def _plain(value: Any) -> Any:
    """Without what explains: descriptions, examples, marks of origin."""
    if isinstance(value, Mapping):
        silent = ("description", "title", "example", "examples")
        return {k: _plain(v) for k, v in value.items() if k not in silent and not str(k).startswith("x-")}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _is_file(words: Sequence[Node]) -> bool:
    return any(word.get("type") == "file" for word in words)
