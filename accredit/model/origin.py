"""Where each fact of a contract document says it comes from, and the examples it gives."""

from collections.abc import Iterator, Mapping
from typing import Any

Node = Mapping[str, Any]
Fact = tuple[str, Node]
"""Where it stands, as a JSON pointer, and what it says."""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PROVENANCES = ("seed", "public", "inferred")
_MAPS, _LISTS, _ONES = ("properties",), ("allOf", "anyOf", "oneOf"), ("items", "additionalProperties")


def undocumented(document: Node) -> Iterator[str]:
    """What is wrong with the origin of each fact, one line each. A bare reference leaves it to what it refers to."""
    for where, fact in facts_of(document):
        if set(fact) == {"$ref"}:
            continue
        if fact.get("x-provenance") not in _PROVENANCES:
            yield f"{where}: has no x-provenance; say whether it is {', '.join(_PROVENANCES[:-1])} or {_PROVENANCES[-1]}"
        if not fact.get("x-source"):
            yield f"{where}: has no x-source; name the document that says so"
        if (
            fact.get("x-provenance") == "inferred"
            and _explains_itself(where, fact)
            and "nferred" not in str(fact.get("description", ""))
        ):
            yield f"{where}: is inferred and does not say why; give the reason in its description, after `Inferred:`"


def facts_of(document: Node) -> Iterator[Fact]:
    """Every schema, field, parameter, header, body and response of a document, however deep."""
    components = document.get("components", {})
    for kind, walk in (
        ("schemas", schemas_in),
        ("parameters", _parameter),
        ("headers", _parameter),
        ("requestBodies", _body),
        ("responses", _response),
    ):
        for name, told in components.get(kind, {}).items():
            yield from walk(f"#/components/{kind}/{_escaped(name)}", told)
    for where, _, operation in operations_of(document):
        yield from _operation(where, operation)
    for path, item in document.get("paths", {}).items():
        for number, parameter in enumerate(item.get("parameters", ())):
            yield from _parameter(f"#/paths/{_escaped(path)}/parameters/{number}", parameter)


def operations_of(document: Node) -> Iterator[tuple[str, str, Node]]:
    """Every operation, those of callbacks and webhooks included: pointer, `POST /path` or `callback name`, what it says."""
    for path, item in document.get("paths", {}).items():
        for method in (m for m in METHODS if m in item):
            where = f"#/paths/{_escaped(path)}/{method}"
            yield where, f"{method.upper()} {path}", item[method]
            for name, callback in item[method].get("callbacks", {}).items():
                for expression, inner in callback.items():
                    yield from _incoming(
                        f"{where}/callbacks/{_escaped(name)}/{_escaped(expression)}", f"callback {name}", inner
                    )
    for name, item in document.get("webhooks", {}).items():
        yield from _incoming(f"#/webhooks/{_escaped(name)}", f"webhook {name}", item)


def examples_of(document: Node) -> Iterator[tuple[str, Node, Any]]:
    """Each example, wherever one may stand: pointer, the schema it must fit, the example."""
    for where, fact in facts_of(document):
        schema = fact.get("schema", fact)  # a parameter has one, a schema is one
        if isinstance(fact.get("examples"), list):
            yield from ((f"{where}/examples/{n}", fact, example) for n, example in enumerate(fact["examples"]))
        if "example" in fact:
            yield f"{where}/example", schema, fact["example"]
        for kind, content in {"": fact, **fact.get("content", {})}.items():
            inside = f"{where}/content/{_escaped(kind)}" if kind else where
            if kind and "example" in content:
                yield f"{inside}/example", content.get("schema", {}), content["example"]
            if isinstance(content.get("examples"), Mapping) and ("schema" in content):
                for name, told in content["examples"].items():
                    if "value" in told:
                        yield f"{inside}/examples/{_escaped(name)}", content["schema"], told["value"]


def schemas_in(where: str, schema: Any) -> Iterator[Fact]:
    """A schema and every schema within it."""
    if not isinstance(schema, Mapping):
        return
    yield where, schema
    for word in _MAPS:
        for name, inner in schema.get(word, {}).items():
            yield from schemas_in(f"{where}/{word}/{_escaped(name)}", inner)
    for word in _LISTS:
        for number, inner in enumerate(schema.get(word, ())):
            yield from schemas_in(f"{where}/{word}/{number}", inner)
    for word in _ONES:
        yield from schemas_in(f"{where}/{word}", schema.get(word))


def _incoming(where: str, said: str, item: Node) -> Iterator[tuple[str, str, Node]]:
    yield from ((f"{where}/{method}", said, item[method]) for method in METHODS if method in item)


def _operation(where: str, told: Node) -> Iterator[Fact]:
    yield where, told
    for number, parameter in enumerate(told.get("parameters", ())):
        yield from _parameter(f"{where}/parameters/{number}", parameter)
    if "requestBody" in told:
        yield from _body(f"{where}/requestBody", told["requestBody"])
    for status, response in told.get("responses", {}).items():
        yield from _response(f"{where}/responses/{status}", response)


def _parameter(where: str, told: Node) -> Iterator[Fact]:
    yield where, told
    yield from schemas_in(f"{where}/schema", told.get("schema"))
    yield from _content(where, told)


def _body(where: str, told: Node) -> Iterator[Fact]:
    yield where, told
    yield from _content(where, told)


def _response(where: str, told: Node) -> Iterator[Fact]:
    yield from _body(where, told)
    for name, header in told.get("headers", {}).items():
        yield from _parameter(f"{where}/headers/{_escaped(name)}", header)


def _content(where: str, told: Node) -> Iterator[Fact]:
    for kind, content in told.get("content", {}).items():
        yield from schemas_in(f"{where}/content/{_escaped(kind)}/schema", content.get("schema"))


def _explains_itself(where: str, fact: Node) -> bool:
    """Schemas that others refer to, and their fields, give their reason where they stand; the rest has it nearby."""
    return where.startswith("#/components/schemas/") and "$ref" not in fact and not where.endswith("/items")


def _escaped(name: str) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")
