"""Fills in what a dossier leaves open in a request: `{ffn}` of a role, `{setting balance.programme}`, `{claimed}`. Pure."""

import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"\{([^{}]+)\}")
_SETTING = "setting "


def filled(template: Any, values: Mapping[str, Any], settings: Mapping[str, Any]) -> Any:
    """`template` with every place filled, names of fields included. A text that is one place and nothing else becomes its value as it is.

    Args:
        settings: By dotted name; what comes after such a name looks into a setting that is a table.

    Raises:
        KeyError: nobody says what stands in a place.
    """
    if isinstance(template, Mapping):
        return {str(filled(key, values, settings)): filled(item, values, settings) for key, item in template.items()}
    if isinstance(template, list | tuple):
        return [filled(item, values, settings) for item in template]
    if not isinstance(template, str):
        return template
    if whole := _PLACE.fullmatch(template):
        return _value(whole[1], values, settings)
    return _PLACE.sub(lambda place: str(_value(place[1], values, settings)), template)


def _value(name: str, values: Mapping[str, Any], settings: Mapping[str, Any]) -> Any:
    if not name.startswith(_SETTING):
        return values[name]
    setting = name.removeprefix(_SETTING)
    if setting in settings:
        return settings[setting]
    table, _, key = setting.rpartition(".")
    return settings[table][key]
