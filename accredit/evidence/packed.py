"""Exchanges packed into a page: chunks of text in it, which its script inflates when somebody looks. Holds a chunk at a time."""

import base64
import json
import tempfile
import zlib
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from accredit.model.curl import curl
from accredit.model.exchange import Exchange

MOST_EXCHANGES, MOST_CHARACTERS = 200, 1_000_000
"""A chunk ends with whichever comes first: inflating one must not be felt."""
_LEVEL, _RAW = 4, -15
_BLOCK = 1 << 16
_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))
"""ASCII alone: half a surrogate pair has no UTF-8, and a browser reads the escape as what it was."""


class Packed:
    """Takes exchanges by number, and gives script elements that no browser runs: `heads`, a line of each exchange for lists and
    search, and `details`, everything. Each is JSON, deflated (RFC 1951), as base64, with the first and last number it holds.

    The same exchanges give the same bytes on one machine; builds of zlib may differ in how they deflate, not in what comes out.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this
        self._heads: list[str] = []
        self._details: list[str] = []
        self._first, self._last, self._characters = 0, 0, 0

    def __enter__(self) -> "Packed":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def take(self, exchange: Exchange) -> None:
        """One more. What is said of it is masked already."""
        detail = _ENCODER.encode(_detail(exchange))
        self._first = exchange.number if not self._details else self._first
        self._last = exchange.number
        self._heads.append(_ENCODER.encode(_head(exchange)))
        self._details.append(detail)
        self._characters += len(detail)
        if len(self._details) >= MOST_EXCHANGES or self._characters >= MOST_CHARACTERS:
            self._end_chunk()

    def elements(self) -> Iterator[str]:
        """Every element, in blocks of text as large as is convenient."""
        self._end_chunk()
        self._file.seek(0)
        while block := self._file.read(_BLOCK):
            yield block.decode("ascii")

    def _end_chunk(self) -> None:
        if self._details:
            self._write("heads", self._heads)
            self._write("details", self._details)
        self._heads, self._details, self._characters = [], [], 0

    def _write(self, kind: str, items: list[str]) -> None:
        opening = (
            f'<script type="application/octet-stream" class="{kind}" data-from="{self._first}" data-to="{self._last}">'
        )
        self._file.write(opening.encode() + _deflated(f"[{','.join(items)}]") + b"</script>\n")


def _head(e: Exchange) -> list[Any]:
    """A line of a list: number, method, operation, status or what broke, URL, moment, seconds, scenario, case, what is odd."""
    answer = e.response.status if e.response else e.error or "no answer"
    odd = "; ".join(e.misfits)
    return [e.number, e.request.method, e.operation, answer, e.request.url, e.sent_at, e.elapsed, e.scenario, e.case,
            e.delivery if e.direction == "incoming" else "", odd]  # fmt: skip


def _detail(e: Exchange) -> dict[str, Any]:
    record = e.to_record()
    return record if e.direction == "incoming" else {**record, "curl": curl(e)}


def _deflated(text: str) -> bytes:
    squeezer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    return base64.b64encode(squeezer.compress(text.encode("ascii")) + squeezer.flush())
