"""The operations a provider promised, from its OpenAPI documents. Steps speak in operations, never in paths."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from accredit.model.errors import UsageError
from accredit.model.schema import faults

_PARAMETER = re.compile(r"\{([^}]*)\}")
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract.

    Attributes:
        effect: `reads`, `writes` (moves points or creates something) or `token`, from `x-effect`.
        service: The document it stands in, by its stem.
        schemes: Names of the security schemes, one of which a call must satisfy; empty when it is open to all.
    """

    id: str
    method: str
    path: str
    effect: str
    summary: str = ""
    service: str = ""
    schemes: tuple[str, ...] = ()

    def matches(self, method: str, path: str) -> bool:
        """True when a request of this method and path (without the environment's base path) is this operation."""
        return method.upper() == self.method and _pattern(self.path).fullmatch(path) is not None

    def path_with(self, path: str, put: Callable[[str, str], str]) -> str:
        """A request's path, each parameter in it replaced by what `put` gives for its name and value as they stand there."""
        found = _pattern(self.path).fullmatch(path)
        if found is None:
            return path
        pieces, at = [], 0
        for place, name in enumerate(_PARAMETER.findall(self.path), 1):
            pieces += [path[at : found.start(place)], put(name, found[place])]
            at = found.end(place)
        return "".join([*pieces, path[at:]])


@dataclass(frozen=True, slots=True)
class Contract:
    """What the OpenAPI documents of one provider promise, in their order.

    Attributes:
        callbacks: Name of each callback or webhook → JSON Schema of its body, whole in itself.
    """

    operations: tuple[Operation, ...]
    callbacks: Mapping[str, Mapping[str, Any]]

    def __getitem__(self, operation_id: str) -> Operation:
        for operation in self.operations:
            if operation.id == operation_id:
                return operation
        known = ", ".join(operation.id for operation in self.operations)
        raise UsageError(f"{operation_id}: no such operation in the contract; it has {known}.")

    def find(self, method: str, path: str, services: Collection[str] = ()) -> Operation | None:
        """The operation that a request belongs to, or None.

        Args:
            services: Only operations of these; empty for all.
        """
        return next(
            (o for o in self.operations if (not services or o.service in services) and o.matches(method, path)), None
        )


def contract_from(documents: Mapping[str, Document], where: str) -> Contract:
    """The contract from parsed OpenAPI documents by service."""
    operations = tuple(o for service, document in documents.items() for o in _operations(service, document, where))
    ids = [operation.id for operation in operations]
    if twice := sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        raise UsageError(f"{where}: {', '.join(twice)} stands in it more than once; operationIds are unique.")
    callbacks = {name: schema for document in documents.values() for name, schema in _callbacks(document, where)}
    return Contract(operations, callbacks)


def _operations(service: str, document: Document, where: str) -> Iterator[Operation]:
    everywhere = document.get("security", ())
    for path, item in document.get("paths", {}).items():
        for method in _METHODS:
            if method not in item:
                continue
            told = item[method]
            if "operationId" not in told or told.get("x-effect") not in ("reads", "writes", "token"):
                raise UsageError(f"{where}: {method.upper()} {path} of {service} needs an operationId and an x-effect "
                                 "(reads, writes or token); add them.")  # fmt: skip
            schemes = tuple(name for choice in told.get("security", everywhere) for name in choice)
            yield Operation(
                told["operationId"], method.upper(), path, told["x-effect"], told.get("summary", ""), service, schemes
            )


def _callbacks(document: Document, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Callbacks of operations, and webhooks: name, and schema of the body."""
    items = list(document.get("webhooks", {}).items())
    for path_item in document.get("paths", {}).values():
        for operation in (path_item[method] for method in _METHODS if method in path_item):
            for name, told in operation.get("callbacks", {}).items():
                items += [(name, item) for item in _resolved(document, told).values()]
    for name, item in items:
        item = _resolved(document, item)
        sent: Mapping[str, Any] = next((item[method] for method in _METHODS if method in item), {})
        content = _resolved(document, sent.get("requestBody", {})).get("content", {})
        schema = next((told.get("schema") for kind, told in content.items() if _is_json(kind)), None)
        if not schema:
            raise UsageError(
                f"{where}: the callback {name} has no schema of a JSON body; write it, or nothing could be held to it."
            )
        whole = {**schema, "components": document.get("components", {})}
        if wrong := faults(whole):
            raise UsageError(f"{where}: the schema of the callback {name} cannot be used ({wrong}); correct it.")
        yield name, whole


def _resolved(document: Document, node: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference within the document refers to; anything else as it is."""
    while "$ref" in node:
        found: Any = document
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


def _is_json(kind: str) -> bool:
    return kind.partition(";")[0].strip() == "application/json"


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("([^/]+)".join(re.escape(part) for part in re.split(r"\{[^}]*\}", path)))
