"""Which checks had something to look at in an answer: only those were applied. A count of the others would vouch for nothing."""

from collections.abc import Iterator, Mapping

from accredit.model.promises import Promise, fitting, media_type
from accredit.suite.fuzzing.generator import Drawn

_SAYS_NOTHING = (401, 403, 404, 429)
"""Of whether the data of a request was wanted: it got no further."""
_STUMBLED = 500


def looked_at(drawn: Drawn, promise: Promise, status: int, headers: Mapping[str, str]) -> Iterator[str]:
    """Names of the checks of one answer by itself that do look at it.

    Args:
        headers: By name in lower case.
    """
    yield "not_a_server_error"
    if status >= 400:
        yield "tells_nothing"
    if _probes_the_content_type(drawn):  # of its answer nothing is said but that the server must not stumble
        return
    yield "status_code_conformance"
    yield from _of_the_contract(promise, status, media_type(headers.get("content-type", "")))
    if is_answered(status):
        yield "positive_data_acceptance" if drawn.mode == "positive" else "negative_data_rejection"
    if _leaves_out_a_header(drawn):
        yield "missing_required_header"


def is_answered(status: int) -> bool:
    """Whether an answer says what became of the request itself."""
    return status not in _SAYS_NOTHING and status < _STUMBLED


def _of_the_contract(promise: Promise, status: int, kind: str) -> Iterator[str]:
    answer = promise.answer(status)
    if answer is None:
        return
    if answer.headers:
        yield "response_headers_conformance"
    if answer.bodies:
        yield "content_type_conformance"
        body = fitting(answer.bodies, kind)
        if body is not None and body.at is not None:
            yield "response_schema_conformance"


def _scenario(drawn: Drawn) -> str:
    """`MISSING_PARAMETER`: what a case of the phase coverage tries; empty for others."""
    data = drawn.case.meta.phase.data if drawn.case.meta else None
    return getattr(getattr(data, "scenario", None), "name", "")


def _probes_the_content_type(drawn: Drawn) -> bool:
    return _scenario(drawn) in ("MALFORMED_CONTENT_TYPE", "UNSUPPORTED_CONTENT_TYPE")


def _leaves_out_a_header(drawn: Drawn) -> bool:
    location = getattr(drawn.case.meta.phase.data, "parameter_location", None) if drawn.case.meta else None
    return _scenario(drawn) == "MISSING_PARAMETER" and getattr(location, "value", "") == "header"
