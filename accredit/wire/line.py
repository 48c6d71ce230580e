"""What happens to everything that leaves: guard, pace, intent before a write, and the masked record of how it went."""

import itertools
import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import unquote

from accredit.model.contract import Operation
from accredit.model.errors import CannotJudge, Refused
from accredit.model.exchange import GENERATED, Exchange, Request, Response
from accredit.model.moment import stamp
from accredit.wire.allowance import Reservation
from accredit.wire.clock import Clock
from accredit.wire.guard import Guard
from accredit.wire.mask import Mask
from accredit.wire.pace import Pace
from accredit.wire.refused import shown_url
from accredit.wire.witness import Witness

Sink = Callable[[Mapping[str, Any]], None]
Pairs = Sequence[tuple[str, str]]

BODY_LIMIT = 5 * 1024 * 1024
"""Bytes of a body that are read. No provider promises anything near it."""


@dataclass(slots=True)
class Departure:
    """A request on its way. What its URL's path declares is masked already. `counted`: as a write of a production budget."""

    number: int
    operation: str
    sent_at: str
    method: str
    url: str
    headers: Pairs
    body: bytes
    scenario: str = ""
    case: str = ""
    counted: Reservation | None = None


@dataclass(slots=True)
class Arrival:
    """What came back, as far as it came."""

    status: int
    headers: Pairs
    chunks: list[bytes] = field(default_factory=list)
    size: int = 0
    cut: bool = False

    def take(self, chunk: bytes) -> bool:
        """Keeps a chunk; False once the body is longer than anybody should read."""
        self.size += len(chunk)
        self.cut = self.cut or self.size > BODY_LIMIT
        if not self.cut:
            self.chunks.append(chunk)
        return not self.cut


class Line:
    """One line to a provider. Safe for threads; a request is numbered when it leaves, and recorded when it has ended.

    Args:
        first: Number of the first exchange.
        witness: Holds answers to the contract; one that knows of no firewall unless another is given.
    """

    def __init__(self, guard: Guard, pace: Pace, mask: Mask, clock: Clock, sink: Sink,
                 first: int = 1, reached_at: str = "", witness: Witness | None = None) -> None:  # fmt: skip
        self.guard, self.mask = guard, mask
        self._pace, self._clock, self._sink = pace, clock, sink
        self._numbers = itertools.count(first)
        self._reached_at = reached_at
        self.witness = witness or Witness(guard.contract)
        self._lock = threading.Lock()
        self.scenario = ""
        self.last = first - 1
        """Number of the request that left last; the one before the first, until then."""
        self.exchanges: list[Exchange] = []
        """Those of steps, and what came in. Generated ones may be tens of thousands; they are in the journal alone."""

    def depart(self, method: str, url: str, headers: Pairs, body: bytes, case: str = "") -> Departure:
        """Lets a request leave, or raises Refused. What moves points is journalled before it goes, and before that counted by a budget.

        Args:
            case: Id of the generated case it belongs to, if any.
        """
        allowance = self.guard.allowance
        try:
            admitted = self.guard.admit(method, url, headers, body, generated=bool(case))
            self._pace.take_turn()
            if allowance is not None:
                allowance.check_switch()
            counted = allowance.reserve(admitted.charge, self._clock.now) if allowance and admitted.charge else None
        except Refused as refused:
            raise self._refused(method, url, str(refused), case) from None
        door, operation = admitted.door, admitted.operation
        if operation is not None:
            url = self._with_path_masked(url, door.base_url, operation, self._asking(case))
        with self._lock:
            number = self.last = next(self._numbers)
        name = operation.id if operation else ""
        departure = Departure(
            number, name, stamp(self._clock.now()), method, url, headers, body, self.scenario, case, counted
        )
        if operation is not None and operation.effect == "writes":
            try:
                self._sink(self._intent(departure))
            except CannotJudge:
                if counted and allowance:
                    allowance.ledger.unsent(counted.number, "its intent could not be journalled", self._clock.now)
                raise
        return departure

    def arrive(
        self,
        departure: Departure,
        arrival: Arrival | None,
        elapsed: float | None,
        error: str = "",
        *,
        left: bool = True,
    ) -> Exchange:
        """Records how it went, masked.

        Args:
            left: False when not a byte of it can have reached anybody.
        """
        mask, asking = self.mask, self._asking(departure.case)
        request_type = _header(departure.headers, "content-type")
        sent_headers, sent_body = asking.headers(departure.headers), asking.body(departure.body, request_type)
        came_headers: Pairs = mask.headers(arrival.headers) if arrival else ()
        decoded = _decoded(arrival)
        answering = mask.refusing if arrival and arrival.status >= 400 else mask
        came_body = answering.body(decoded, _header(arrival.headers, "content-type")) if arrival else ""
        # What broke off or was not read to its end is no whole answer: nothing was promised of a part of one.
        whole = (arrival.status, arrival.headers, decoded) if arrival and not arrival.cut and not error else None
        misfits = self.witness.answered(departure.operation, departure.url, (departure.headers, departure.body), whole,
                                        generated=bool(departure.case))  # fmt: skip
        texts = [
            asking.url(departure.url),
            sent_body,
            came_body,
            error,
            *misfits,
            *(v for _, v in sent_headers),
            *(v for _, v in came_headers),
        ]
        url, sent_body, came_body, error, *values = mask.texts(texts)
        misfits, values = tuple(values[: len(misfits)]), values[len(misfits) :]
        sent = Request(departure.method, url, _with(sent_headers, values), sent_body)
        came = None
        if arrival is not None:
            came_pairs = _with(came_headers, values[len(sent_headers) :])
            came = Response(arrival.status, came_pairs, came_body, arrival.size, arrival.cut)
        exchange = Exchange(departure.number, departure.operation, self.guard.environment, departure.sent_at, sent, came,
                            round(elapsed, 6) if elapsed is not None else None, error, self._reached_at,
                            scenario=departure.scenario, case=departure.case, misfits=misfits)  # fmt: skip
        self._sink(exchange.to_record())
        if departure.counted and self.guard.allowance:
            self._settle(departure.counted, arrival, error, left)
        if not departure.case:
            with self._lock:
                self.exchanges.append(exchange)
        return exchange

    def receive(self, method: str, url: str, headers: Pairs, body: bytes, *, status: int, error: str, callback: str,
                delivery: str, scenario: str | None) -> int:  # fmt: skip
        """Records what came in, masked, and how it was answered; its number.

        Args:
            callback: Its name in the contract; empty when it fits none.
            delivery: How it compares with what was expected.
            scenario: Whose it is; None for whichever is under way.
        """
        mask = self.mask
        shown = mask.headers(headers)
        texts = mask.texts(
            [
                mask.url(url),
                mask.body(body, _header(headers, "content-type"), strict=True),
                error,
                *(v for _, v in shown),
            ]
        )
        url, text, error, *values = texts
        with self._lock:
            number = next(self._numbers)
            owner = self.scenario if scenario is None else scenario
            exchange = Exchange(number, callback, self.guard.environment, stamp(self._clock.now()),
                                Request(method, url, _with(shown, values), text), Response(status, size=0), None, error,
                                scenario=owner, direction="incoming", delivery=delivery)  # fmt: skip
            if delivery != GENERATED:
                self.exchanges.append(exchange)
        self._sink(exchange.to_record())
        return number

    def claim(self, number: int) -> None:
        """Records that the scenario under way knows of an incoming exchange that is not as promised."""
        self._sink({"kind": "claim", "exchange": number, "scenario": self.scenario})

    def _settle(self, counted: Reservation, arrival: Arrival | None, error: str, left: bool) -> None:
        """Notes in the ledger what is known of a write. An answer that broke off tells nothing for certain."""
        assert self.guard.allowance is not None
        ledger = self.guard.allowance.ledger
        if not left:
            ledger.unsent(counted.number, "no connection came about", self._clock.now)
        elif arrival is not None and not error:
            ledger.answered(counted.number, arrival.status, self._clock.now)

    def _asking(self, case: str) -> Mask:
        """The mask for a request. What a case made up is not learned, or each would make all that follow slower."""
        return self.mask.passing if case else self.mask

    def _with_path_masked(self, url: str, base_url: str, operation: Operation, mask: Mask) -> str:
        path, mark, query = url.removeprefix(base_url).partition("?")
        shown = operation.path_with(
            path, lambda name, value: mask.learn(name, unquote(value)) if mask.declares(name) else value
        )
        return url if shown == path else f"{base_url}{shown}{mark}{query}"

    def _intent(self, departure: Departure) -> Mapping[str, Any]:
        mask = self._asking(departure.case)
        body = mask.body(departure.body, _header(departure.headers, "content-type"))
        url, body = mask.texts([mask.url(departure.url), body])
        return {"kind": "intent", "number": departure.number, "scenario": departure.scenario, "operation": departure.operation,
                "at": departure.sent_at, "method": departure.method, "url": url, "body": body,
                **({"counted": asdict(departure.counted)} if departure.counted else {})}  # fmt: skip

    def _refused(self, method: str, url: str, reason: str, case: str) -> Refused:
        """Records a refusal, and gives the error to raise. Both are masked: what is raised gets into findings."""
        mask = self._asking(case)
        url = shown_url(url, method, tuple(door.base_url for door in self.guard.doors), self.guard.contract, mask)
        url, reason = mask.texts([url, reason])
        self._sink({"kind": "refusal", "scenario": self.scenario, "operation": "", "method": method, "url": url,
                    "reason": reason, "at": stamp(self._clock.now()), **({"case": case} if case else {})})  # fmt: skip
        return Refused(reason)


def _header(headers: Pairs, wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")


def _with(headers: Pairs, values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for (name, _), value in zip(headers, values, strict=False))


def _decoded(arrival: Arrival | None) -> bytes:
    """The body as text would be read, since what is compressed cannot be masked."""
    if arrival is None:
        return b""
    body, coding = b"".join(arrival.chunks), _header(arrival.headers, "content-encoding").lower()
    if coding not in ("gzip", "deflate"):
        return f"[{len(body)} bytes, encoded as {coding}]".encode() if coding not in ("", "identity") else body
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(body, BODY_LIMIT)
    except zlib.error:
        return f"[{len(body)} bytes, not {coding} as promised]".encode()
