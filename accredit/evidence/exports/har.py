"""Every exchange as HAR 1.2, which the developer tools of browsers import. What was masked stays so; none is held."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from accredit.model.exchange import Exchange, Headers, Request, Response
from accredit.model.run import Run

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_NO_TEXT = re.compile(r"\[\d+ bytes[ ,][^\[\]]*\]")
"""What stands in place of a body that was no text, or that could not be masked."""
_UNKNOWN = -1


def har(run: Run, exchanges: Iterable[Exchange]) -> Iterator[bytes]:
    """The log, an entry at a time, in the order of their numbers."""
    log = {
        "version": "1.2",
        "creator": {"name": "accredit", "version": str(run.header["suite_version"])},
        "comment": f"run {run.id}, {run.provider}, {run.place}; secrets and personal data were masked when it was recorded",
    }
    yield b'{"log":' + _json(log)[:-1] + b',"entries":['
    between = b"\n"
    for exchange in exchanges:
        yield between + _json(_entry(exchange))
        between = b",\n"
    yield b"\n]}}\n"


def _json(value: Mapping[str, Any]) -> bytes:
    return _ENCODER.encode(value).encode("utf-8", "replace")


def _entry(e: Exchange) -> dict[str, Any]:
    """How long it took is known as a whole: from the request's first byte to the answer's last.

    Developer tools take JSON for a script unless `_resourceType` says that it was fetched.
    """
    milliseconds = round((e.elapsed or 0) * 1000, 3)
    told = {"_number": e.number, "_operation": e.operation, "_scenario": e.scenario, "_case": e.case, "_direction": e.direction,
            "_delivery": e.delivery, "_reached_at": e.reached_at, "_misfits": e.misfits}  # fmt: skip
    return {
        "startedDateTime": e.sent_at,
        "_resourceType": "other" if e.direction == "incoming" else "fetch",
        "time": milliseconds,
        "request": _request(e.request),
        "response": _response(e.response, e.error),
        "cache": {},
        "timings": {"blocked": _UNKNOWN, "dns": _UNKNOWN, "connect": _UNKNOWN, "ssl": _UNKNOWN,
                    "send": 0, "wait": milliseconds, "receive": 0},
        **{name: value for name, value in told.items() if value},
    }  # fmt: skip


def _request(sent: Request) -> dict[str, Any]:
    return {
        "method": sent.method,
        "url": _absolute(sent),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(sent.headers),
        "queryString": _query(sent.url),
        **({"postData": {"mimeType": _header(sent.headers, "content-type"), **_text(sent.body)}} if sent.body else {}),
        "headersSize": _UNKNOWN,
        "bodySize": _UNKNOWN if sent.body else 0,
    }


def _response(came: Response | None, error: str) -> dict[str, Any]:
    """Where nothing came back the status is 0, as browsers have it."""
    headers, size = (came.headers, came.size) if came else ((), 0)
    return {
        "status": came.status if came else 0,
        "statusText": _PHRASES.get(came.status, "") if came else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers),
        "content": {
            "size": size,
            "mimeType": _header(headers, "content-type") or "x-unknown",
            **(_text(came.body, "not read to the end" if came.cut else "") if came else {}),
        },
        "redirectURL": _header(headers, "location"),
        "headersSize": _UNKNOWN,
        "bodySize": size,
        **({"_error": error} if error else {}),
    }


def _absolute(sent: Request) -> str:
    """What came in names its host in a header alone."""
    return f"https://{_header(sent.headers, 'host')}{sent.url}" if sent.url.startswith("/") else sent.url


def _text(body: str, note: str = "") -> dict[str, str]:
    """A body; where it was no text, a comment that says so."""
    described = bool(_NO_TEXT.fullmatch(body))
    comment = "; ".join(filter(None, [body[1:-1] if described else "", note]))
    return {"text": "" if described else body, **({"comment": comment} if comment else {})}


def _query(url: str) -> list[dict[str, str]]:
    query = url.partition("?")[2].partition("#")[0]
    return _pairs(parse_qsl(query, keep_blank_values=True)) if query else []


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _header(headers: Headers, wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")
