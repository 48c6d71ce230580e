"""Which values the contract lets an answer choose among: these have to be the same on both sides."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from accredit.model.contract import Contract
from accredit.model.pointers import Node

_DEEPEST = 24
_ALTERNATIVES = ("allOf", "anyOf", "oneOf")


class Fixed:
    """The places of an operation's answers, and of callbacks, that have a documented list of values. Found once an answer."""

    def __init__(self, contract: Contract, settings: Mapping[str, Any]) -> None:
        self._contract = contract
        self._settings = settings
        self.of_answer = cache(self._of_answer)
        self.of_callback = cache(self._of_callback)

    def _of_answer(self, operation: str, status: int) -> frozenset[str]:
        promise = self._contract.promises.get(operation)
        answer = promise.under(self._settings).answer(status) if promise else None
        bodies = answer.bodies if answer else ()
        return frozenset(place for body in bodies if body.at for place in _chosen(body.at, "response.body"))

    def _of_callback(self, name: str) -> frozenset[str]:
        body = self._contract.callbacks.get(name)
        return frozenset(_chosen(body.at, "request.body")) if body and body.at else frozenset()


def _chosen(schema: Node, at: str, depth: int = 0) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if reference := schema.text("$ref"):
        yield from _chosen(Node(schema.document, reference.removeprefix("#"), schema.name), at, depth + 1)
        return
    told = schema.told
    if "enum" in told or "const" in told:
        yield at
    for name in told.get("properties", {}):
        yield from _chosen(schema.child("properties").child(name), f"{at}.{name}", depth + 1)
    if isinstance(told.get("items"), Mapping):
        yield from _chosen(schema.child("items"), f"{at}[]", depth + 1)
    for alternatives in _ALTERNATIVES:
        for number in range(len(told.get(alternatives, ()))):
            below = Node(schema.document, f"{schema.pointer}/{alternatives}/{number}", str(number))
            yield from _chosen(below, at, depth + 1)
