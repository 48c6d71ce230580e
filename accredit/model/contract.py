"""The operations a provider promised, from its OpenAPI document. Steps speak in operations, never in paths."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from accredit.model.errors import UsageError

_PARAMETER = re.compile(r"\{([^}]*)\}")
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract.

    Attributes:
        effect: `reads`, `writes` (moves points or creates something) or `token`, from `x-effect`.
    """

    id: str
    method: str
    path: str
    effect: str
    summary: str = ""

    def matches(self, method: str, path: str) -> bool:
        """True when a request of this method and path (without the environment's base path) is this operation."""
        return method.upper() == self.method and _pattern(self.path).fullmatch(path) is not None

    def parameters_in(self, path: str) -> dict[str, str]:
        """The values of the parameters that stand in the path, by name."""
        found = _pattern(self.path).fullmatch(path)
        return dict(zip(_PARAMETER.findall(self.path), found.groups(), strict=True)) if found else {}


@dataclass(frozen=True, slots=True)
class Contract:
    """The operations of one OpenAPI document, in its order."""

    operations: tuple[Operation, ...]

    def __getitem__(self, operation_id: str) -> Operation:
        for operation in self.operations:
            if operation.id == operation_id:
                return operation
        known = ", ".join(operation.id for operation in self.operations)
        raise UsageError(f"{operation_id}: no such operation in the contract; it has {known}.")

    def find(self, method: str, path: str) -> Operation | None:
        """The operation that a request belongs to, or None."""
        return next((operation for operation in self.operations if operation.matches(method, path)), None)


def contract_from(document: Mapping[str, Any], where: str) -> Contract:
    """The contract from a parsed OpenAPI document."""
    return Contract(tuple(_operations(document.get("paths", {}), where)))


def _operations(paths: Mapping[str, Mapping[str, Any]], where: str) -> Iterable[Operation]:
    for path, item in paths.items():
        for method in _METHODS:
            if method not in item:
                continue
            told = item[method]
            if "operationId" not in told or told.get("x-effect") not in ("reads", "writes", "token"):
                raise UsageError(f"{where}: {method.upper()} {path} needs an operationId and an x-effect "
                                 "(reads, writes or token); add them.")  # fmt: skip
            yield Operation(told["operationId"], method.upper(), path, told["x-effect"], told.get("summary", ""))


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("([^/]+)".join(re.escape(part) for part in re.split(r"\{[^}]*\}", path)))
