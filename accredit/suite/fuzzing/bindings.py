"""Narrows a contract document to what this partner can send: bound places take known values, what the client adds is left out."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from accredit.model.fuzzing import Binding, FuzzFacts
from accredit.model.schema import misfits

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_OF_ONE_VALUE = (
    "type", "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf",
)  # fmt: skip
Node = dict[str, Any]
Pin = Callable[[Node, Any, list[Any]], Node]
"""Document, schema of a bound place and its values → the schema to put there."""
_JOINS = {"allOf", "anyOf", "oneOf"}
_ASKED = "x-asked"
_PLAIN = {"type": ["string", "integer", "boolean", "null"]}


def narrowed(document: Mapping[str, Any], facts: FuzzFacts, client: Sequence[str], value: Callable[[str], Any], *,
             refused: bool, pin: Pin | None = None) -> Node:  # fmt: skip
    """A copy of the document with its bindings in place.

    Args:
        client: Names of headers that the client puts on every request.
        value: Reads a source.
        refused: With the values for requests that break the contract.
        pin: What becomes of a bound place; by default it has those values alone.
    """
    whole: Node = _bare(document)
    left_out = {f"header.{name.lower()}" for name in client} | {place.lower() for place in facts.without}
    for operation in operations(whole):
        operation["parameters"] = [
            parameter
            for parameter in (own(whole, p) for p in operation.get("parameters", ()))
            if f"{parameter['in']}.{parameter['name'].lower()}" not in left_out
        ]
        for binding in facts.binding:
            if bound(binding, operation["operationId"]):
                told = (binding.refused if refused else ()) or binding.values
                _bind(whole, operation, binding, [value(source) for source in told], pin or _pinned)
    if pin is None:
        _part_requests(whole)
        joined = _joined(whole)
        _plain_extras(whole["components"][_ASKED], joined)
        for operation in operations(whole):
            _plain_extras(operation.get("requestBody", {}), joined)
    return whole


def unbound(document: Mapping[str, Any], facts: FuzzFacts, client: Sequence[str], value: Callable[[str], Any]) -> Node:
    """A copy of the document without its bindings: what a request has to break, to break the contract.

    A bound place may have its values as well, since a mark need not look like what it stands for.
    """
    both = tuple(replace(binding, values=(*binding.values, *binding.refused), refused=()) for binding in facts.binding)
    return narrowed(document, replace(facts, binding=both), client, value, refused=True, pin=_either)


def bound(binding: Binding, operation: str) -> bool:
    """True when the binding is for that operation."""
    return not binding.operations or operation in binding.operations


def bound_in(document: Mapping[str, Any], binding: Binding) -> bool:
    """True when the document has the place that is bound."""
    whole: Node = {**document, "paths": {path: dict(item) for path, item in document.get("paths", {}).items()}}
    place, _, rest = binding.place.partition(".")
    for operation in _each(whole):
        if not bound(binding, operation["operationId"]):
            continue
        body = _seen(whole, operation.get("requestBody", {}))
        schemas = [media.get("schema", {}) for media in body.get("content", {}).values()]
        if place == "body" and any(_has(whole, schema, rest.split(".")) for schema in schemas):
            return True
        parameters = [_seen(whole, p) for p in operation["parameters"]]
        if any((p["in"], p["name"].lower()) == (place, rest.lower()) for p in parameters):
            return True
    return False


def _each(document: Mapping[str, Any]) -> Iterator[Node]:
    """Each operation with all of its parameters, nothing altered."""
    for item in document["paths"].values():
        for method in _METHODS:
            if method in item:
                yield {**item[method], "parameters": [*item.get("parameters", []), *item[method].get("parameters", [])]}


def _has(document: Node, schema: Any, path: list[str]) -> bool:
    if not path:
        return True
    schema = _seen(document, schema) if isinstance(schema, dict) else {}
    if any(_has(document, branch, path) for join in _JOINS for branch in schema.get(join, ())):
        return True
    name, rest = path[0].removesuffix("[]"), path[1:]
    if name not in schema.get("properties", {}):
        return False
    below = schema["properties"][name]
    if path[0].endswith("[]"):
        below = _seen(document, below).get("items", {})
    return _has(document, below, rest)


def operations(document: Node) -> Iterator[Node]:
    """Each operation, with the parameters that all of its path share; callbacks are left out."""
    for path, item in document.get("paths", {}).items():
        shared = item.pop("parameters", [])
        for method in _METHODS:
            if method in item:
                item[method]["parameters"] = [*shared, *item[method].get("parameters", [])]
                item[method].pop("callbacks", None)
                document["paths"][path] = item
                yield item[method]


def _bind(document: Node, operation: Node, binding: Binding, values: list[Any], pin: Pin) -> None:
    place, _, rest = binding.place.partition(".")
    if place != "body":
        for parameter in operation["parameters"]:
            if (parameter["in"], parameter["name"].lower()) == (place, rest.lower()):
                parameter["schema"] = pin(document, parameter.get("schema", {}), values)
                parameter.pop("example", None)
                parameter.pop("examples", None)
        return
    if "requestBody" not in operation:
        return
    body = operation["requestBody"] = own(document, operation["requestBody"])
    for media in body.get("content", {}).values():
        media["schema"] = _narrow(document, media.get("schema", {}), rest.split("."), values, pin)


def _narrow(document: Node, schema: Any, path: list[str], values: list[Any], pin: Pin) -> Any:
    """The schema with an enum at the end of the path, in every branch that has it."""
    if not path:
        return pin(document, schema, values)
    if not isinstance(schema, dict):
        return schema
    schema = own(document, schema)
    name, rest = path[0], path[1:]
    is_array = name.endswith("[]")
    name = name.removesuffix("[]")
    for joined in ("allOf", "anyOf", "oneOf"):
        if joined in schema:
            schema[joined] = [_narrow(document, branch, path, values, pin) for branch in schema[joined]]
    if name in schema.get("properties", {}):
        below = schema["properties"][name]
        if is_array:
            below = own(document, below)
            below["items"] = _narrow(document, below.get("items", {}), rest, values, pin)
            schema["properties"][name] = below
        else:
            schema["properties"][name] = _narrow(document, below, rest, values, pin)
        for told in ("example", "examples"):
            if told in schema:
                schema[told] = _with_examples(schema[told], path, values[0])
    return schema


def _pinned(document: Node, schema: Any, values: list[Any]) -> Node:
    """An enum beside what the contract says of a single value, so that each such rule can still be broken.

    What the bound values themselves break is left out: what stands in for a moment is no date.
    """
    told = own(document, schema) if isinstance(schema, dict) else {}
    kept = {name: told[name] for name in _OF_ONE_VALUE if name in told}
    rules = {name: rule for name, rule in kept.items() if not any(misfits({name: rule}, v) for v in values)}
    return rules | {"enum": [*values, *_off_the_grid(rules, values)]}


def _off_the_grid(rules: Node, values: Sequence[Any]) -> list[Any]:
    """Half a step beside a known number: among known ones alone there is none that breaks `multipleOf`, and where the rule is
    kept, the rule itself leaves this one out."""
    return [value + rules["multipleOf"] / 2 for value in values[:1]] if "multipleOf" in rules else []


def _either(_document: Node, schema: Any, values: list[Any]) -> Node:
    return {"anyOf": [schema, {"enum": values}]}


def _with_examples(told: Any, path: list[str], value: Any) -> Any:
    """Examples with the bound place as it is bound."""
    if isinstance(told, list):
        return [_with_examples(one, path, value) for one in told]
    if not isinstance(told, dict) or path[0].removesuffix("[]") not in told:
        return told
    name, rest = path[0].removesuffix("[]"), path[1:]
    return {**told, name: _with_examples(told[name], rest, value) if rest else value}


def _part_requests(document: Node) -> None:
    """Gives request bodies schemas of their own, so that what is done to them is not done to the schemas of answers."""
    components = document.setdefault("components", {})
    components[_ASKED] = _referring({k: components[k] for k in ("schemas", "requestBodies") if k in components})
    for operation in operations(document):
        if "requestBody" in operation:
            operation["requestBody"] = _referring(operation["requestBody"])


def _referring(node: Any) -> Any:
    """A copy that refers to the schemas of requests."""
    if isinstance(node, list):
        return [_referring(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: item.replace("#/components/", f"#/components/{_ASKED}/", 1) if key == "$ref" else _referring(item)
        for key, item in node.items()
    }


def _plain_extras(node: Any, joined: set[str], name: str = "") -> None:
    """Of properties that a schema allows without naming them, plain values are tried: to draw arbitrary trees takes longer than all
    else, and what ignores one unknown property ignores another. Not where schemas are joined: each would forbid the other's."""
    if isinstance(node, list):
        for item in node:
            _plain_extras(item, joined)
    elif isinstance(node, dict):
        if (
            "properties" in node
            and node.get("additionalProperties", True) is True
            and name not in joined
            and not _JOINS & set(node)
        ):
            node["additionalProperties"] = dict(_PLAIN)
        for key, item in node.items():
            if key not in _JOINS:
                _plain_extras(item, joined, key)


def _joined(node: Any, inside: bool = False) -> set[str]:
    """Names of the components that are joined with others somewhere."""
    if isinstance(node, list):
        return set().union(*(_joined(item, inside) for item in node))
    if not isinstance(node, dict):
        return set()
    own = {str(node["$ref"]).rpartition("/")[2]} if inside and "$ref" in node else set()
    return own.union(*(_joined(item, inside or key in _JOINS) for key, item in node.items()))


def _bare(node: Any) -> Any:
    """A copy without extensions: provenance is no constraint, and a generator might take it for one."""
    if isinstance(node, Mapping):
        return {key: _bare(value) for key, value in node.items() if not str(key).startswith("x-")}
    return [_bare(value) for value in node] if isinstance(node, list) else node


def own(document: Node, node: Mapping[str, Any]) -> Node:
    """A copy of what a node is or refers to, so that altering it alters nothing else."""
    return dict(copy.deepcopy(_seen(document, node)))


def _seen(document: Node, node: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a node is or refers to."""
    while "$ref" in node:
        found: Any = document
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        node = found
    return node
