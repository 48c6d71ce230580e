"""Flaws in what answers say: a declared field of another type, outside of its list, or gone."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from accredit.suite.flaws.breach import Breach, breach
from accredit.suite.flaws.planting import with_value, without_value
from accredit.suite.flaws.surface import Field, Surface, shown_by

Schema = Mapping[str, Any]
_FORMATS = ("date", "date-time", "time", "uuid", "email", "uri")


def wrong_type(surface: Surface) -> Breach | None:
    """Where there are fields within fields, one of the innermost."""
    found = [field for field in _successful(surface) if _other_type(field.schema) is not None]
    return _planted(surface, max(found, key=lambda field: len(field.path), default=None), _other_type)


def wrong_enum(surface: Surface) -> Breach | None:
    return _planted(surface, _first(_successful(surface), _outside_its_list), _outside_its_list)


def wrong_format(surface: Surface) -> Breach | None:
    return _planted(surface, _first(_successful(surface), _misformed), _misformed)


def out_of_range(surface: Surface) -> Breach | None:
    return _planted(surface, _first(_successful(surface), _beyond), _beyond)


def missing_required(surface: Surface) -> Breach | None:
    field = next((field for field in _successful(surface) if field.required), None)
    if field is None:
        return None
    says, where = f"Answers lack the required {field.name}.", _where(surface, field)
    return breach(says, where, lambda answer: without_value(answer, field.path, shown_by(surface, answer)))


def wrong_error_body(surface: Surface) -> Breach | None:
    """An error's body breaks the schema of errors. The refusal of a token is seen by everybody."""
    seen = surface.documented if surface.is_reached else surface.documented & {401}
    errors = sorted(status for status in seen if status >= 400 and surface.schema(status) is not None)
    found = {status: _first(surface.fields(status), _other_type) for status in errors}
    wrong = {s: (field.path, _other_type(field.schema)) for s, field in found.items() if field is not None}
    if not wrong:
        return None
    says = f"Errors say {next(iter(wrong.values()))[1]!r} where their schema has another type."
    return breach(says, wrong, lambda answer: with_value(answer, *wrong[answer.status], shown_by(surface, answer)))


def _successful(surface: Surface) -> Iterator[Field]:
    if surface.is_reached:
        for status in surface.successes:
            yield from surface.fields(status)


def _where(surface: Surface, field: Field) -> set[int]:
    return {status for status in surface.successes if field in surface.fields(status)}


def _first(fields: Iterator[Field] | list[Field], wrong: Callable[[Schema], object]) -> Field | None:
    return next((field for field in fields if wrong(field.schema) is not None), None)


def _planted(surface: Surface, field: Field | None, wrong: Callable[[Schema], object]) -> Breach | None:
    if field is None:
        return None
    path, value = field.path, wrong(field.schema)
    says = f"Answers say {value!r} in {field.name}, which the contract rules out."
    return breach(
        says, _where(surface, field), lambda answer: with_value(answer, path, value, shown_by(surface, answer))
    )


# --- a value that the schema rules out; None where it allows anything ---


def _types(schema: Schema) -> set[str]:
    told = schema.get("type", ())
    return {told} if isinstance(told, str) else set(told)


def _other_type(schema: Schema) -> object:
    types = _types(schema)
    if not types:
        return None
    if not types & {"integer", "number"}:
        return 7
    return "seven" if "string" not in types else None


def _outside_its_list(schema: Schema) -> object:
    return "none-of-these" if "string" in _types(schema) and ("enum" in schema or "const" in schema) else None


def _misformed(schema: Schema) -> object:
    return f"no {schema['format']}" if schema.get("format") in _FORMATS else None


def _beyond(schema: Schema) -> object:
    if "minimum" in schema:
        return schema["minimum"] - 1
    if "exclusiveMinimum" in schema:
        return schema["exclusiveMinimum"]
    if schema.get("minLength"):
        return ""
    return "x" * (schema["maxLength"] + 1) if "maxLength" in schema else None
