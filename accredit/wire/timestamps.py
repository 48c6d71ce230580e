"""Takes a request for a time stamp to its authority: no provider, so no guard; a digest is all that leaves."""

from accredit.wire.http import deliver

_MOST_BYTES = 1024**2


def ask(url: str, request: bytes) -> bytes:
    """The authority's answer (RFC 3161, section 3.4), whatever it says.

    Raises:
        CannotJudge: it did not answer.
    """
    return deliver(url, "application/timestamp-query", request, _MOST_BYTES)
