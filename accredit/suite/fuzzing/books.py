"""Reads what a member has, where the provider tells it: to show that a refused request has moved nothing."""

import json
from collections.abc import Mapping
from typing import Any

from accredit.model.errors import CannotJudge
from accredit.model.fuzzing import Books
from accredit.suite.fuzzing.contracts import Contracts
from accredit.suite.live import Live


class Bookkeeper:
    """Asks for one member's balance by an operation of the contract. Silent for providers that offer none."""

    def __init__(self, live: Live, contracts: Contracts, books: Books | None) -> None:
        self._live, self._contracts, self._books = live, contracts, books

    def watches(self, operation: str) -> bool:
        return self._books is not None and operation in self._books.watched

    @property
    def is_slow(self) -> bool:
        """Whether what has moved shows only after a while."""
        return self._books is not None and self._books.settles_after > 0

    def read(self) -> Any:
        """The number, once whatever has moved shows in it; None when the provider does not tell."""
        assert self._books is not None
        if self._books.settles_after:
            self._live.clock.wait(self._books.settles_after)
        parts: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
        body: Any = None
        for place, told in self._books.fill.items():
            where, _, name = place.partition(".")
            value = self._known(told)
            if where == "body":
                body = _at(body, name.split("."), value)
            else:
                parts[where][name] = str(value)
        try:
            reply = self._live.api.call(
                self._books.operation, path=parts["path"], query=parts["query"], headers=parts["header"], json=body,
                token=self._contracts.token_for(self._books.operation))  # fmt: skip
        except CannotJudge:
            return None
        told = self._books.field
        field = self._contracts.sources.value(told) if told.startswith("setting:") else told
        return _field(reply.body, field) if reply.is_success else None

    def _known(self, told: str) -> Any:
        """What a source says, as it is sent."""
        value = self._contracts.sources.value(told)
        return self._contracts.sources.fill(value, in_url=False) if isinstance(value, str) else value


def _at(body: Any, path: list[str], value: Any) -> dict[str, Any]:
    body = body or {}
    return {**body, path[0]: value if len(path) == 1 else _at(body.get(path[0]), path[1:], value)}


def _field(body: bytes, path: str) -> Any:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
