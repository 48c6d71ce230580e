"""The operations a provider promised, from its OpenAPI documents. Steps speak in operations, never in paths."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from accredit.model.errors import UsageError
from accredit.model.pointers import Document, Node
from accredit.model.promises import Body, Promise, bodies_of, is_json, promise_of
from accredit.model.schema import Schemas

_PARAMETER = re.compile(r"\{([^}]*)\}")
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


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
        callbacks: Name of each callback or webhook → its JSON body, which has a schema.
        promises: What is promised of each operation, by its id.
    """

    operations: tuple[Operation, ...]
    callbacks: Mapping[str, Body]
    promises: Mapping[str, Promise]

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
    """The contract from parsed OpenAPI documents by service.

    Raises:
        UsageError: something in it cannot be used; says what.
    """
    operations: list[Operation] = []
    callbacks: dict[str, Body] = {}
    promises: dict[str, Promise] = {}
    for service, document in documents.items():
        schemas = Schemas(document)
        try:
            for path, item, told in _told(document):
                operation = _operation(service, path, told, f"{where}: {told.name.upper()} {path} of {service}")
                operations.append(operation)
                promises[operation.id] = promise_of(item, told, schemas)
            callbacks |= dict(_callbacks(document, schemas, where))
        except ValueError as wrong:
            raise UsageError(f"{where}: {service} cannot be used ({wrong}); correct it.") from None
    ids = [operation.id for operation in operations]
    if twice := sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        raise UsageError(f"{where}: {', '.join(twice)} stands in it more than once; operationIds are unique.")
    return Contract(tuple(operations), callbacks, promises)


def _told(document: Document) -> Iterator[tuple[str, Node, Node]]:
    """Path, its item, and each operation below it."""
    for item in Node(document).child("paths").children():
        for method in _METHODS:
            if method in item.told:
                yield item.name, item, item.child(method)


def _operation(service: str, path: str, node: Node, where: str) -> Operation:
    told = node.told
    if "operationId" not in told or told.get("x-effect") not in ("reads", "writes", "token"):
        raise UsageError(f"{where} needs an operationId and an x-effect (reads, writes or token); add them.")
    everywhere = node.document.get("security", ())
    schemes = tuple(name for choice in told.get("security", everywhere) for name in choice)
    return Operation(
        told["operationId"], node.name.upper(), path, told["x-effect"], told.get("summary", ""), service, schemes
    )


def _callbacks(document: Document, schemas: Schemas, where: str) -> Iterator[tuple[str, Body]]:
    """Callbacks of operations, and webhooks: name and body."""
    items = [(webhook.name, webhook) for webhook in Node(document).child("webhooks").children()]
    for _, _, operation in _told(document):
        for callback in operation.child("callbacks").children():
            items += [(callback.name, item) for item in callback.children()]
    for name, item in items:
        sent = next((item.child(method) for method in _METHODS if method in item.told), Node({}))
        body = next((body for body in bodies_of(sent, schemas) if is_json(body.kind) and body.at), None)
        if body is None:
            raise UsageError(
                f"{where}: the callback {name} has no schema of a JSON body; write it, or nothing could be held to it."
            )
        yield name, body


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("([^/]+)".join(re.escape(part) for part in re.split(r"\{[^}]*\}", path)))
