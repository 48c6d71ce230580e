"""The doorman of jsonschema-rs: what a JSON value has that its schema does not allow."""

from collections.abc import Mapping
from typing import Any

import jsonschema_rs


def misfits(schema: Mapping[str, Any], value: Any, *, formats: bool = True) -> list[str]:
    """Where and why `value` does not fit, one line each, without repeating the value itself. Empty when it fits.

    Args:
        formats: Whether `format` is held to as well.
    """
    errors = jsonschema_rs.validator_for(dict(schema), validate_formats=formats).iter_errors(value)
    return [f"{'.'.join(map(str, error.instance_path)) or 'the body'}: breaks {error.kind.name}" for error in errors]


def faults(schema: Mapping[str, Any]) -> str:
    """Why this is no schema to hold anything to; empty when it is one."""
    try:
        jsonschema_rs.validator_for(dict(schema))
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as wrong:
        return str(wrong).splitlines()[0]
    return ""
