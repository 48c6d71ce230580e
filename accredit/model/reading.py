"""Turns data read from a file into frozen records, strictly: unknown, missing and ill-typed keys are errors."""

from collections.abc import Hashable, Mapping
from functools import cache
from typing import Any, ClassVar, TypeVar, cast

from accredit.model.errors import UsageError

T = TypeVar("T")


class Strict:
    """Base of records that are read from files: a key they do not know is a mistake of the writer's."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


@cache
def _adapter(kind: Hashable) -> Any:
    from pydantic import TypeAdapter  # a third of a second: only who reads a file pays for it

    return TypeAdapter(cast("Any", kind))


def read(kind: type[T], data: Mapping[str, Any], where: str) -> T:
    """One record of `kind` from `data`. `where` names the file and table for the reader of the error.

    Raises:
        UsageError: every mistake found, one line each.
    """
    from pydantic import ValidationError

    if not isinstance(data, Mapping):  # whoever wrote the file decides what stands there
        raise UsageError(
            f"{where} cannot be read: it must be a table of names and values. Put this right and try again."
        )
    try:
        record: T = _adapter(cast("Hashable", kind)).validate_python(dict(data))
    except ValidationError as mistakes:
        lines = [f"  {'.'.join(str(part) for part in m['loc'])}: {m['msg']}" for m in mistakes.errors()]
        raise UsageError(f"{where} cannot be read:\n" + "\n".join(lines) + "\nPut these right and try again.") from None
    return record
