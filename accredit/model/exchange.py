"""What crossed the wire: requests, responses, exchanges. Never opens a socket or a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NUMBERS_A_WORKER = 1_000_000
"""Exchange numbers that a worker may give; each counts up in a range of its own, from 1 in the first."""
GENERATED = "of a generated request"
OUR_OWN = "our own, to see whether it comes"
NO_FINDING = ("", "as promised", "turned away", "elsewhere", GENERATED, OUR_OWN)
"""What is said of an incoming exchange that came as expected, that we turned away on purpose, that came to a place no provider
was told of, that a generated request may have brought about, or that we sent ourselves."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What was sent, secrets and personal data already masked. `body` is text; what was not text is described in brackets."""

    method: str
    url: str
    headers: Headers = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back, masked. `size` is the body's length in bytes as received; `cut` when it was longer than we read."""

    status: int
    headers: Headers = ()
    body: str = ""
    size: int = 0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the response it drew.

    Attributes:
        number: Place in the run, from 1. Findings point here.
        operation: operationId of the contract.
        environment: `simulator`, `certification` or `production`.
        sent_at: UTC by the run's clock, ISO 8601 to the millisecond. Simulated time on a simulator.
        elapsed: Seconds, request sent to last byte received. None when nothing came back.
        response: None when the connection failed before a status line.
        error: What broke, when something did.
        direction: `outgoing`, or `incoming` for what a provider sent of its own accord; then `request` is the provider's.
        case: Id of the generated case it belongs to; empty for what a step sent.
        misfits: What of the answer does not fit the contract, a short sentence each, held to it before anything was masked.
        delivery: How an incoming one compares with what was expected: `as promised`, `duplicate`, `forged`, …
        reached_at: The loopback address that was connected to in place of the URL's host, if any.
    """

    number: int
    operation: str
    environment: str
    sent_at: str
    request: Request
    response: Response | None = None
    elapsed: float | None = None
    error: str = ""
    reached_at: str = ""
    scenario: str = field(default="", kw_only=True)
    direction: str = field(default="outgoing", kw_only=True)
    delivery: str = field(default="", kw_only=True)
    case: str = field(default="", kw_only=True)
    misfits: tuple[str, ...] = field(default=(), kw_only=True)

    def to_record(self) -> dict[str, Any]:
        """As the journal keeps it."""
        sent, came = self.request, self.response
        return {
            "kind": "exchange",
            "number": self.number,
            "scenario": self.scenario,
            "operation": self.operation,
            "environment": self.environment,
            "sent_at": self.sent_at,
            "elapsed": self.elapsed,
            "error": self.error,
            "reached_at": self.reached_at,
            "direction": self.direction,
            "delivery": self.delivery,
            "case": self.case,
            "misfits": self.misfits,
            "request": {"method": sent.method, "url": sent.url, "headers": sent.headers, "body": sent.body},
            "response": came
            and {
                "status": came.status,
                "headers": came.headers,
                "body": came.body,
                "size": came.size,
                "cut": came.cut,
            },
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Exchange":
        """Read back from the journal."""
        told = dict(record)
        sent, came = told.pop("request"), told.pop("response")
        del told["kind"]
        told["misfits"] = tuple(told.get("misfits", ()))
        return cls(
            request=Request(**{**sent, "headers": _pairs(sent["headers"])}),
            response=Response(**{**came, "headers": _pairs(came["headers"])}) if came else None,
            **told,
        )


def _pairs(value: list[list[str]]) -> Headers:
    return tuple([(name, text) for name, text in value])  # a list at once is quicker than one by one
