"""Tells what of a contract a request breaks, so that a request made smaller breaks nothing besides."""

from collections.abc import Mapping
from typing import Any

from accredit.model.schema import misfits
from accredit.suite.fuzzing.bindings import Node, operations, own


class Fitting:
    """One contract document as it is, before anything was bound, without what the client adds by itself."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self._operations = {
            operation["operationId"]: {**operation, "parameters": [own(document, p) for p in operation["parameters"]]}
            for operation in operations(document)
        }

    def breaks(
        self, operation: str, parts: Mapping[str, Mapping[str, Any]], media: str | None, body: Any
    ) -> frozenset[str]:
        """What of the contract a request breaks, in words without a value; empty for one that fits.

        Args:
            parts: `path`, `query` and `header` → values by name.
            media: Content type of the body; None when there is no body.
        """
        told = self._operations[operation]
        found = set(self._body_breaks(told.get("requestBody"), media, body))
        for place, values in parts.items():
            known = {p["name"].lower(): p for p in told["parameters"] if p["in"] == place}
            given = {name.lower(): value for name, value in values.items()}
            required = {name for name, p in known.items() if p.get("required")}
            found |= {f"{place}.{name} is missing" for name in required - set(given)}
            found |= {f"{place}.{name} is unknown" for name in set(given) - set(known)}
            for name in set(given) & set(known):
                found |= {
                    f"{place}.{name}: {line}" for line in self._misfits(known[name].get("schema", {}), given[name])
                }
        return frozenset(found)

    def _body_breaks(self, told: Node | None, media: str | None, body: Any) -> list[str]:
        told = own(self._document, told) if told else {}
        if media is None:
            return ["the body is missing"] if told.get("required") else []
        content = told.get("content", {})
        return self._misfits(content[media].get("schema", {}), body) if media in content else ["the content type"]

    def _misfits(self, schema: Mapping[str, Any], value: Any) -> list[str]:
        try:
            return misfits({**schema, "components": self._document.get("components", {})}, value)
        except ValueError:
            return ["what cannot be told"]
