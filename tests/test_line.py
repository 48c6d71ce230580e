"""What a line remembers of the requests it carried, and what of them it masks."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from accredit.model.errors import Refused
from accredit.model.provider import Environment, Masking
from accredit.suite.catalogue import Dossier
from accredit.wire.clock import RealClock
from accredit.wire.guard import Door, Guard
from accredit.wire.line import Arrival, Line
from accredit.wire.mask import Mask
from accredit.wire.pace import Pace
from tests.conftest import MINI

BASE = "https://api.mini.example/rehearsal"
CARD = "7000000099"
RULES = Masking(personal=("card", "email"), secret=("access_token",), source="tests", provenance="inferred")


class Carried:
    """A line, and the records that it made."""

    def __init__(self) -> None:
        self.records: list[Mapping[str, Any]] = []
        facts = Environment(label="Rehearsal", base_url=BASE, source="tests", provenance="seed")
        guard = Guard("certification", (Door("certification", BASE, facts),), Dossier("mini", MINI).contract)
        clock = RealClock()
        self.mask = Mask(RULES, b"a key for this test")
        self.line = Line(guard, Pace(None, clock), self.mask, clock, self.records.append)

    def call(self, method: str, path: str, sent: object = None, answer: object = None, case: str = "") -> str:
        """Carries one exchange; its records, as the journal would hold them."""
        before, kind = len(self.records), [("content-type", "application/json")]
        departure = self.line.depart(method, f"{BASE}{path}", kind, json.dumps(sent).encode() if sent else b"", case)
        arrival = Arrival(200, kind)
        arrival.take(json.dumps(answer or {}).encode())
        self.line.arrive(departure, arrival, 0.001)
        return json.dumps(self.records[before:])


@pytest.fixture
def carried() -> Carried:
    return Carried()


def test_generated_requests_leave_nothing_behind_in_memory(carried):
    """After a thousand generated requests the mask knows no more than before, and the line keeps none of them."""
    for number in range(500):
        carried.call("POST", "/credits", {"card": f"made-up-{number}", "points": number}, case=f"a{number}")
        carried.call("GET", f"/members/made-up-{number}?email=m{number}@example.test", case=f"b{number}")

    assert carried.mask.learned == frozenset()
    assert carried.line.exchanges == []
    assert len(carried.records) == 1500  # a credit moves points, so that it has an intent as well


def test_made_up_values_are_masked_where_they_are_declared(carried):
    """In body, path, query and intent of a generated request; also one too short to be hunted."""
    shown = carried.call("POST", "/credits", {"card": "7000000099"}, case="a")
    shown += carried.call("GET", "/members/7000000099?email=alba@example.test", case="b")
    shown += carried.call("GET", "/members/F1", case="c")

    assert not any(value in shown for value in ("7000000099", "alba", "/F1"))
    assert "/members/[card:" in shown


def test_a_refused_generated_request_is_recorded_as_its_cases(carried):
    """What the guard keeps back is evidence, masked, and says which case it was; a step's says none."""
    with pytest.raises(Refused):
        carried.call("DELETE", "/elsewhere?email=alba@example.test", case="a")
    with pytest.raises(Refused):
        carried.call("DELETE", "/elsewhere")

    assert [record.get("case") for record in carried.records] == ["a", None]
    assert "alba" not in json.dumps(carried.records)


def test_what_an_answer_declares_is_learned_from_a_generated_request_too(carried):
    """A secret that a generated request drew is hidden from then on, everywhere; also in the request that held it by chance."""
    first = carried.call("POST", "/credits", {"note": "tok-123456"}, {"access_token": "tok-123456"}, case="a")
    later = carried.call("POST", "/credits", {"note": "tok-123456"}, case="b")

    assert "tok-123456" not in json.loads(first)[-1]["request"]["body"]
    assert "tok-123456" not in later


def test_a_role_is_hidden_in_generated_requests_wherever_it_stands(carried):
    """A value known from before is hunted in a generated request as in any other."""
    token = carried.mask.learn("card", "7000000001")
    shown = carried.call("POST", "/credits", {"note": "for 7000000001"}, {"text": "7000000001 has 5"}, case="a")

    assert "7000000001" not in shown
    assert token in shown


def test_steps_teach_the_mask_as_before(carried):
    """What a step sends under a declared name is learned, in the path as well, and its exchange is kept."""
    carried.call("GET", "/members/7000000042")

    assert carried.mask.learned == {"7000000042"}
    assert "7000000042" not in carried.call("POST", "/credits", {"note": "7000000042"})
    assert [exchange.number for exchange in carried.line.exchanges] == [1, 2]


@pytest.mark.parametrize("case", ["", "a"])
@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", f"{BASE}/members/{CARD}"),
        ("PATCH", f"{BASE}/members/{CARD}"),
        ("GET", f"{BASE}/members/{CARD}/points"),
        ("GET", f"{BASE}/members//{CARD}"),
        ("GET", f"{BASE}/members/../{CARD}"),
        ("GET", f"{BASE}/%6dembers/{CARD}"),
        ("GET", f"{BASE}/{CARD}?of={CARD}#{CARD}"),
        ("GET", f"https://elsewhere.example/members/{CARD}"),
        ("GET", f"https://{CARD}:{CARD}@api.mini.example/rehearsal/members/{CARD}"),
        ("GET", f"http://{CARD}@api.mini.example/rehearsal/members/{CARD}"),
        ("GET", f"https://api.mini.example/{CARD}"),
    ],
)
def test_a_refused_request_is_masked_as_one_that_left(carried, method, url, case):
    """In the journal, and in the error, which gets into findings: whoever it is about is not in clear, whatever was wrong."""
    carried.line.guard = replace(carried.line.guard, environment="production")
    with pytest.raises(Refused) as refused:
        carried.line.depart(method, url, [("upgrade", "h2c")], b"", case)

    assert CARD not in json.dumps(carried.records) + str(refused.value)
    assert carried.mask.learned <= {CARD}


def test_a_refused_request_can_still_be_told_from_another(carried):
    """What the contract names stays readable, and the same value reads the same."""
    for path in (f"/members/{CARD}", "/credits", "/credtis"):
        with pytest.raises(Refused):
            carried.line.depart("TRACE", BASE + path, [], b"")

    first, second, third = (record["url"].removeprefix(BASE) for record in carried.records)
    assert first == f"/members/{carried.mask.tokens[CARD]}"
    assert (second, third[:7]) == ("/credits", "/[path:")
