"""The doorman of openapi-spec-validator: what a document has that its OpenAPI specification does not allow."""

from collections.abc import Iterator, Mapping
from typing import Any


def misdeeds(document: Mapping[str, Any]) -> list[str]:
    """Where and why, one line each; empty when it is valid. References out of the document are not followed, but told."""
    strange = sorted({ref for ref in _references(document) if not ref.startswith("#")})
    if strange:  # the validator would fetch them
        return [f"refers to {ref}, outside itself; put what it refers to into the document" for ref in strange]
    from openapi_spec_validator import (  # half a second: only who lints pays for it
        OpenAPIV30SpecValidator,
        OpenAPIV31SpecValidator,
    )

    told = str(document.get("openapi"))
    kind = next(
        (
            k
            for version, k in (("3.0.", OpenAPIV30SpecValidator), ("3.1.", OpenAPIV31SpecValidator))
            if told.startswith(version)
        ),
        None,
    )
    if kind is None:
        return [f"is written by OpenAPI {told}; write it by 3.1"]
    try:
        return [_said(error) for error in kind(dict(document)).iter_errors()]
    except Exception as failed:  # it is built to read a valid document, and fails in many ways where one is not
        return [
            f"cannot be read as OpenAPI {told} ({type(failed).__name__}: {' '.join(str(failed).split())[:200]}); correct it"
        ]


def _said(error: Any) -> str:
    where = "/".join(str(part).replace("/", "~1") for part in getattr(error, "absolute_path", ()))
    return f"#/{where}: {str(getattr(error, 'message', error)).splitlines()[0][:300]}; correct it"


def _references(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for item in node.values():
            yield from _references(item)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)
