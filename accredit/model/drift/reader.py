"""Reads what a document promises of each operation, by the words of whichever specification it is written by."""

from collections.abc import Iterator, Sequence
from typing import Any

from accredit.model.drift.access import access_of
from accredit.model.drift.difference import shown
from accredit.model.drift.document import METHODS, Document, Node
from accredit.model.drift.promised import JSON, Answer, Body, Parameter, Promised
from accredit.model.errors import UsageError

_STYLES = {
    "csv": ("", False),
    "multi": ("", True),
    "ssv": ("spaceDelimited", False),
    "pipes": ("pipeDelimited", False),
    "tsv": ("tab", False),
}
_PLACES = ("path", "query", "header", "cookie")
_SET_ELSEWHERE = ("accept", "content-type")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def promised_by(document: Document, service: str = "") -> list[Promised]:
    """Every operation of a document.

    Raises:
        UsageError: it is none that can be read, or something in it is not what it must be; says where.
    """
    paths = document.table(document.raw.get("paths"), "paths")
    found = []
    for path, item in paths.items():
        if path.startswith("x-"):
            continue
        item = document.chain(item, path)[-1]
        found += [
            _promised(document, service, m, path, item, document.table(item[m], f"{m} {path}"))
            for m in METHODS
            if m in item
        ]
    return found


def webhooks_of(document: Document) -> dict[str, Body]:
    """What comes to the partner apart from any call, by name."""
    return dict(_incoming(document, document.table(document.raw.get("webhooks"), "webhooks")))


def is_inferred(nodes: Sequence[Node]) -> bool:
    """Whether our contract had only inferred what these say."""
    return any(node.get("x-provenance") == "inferred" for node in nodes)


def _promised(document: Document, service: str, method: str, path: str, item: Node, told: Node) -> Promised:
    where = f"{method.upper()} {path}"
    raw = _raw_parameters(document, where, item, told)
    id_ = told.get("operationId")
    return Promised(
        document, service, id_ if isinstance(id_, str) and id_ else where, method.upper(), path, document.bases(item, told),
        dict(_parameters(document, path, raw)), _body(document, where, told, raw),
        {str(status): _answer(document, f"{where}, answer {status}", told, answer)
         for status, answer in document.table(told.get("responses"), f"the responses of {where}").items() if not str(status).startswith("x-")},
        access_of(document, told), dict(_callbacks(document, where, told)), told.get("deprecated") is True, is_inferred([told]),
    )  # fmt: skip


def _raw_parameters(document: Document, where: str, item: Node, told: Node) -> list[list[Node]]:
    """Each parameter with what it refers to; one of the operation replaces one of its path."""
    found: dict[tuple[str, str], list[Node]] = {}
    for holder in (item, told):
        for parameter in document.items(holder.get("parameters"), f"the parameters of {where}"):
            chain = document.chain(parameter, f"a parameter of {where}")
            found[(str(chain[-1].get("in")), str(chain[-1].get("name")))] = chain
    return list(found.values())


def _parameters(
    document: Document, path: str, raw: Sequence[list[Node]]
) -> Iterator[tuple[tuple[str, str], Parameter]]:
    in_path = [part.partition("}")[0] for part in path.split("{")[1:]]
    for chain in raw:
        told, place, name = chain[-1], str(chain[-1].get("in")), str(chain[-1].get("name"))
        if place not in _PLACES or (place == "header" and name.lower() in _SET_ELSEWHERE):
            continue
        key = name
        if place == "path":  # what it is called is each side's own affair
            if name not in in_path:
                raise UsageError(
                    f"{document.called}: {path} has no {{{shown(name)}}}, yet a parameter of this name; it cannot be compared."
                )
            key = str(in_path.index(name))
        elif place == "header":
            key = name.lower()
        yield (place, key), Parameter(name, place, place == "path" or told.get("required") is True,
                                      _schema(document, told, name), _style(told, place), is_inferred(chain))  # fmt: skip


def _schema(document: Document, told: Node, where: str) -> tuple[Node, ...]:
    """A parameter's or header's schema: in Swagger 2.0 the parameter is its own."""
    if document.version == "2.0":
        return (told,)
    if "schema" in told:
        return (_node(document, told["schema"], where),)
    contents = document.table(told.get("content"), where)
    return next((_of_content(document, c, where) for c in contents.values()), ())


def _style(told: Node, place: str) -> tuple[str, bool]:
    usual = "form" if place in ("query", "cookie") else "simple"
    if "collectionFormat" in told or (told.get("type") == "array" and "schema" not in told):
        style, apart = _STYLES.get(str(told.get("collectionFormat", "csv")), ("", False))
        return style or usual, apart
    style = str(told.get("style", usual))
    return style, told.get("explode", style == "form") is True


def _body(document: Document, where: str, told: Node, raw: Sequence[list[Node]]) -> Body | None:
    if document.version != "2.0":
        return _body_of(document, where, told["requestBody"]) if told.get("requestBody") is not None else None
    kinds = _kinds(document, where, told, "consumes")
    for chain in raw:
        if chain[-1].get("in") == "body":
            schema = (_node(document, chain[-1].get("schema", {}), where),)
            return Body(chain[-1].get("required") is True, dict.fromkeys(kinds or (JSON,), schema))
    fields = {str(chain[-1].get("name")): chain[-1] for chain in raw if chain[-1].get("in") == "formData"}
    if not fields:
        return None
    needed = [name for name, field_ in fields.items() if field_.get("required") is True]
    form: Node = {"type": "object", "properties": {name: {k: v for k, v in f.items() if k != "required"} for name, f in fields.items()},
                  "required": needed}  # fmt: skip
    return Body(bool(needed), dict.fromkeys([kind for kind in kinds if kind in _FORMS] or _FORMS[:1], (form,)))


def _body_of(document: Document, where: str, told: Any) -> Body:
    chain = document.chain(told, f"the body of {where}")
    return Body(chain[-1].get("required") is True, _contents(document, where, chain[-1]), is_inferred(chain))


def _answer(document: Document, where: str, operation: Node, told: Any) -> Answer:
    chain = document.chain(told, where)
    last = chain[-1]
    headers = {str(name).lower(): _header(document, f"{where}, header {name}", str(name), value)
               for name, value in document.table(last.get("headers"), f"the headers of {where}").items()}  # fmt: skip
    if document.version != "2.0":
        return Answer(_contents(document, where, last), headers, is_inferred(chain))
    kinds = _kinds(document, where, operation, "produces") or (JSON,)
    # `produces` holds for all answers of an operation: the schema is JSON's, where JSON is among them.
    told = {
        kind: (_node(document, last["schema"], where),) if kind == JSON or JSON not in kinds else ()
        for kind in kinds
        if "schema" in last
    }
    return Answer(told, headers)


def _header(document: Document, where: str, name: str, told: Any) -> Parameter:
    chain = document.chain(told, where)
    # Swagger 2.0 has no word for a header that always comes.
    always = document.version == "2.0" or chain[-1].get("required") is True
    return Parameter(name, "answer", always, _schema(document, chain[-1], where), ("simple", False), is_inferred(chain))


def _contents(document: Document, where: str, told: Node) -> dict[str, tuple[Node, ...]]:
    contents = document.table(told.get("content"), f"the content of {where}")
    return {
        kind.partition(";")[0].strip().lower(): _of_content(document, value, where) for kind, value in contents.items()
    }


def _of_content(document: Document, told: Any, where: str) -> tuple[Node, ...]:
    told = document.table(told, f"a content of {where}")
    return (_node(document, told["schema"], where),) if "schema" in told else ()


def _node(document: Document, schema: Any, where: str) -> Node:
    return schema if isinstance(schema, bool) else document.table(schema, f"the schema of {where}")  # type: ignore[return-value]  # a table is a schema


def _kinds(document: Document, where: str, told: Node, word: str) -> tuple[str, ...]:
    kinds = document.items(told.get(word, document.raw.get(word)), f"`{word}` of {where}")
    return tuple(str(kind).partition(";")[0].strip().lower() for kind in kinds)


def _callbacks(document: Document, where: str, told: Node) -> Iterator[tuple[str, Body]]:
    for name, callback in document.table(told.get("callbacks"), f"the callbacks of {where}").items():
        items = document.chain(callback, f"callback {name}")[-1]
        for _, body in _incoming(document, {k: v for k, v in items.items() if not str(k).startswith("x-")}):
            yield str(name), body


def _incoming(document: Document, items: Node) -> Iterator[tuple[str, Body]]:
    for name, item in items.items():
        told = document.chain(item, str(name))[-1]
        sent = next((told[method] for method in METHODS if method in told), None)
        if sent is not None and (body := document.table(sent, str(name)).get("requestBody")) is not None:
            yield str(name), _body_of(document, str(name), body)
