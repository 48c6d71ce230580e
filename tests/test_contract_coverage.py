"""Every answer is held to the contract, and what of the contract was exercised is told, with a reason for each gap."""

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accredit.evidence.journal import read_run, read_segments
from accredit.evidence.verify import verify
from accredit.model.chain import Segment
from accredit.model.contract import Contract, contract_from
from accredit.model.coverage import NO_REASON, Circumstances, Coverage, Part, coverage_of
from accredit.model.errors import UsageError
from accredit.model.exercised import Exercised, exercised_from
from accredit.model.folding import run_from
from accredit.model.fuzzing import CaseRecord
from accredit.model.keywords import keywords_met, keywords_of
from accredit.model.pointers import Node
from accredit.model.provider import Edge, Masking
from accredit.model.run import Run
from accredit.model.schema import Schemas
from accredit.model.verdict import Answer, judge
from accredit.wire.clock import RealClock
from accredit.wire.guard import Guard
from accredit.wire.line import Arrival, Departure, Line
from accredit.wire.mask import Mask
from accredit.wire.pace import Pace
from accredit.wire.witness import MOST_TOLD, Witness
from tests.conftest import MINI, Ended, accredit, chained

JSON = [("Content-Type", "application/json; charset=utf-8")]
POINT = {
    "type": "object",
    "required": ["points"],
    "properties": {"points": {"type": "integer", "minimum": 0}, "since": {"type": "string", "format": "date"}},
    "additionalProperties": {"type": "string"},
}
DOCUMENT: Mapping[str, Any] = {
    "paths": {
        "/points/{card}": {
            "parameters": [{"name": "card", "in": "path", "required": True}],
            "get": {
                "operationId": "read",
                "x-effect": "reads",
                "parameters": [{"$ref": "#/components/parameters/Size"}, {"name": "X-Channel", "in": "header"}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Point"}}}},
                "responses": {
                    "200": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Point"}}},
                        "headers": {"X-Left": {"required": True, "schema": {"type": "integer"}}},
                        "x-status-setting": "read.success",
                    },
                    "404": {"content": {"text/plain": {"schema": {"type": "string", "maxLength": 20}}}},
                    "4XX": {"description": "anything"},
                    "503": {"$ref": "#/components/responses/Closed"},
                },
                "x-status-setting": {"404": ["read.nobody.status"]},
                "x-not-exercised": {"503": "only in maintenance"},
            },
        }
    },
    "components": {
        "schemas": {"Point": POINT},
        "parameters": {"Size": {"name": "size", "in": "query", "x-not-exercised": "nobody pages"}},
        "responses": {"Closed": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Point"}}}}},
    },
}
LEFT = ("X-Left", "3")


@pytest.fixture
def contract() -> Contract:
    return contract_from({"api": DOCUMENT}, "tests")


@pytest.mark.parametrize(
    ("status", "headers", "body", "misfits"),
    [
        (200, [*JSON, LEFT], '{"points": 3}', ()),
        (200, [*JSON, LEFT], '{"points": 3, "since": "2026-11-21", "note": "x"}', ()),
        (404, [("content-type", "text/plain")], "nobody", ()),
        (418, [], "a teapot", ()),
        (500, JSON, "{}", ("this status is not documented; documented are 200, 404, 4XX, 503",)),
        (200, [("content-type", "text/html"), LEFT], "<p>", ("the content type text/html is not documented; documented is application/json",)),
        (200, [LEFT], "{}", ("the content type that is missing is not documented; documented is application/json",)),
        (200, [*JSON, LEFT], '{"points": ', ("the body: is no JSON",)),
        (200, [*JSON, LEFT], '{"points": NaN}', ("the body: is no JSON",)),
        (200, [*JSON, LEFT], '{"points": "3"}', ("the body: points: is no integer",)),
        (200, [*JSON, LEFT], '{"points": -1}', ("the body: points: is below 0",)),
        (200, [*JSON, LEFT], "{}", ("the body: lacks points",)),
        (200, [*JSON, LEFT], '{"points": 3, "since": "today"}', ("the body: since: is no date",)),
        (200, [*JSON, LEFT], "[]", ("the body: is no object",)),
        (200, JSON, '{"points": 3}', ("the header x-left: is missing",)),
        (200, [*JSON, ("x-left", "few")], '{"points": 3}', ("the header x-left: is no integer",)),
        (404, [("content-type", "text/plain")], "x" * 21, ("the body: is longer than 20",)),
        (200, [*JSON, LEFT], '{"points": 3, "a": ' + "[" * 500 + "]" * 500 + "}",
         ("the body: cannot be compared: it is nested too deeply, or holds what is no text",)),
    ],
)  # fmt: skip
def test_each_kind_of_misfit_is_told(contract, status, headers, body, misfits):
    """Status, content type, headers and body, each in a short sentence that never has the value."""
    assert contract.promises["read"].compare(status, headers, body.encode()).misfits == misfits


def test_a_setting_says_where_an_answer_stands(contract):
    """A success moves to the status that was chosen; an error stands there as well, for it may have other reasons."""
    promise = contract.promises["read"].under({"read.success": 206, "read.nobody": {"status": 422}})

    assert set(promise.answers) == {"206", "404", "422", "4XX", "503"}
    assert promise.compare(200, [], b"").misfits
    assert promise.compare(206, [*JSON, LEFT], b'{"points": 1}').misfits == ()
    assert promise.compare(422, [("content-type", "text/plain")], b"nobody").misfits == ()


@pytest.mark.parametrize(
    ("place", "wrong"),
    [("schemas", {"Point": {"type": "strin"}}), ("schemas", {}), ("responses", {})],
)
def test_a_contract_that_nothing_can_be_held_to_is_refused(place, wrong):
    """When it is read, not when the first answer comes."""
    document = {**DOCUMENT, "components": {**DOCUMENT["components"], place: wrong}}

    with pytest.raises(UsageError, match="api cannot be used"):
        contract_from({"api": document}, "tests")


def _answered(
    contract: Contract, body: bytes, *, kind: str = "application/json", error: str = "", cut: bool = False
) -> dict[str, Any]:
    """The record of one answer, as a line writes it."""
    records: list[dict[str, Any]] = []
    clock, mask = RealClock(), Mask(Masking(personal=("card",), secret=(), shortened=(), **_FACT), b"key")
    mask.learn("card", "7000000001")
    edge = Edge(marker="denied at the edge", reference="x", **_FACT)
    guard = Guard("simulator", (), contract)
    line = Line(
        guard, Pace(None, clock), mask, clock, lambda r: records.append(dict(r)), witness=Witness(contract, edge)
    )
    departure = Departure(1, "read", "2026-11-21T00:00:00.000Z", "GET", "https://api/points/1?size=2", [], b"")
    line.arrive(departure, Arrival(200, [("content-type", kind), LEFT], [body], len(body), cut), 0.1, error)
    return records[0]


_FACT: Mapping[str, Any] = {"source": "tests", "provenance": "seed"}


def test_what_does_not_fit_is_recorded_without_what_it_held(contract):
    """It was held to the contract unmasked, and is written masked, names of fields included."""
    record = _answered(contract, b'{"points": "7000000001", "7000000001": 5}')

    assert record["misfits"][0] == "the body: points: is no integer"
    assert record["misfits"][1].startswith("the body: [card:")
    assert "7000000001" not in json.dumps(record)


def test_of_many_misfits_the_first_are_told(contract):
    told = json.dumps({"points": 1, **{f"n{number}": number for number in range(40)}})
    misfits = _answered(contract, told.encode())["misfits"]

    assert len(misfits) == MOST_TOLD + 1
    assert misfits[-1] == "and 35 more"


@pytest.mark.parametrize(
    "how",
    [
        {"body": b"<p>denied at the edge</p>", "kind": "text/html"},
        {"body": b'{"points": ', "error": "the line broke"},
        {"body": b"", "cut": True},
    ],
)
def test_what_is_no_answer_of_the_api_is_held_to_nothing(contract, how):
    """A firewall promised nothing, nor did anybody promise a part of an answer."""
    assert _answered(contract, **how)["misfits"] == ()


def test_a_value_meets_the_keywords_that_speak_of_it():
    """Not those of absent fields or of other types, and of alternatives only those that it fits."""
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": ["string", "null"], "minLength": 1}, "b": {"type": "integer"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    }
    met = keywords_met(Node({"s": schema}, "/s"), Schemas({"s": schema}), {"a": None})

    assert met == {"/s/type", "/s/required", "/s/properties/a/type", "/s/anyOf", "/s/anyOf/0/required"}


def test_keywords_are_found_wherever_a_schema_refers_to():
    """Each once, even where it refers to itself."""
    tree = {
        "properties": {"name": {"maxLength": 9}, "below": {"items": {"$ref": "#/s"}}},
        "additionalProperties": False,
    }

    assert [(k.field, k.word) for k in keywords_of(Node({"s": tree}, "/s"))] == [
        ("", "additionalProperties"),
        ("name", "maxLength"),
    ]


def _coverage(contract: Contract, witness: Witness, **known: Any) -> Coverage:
    record = json.loads(json.dumps(witness.exercised.to_record()))
    return coverage_of(contract, exercised_from([record]), {}, Circumstances(**{"environment": "simulator", **known}))


@pytest.fixture
def seen(contract: Contract) -> Witness:
    """Two calls: one with all it may have, one generated that breaks its body."""
    witness = Witness(contract)
    witness.answered("read", "https://a/points/1?size=", ((("content-type", "application/json"),), b'{"points": 1}'),
                     (200, [*JSON, LEFT], b'{"points": 3}'))  # fmt: skip
    witness.answered("read", "https://a/points/1", ((("content-type", "application/json"),), b'{"points": "x"}'),
                     (404, [("content-type", "text/plain")], b"nobody"), generated=True)  # fmt: skip
    return witness


def test_what_was_exercised_is_counted_part_by_part(contract, seen):
    """Keywords by where they stand: a request keeps or breaks them, an answer keeps them."""
    coverage = _coverage(contract, seen, generated=True)

    assert {part.value: str(coverage.of(part)) for part in Part if coverage.of(part).of} == {
        "operation": "1 of 1",
        "status": "2 of 4",
        "parameter sent": "2 of 3",
        "parameter left out": "2 of 2",
        "request keyword kept": "4 of 7",
        "request keyword broken": "1 of 7",
        "answer keyword": "6 of 16",
    }


def test_each_gap_has_a_reason_from_the_contract_or_the_run_or_says_that_it_has_none(contract, seen):
    why = {
        (i.part, i.body, i.name, i.word): i.why for i in _coverage(contract, seen, generated=True).items if not i.times
    }

    assert why[(Part.STATUS, "", "503", "")] == "only in maintenance"
    assert why[(Part.ANSWERED, "503 application/json", "points", "type")] == "only in maintenance"
    assert why[(Part.STATUS, "", "4XX", "")] == NO_REASON
    assert why[(Part.SENT, "", "header X-Channel", "")] == NO_REASON
    assert (
        why[(Part.KEPT, "request application/json", "since", "format")]
        == "optional, and nothing in this run carried it"
    )
    assert all(why.values())


@pytest.mark.parametrize(
    ("environment", "seen_by", "why"),
    [
        ("simulator", "write", "an outage, which this run brought about with write alone"),
        ("simulator", "", NO_REASON),
        ("certification", "", "nobody can put the provider out of order in certification"),
    ],
)
def test_an_outage_that_one_operation_saw_explains_that_another_did_not(environment, seen_by, why):
    """Where no operation of a simulator's saw it, nothing is explained: somebody could have brought it about."""
    answers: dict[str, Any] = {"responses": {"200": {}, "500": {}}, "x-effect": "reads"}
    paths = {"/a": {"get": {"operationId": "read", **answers}}, "/b": {"get": {"operationId": "write", **answers}}}
    contract = contract_from({"api": {"paths": paths}}, "tests")
    witness = Witness(contract)
    for name in ("read", "write"):
        status = 500 if name == seen_by else 200
        witness.answered(name, f"https://a/{name}", ((), b""), (status, JSON, b"{}"))

    items = _coverage(contract, witness, environment=environment).items_of("read", Part.STATUS)

    assert [(item.name, item.why) for item in items] == [("200", ""), ("500", why)]


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({}, "nothing in this run calls it"),
        ({"only": ["MI-01"]}, "left out: this run was confined to MI-01"),
    ],
)
def test_what_was_never_called_is_a_gap_as_a_whole(contract, known, why):
    coverage = _coverage(contract, Witness(contract), **known)

    assert coverage.items_of("read", Part.OPERATION)[0].why == why
    assert coverage.of(*Part).seen == 0
    assert "answer keyword, 200 application/json: all 7" in [
        gap for gaps in coverage.gaps("read").values() for gap in gaps
    ]


def test_a_shape_seen_before_is_not_looked_through_again_and_nothing_is_lost_by_it(contract):
    """A body that breaks the contract is no excuse for not looking at one of the same shape that keeps it."""
    witness = Witness(contract)
    for points in (-1, 3, 4):
        witness.answered("read", "https://a/points/1", ((), b""), (200, [*JSON, LEFT], b'{"points": %d}' % points))
    keywords = witness.exercised.operations["read"].bodies["200 application/json"]

    assert (keywords.bodies, len(keywords.shapes)) == (3, 1)
    assert "/components/schemas/Point/properties/points/minimum" in keywords.kept & keywords.broken


def test_what_workers_exercised_is_added_up(seen):
    """Segment by segment, as often as each says."""
    record = json.loads(json.dumps(seen.exercised.to_record()))
    whole: Exercised = exercised_from([record, record])

    assert whole.operations["read"].statuses == {"200": 2, "404": 2}
    assert (
        whole.operations["read"].bodies["200 application/json"].kept
        == seen.exercised.operations["read"].bodies["200 application/json"].kept
    )


MISDEEDS = {
    "a wrong type": ('"email": self.emails[shown],', '"email": 4711,', "readMember: 200: the body: email: is no string"),
    "a missing field": ('"email": self.emails[shown],', "", "readMember: 200: the body: lacks email"),
    "another status": ('_refusal(401, "no token")', '_refusal(402, "no token")',
                       "readMember: 402: this status is not documented; documented are 200, 400, 401, 403, 404"),
}  # fmt: skip


@pytest.mark.parametrize("misdeed", MISDEEDS)
def test_a_misfit_keeps_a_run_from_having_passed(
    mini: Callable[..., Ended], own_mini: Path, mini_register, misdeed: str
) -> None:
    """Where no scenario looked, and nothing failed, the answer is unknown, and says which exchange and why."""
    right, wrong, told = MISDEEDS[misdeed]
    simulator = own_mini / "contracts" / "mini" / "simulator.py"
    simulator.write_text(simulator.read_text().replace(right, wrong))
    ended = mini("--only", "MI-05" if misdeed != "another status" else "MI-03", suite=own_mini)

    assert f"({told})" in ended.said
    assert ended.code == (1 if misdeed == "another status" else 3)
    assert "ann@mini.example" not in ended.said


def test_what_was_generated_is_judged_elsewhere(sealed: Ended, mini_register) -> None:
    """A generated request's answer that does not fit is a finding of the fuzzing, not a reason of the scenarios' run."""
    told = {"misfits": ["the body: is no JSON"]}

    case = CaseRecord(
        "abc", "readMember", "fuzzing", 0, "positive", "", "accepted", 200, (1,), failures=("F-1",), judged=1
    )

    assert judge(_with_first_exchange(sealed, told), mini_register).answer is Answer.UNKNOWN
    assert (
        judge(_with_first_exchange(sealed, {**told, "case": "abc"}, case.to_record()), mini_register).answer
        is Answer.PASSED
    )
    assert judge(_with_first_exchange(sealed, {**told, "case": "abc"}), mini_register).answer is Answer.UNKNOWN


def test_many_that_do_not_fit_are_told_in_the_same_words_ever_after(sealed: Ended, mini_register) -> None:
    """Ten by name, and how many more. A manifest carries these words sealed: told otherwise, a bundle would seem altered."""
    run = _with_first_exchange(sealed, {"misfits": ["is odd"]})
    [odd] = run.misfitting
    twelve = replace(run, misfitting=tuple(replace(odd, number=number) for number in range(1, 13)))

    [reason] = [reason for reason in judge(twelve, mini_register).reasons if "is odd" in reason]

    assert reason.count("is odd") == 10
    assert reason.endswith(": is odd), and 2 more")


def _with_first_exchange(sealed: Ended, told: Mapping[str, object], *then: Mapping[str, object]) -> Run:
    """The run, had its first exchange been told so, and had this followed."""
    [segment] = read_segments(sealed.folder)
    records = list(segment)
    first = next(place for place, record in enumerate(records) if record["kind"] == "exchange")
    return run_from(
        [Segment(segment.name, chained([*records[:first], {**records[first], **told}, *then, *records[first + 1 :]]))]
    )


def test_a_run_tells_its_coverage(sealed: Ended) -> None:
    """One line on the terminal, a section in the report, a row an item in the matrix, and the bundle still verifies."""
    rows = list(csv.DictReader((sealed.folder / "contract-coverage.csv").open()))
    report = (sealed.folder / "report.html").read_text()

    assert "\ncontract: 3 of 3 operations, 4 of 14 statuses, 1 of 1 parameters sent, " in sealed.said
    assert all((row["exercised"] == "yes") == (row["reason"] == "") for row in rows)
    assert {row["reason"] for row in rows if (row["operation"], row["name"]) == ("credit", "401")} == {
        "the token is judged before any operation is"
    }
    assert '<section id="contract">' in report
    assert "The token is judged before any operation is:" in report
    assert verify(sealed.bundle, None).run is not None


def test_a_report_made_again_says_the_same(sealed: Ended) -> None:
    """What was exercised stands in the journal, as names alone; the rest is the contract's."""
    before = (sealed.folder / "contract-coverage.csv").read_bytes()
    again = accredit("report", sealed.folder, "--suite", MINI)

    assert "\ncontract: 3 of 3 operations, 4 of 14 statuses" in again.stdout
    assert (sealed.folder / "contract-coverage.csv").read_bytes() == before


def test_workers_exercise_what_one_alone_does(mini: Callable[..., Ended], sealed: Ended) -> None:
    """Each writes its own at the end of its segment, and they are read as one."""
    ended = mini("--workers", "2")
    alone = exercised_from(sealed.run.coverage).operations
    together = exercised_from(read_run(ended.folder).coverage).operations

    assert len(ended.run.coverage) == 3
    assert together.keys() == alone.keys()
    for name, exercise in alone.items():
        assert {k: v.kept for k, v in together[name].bodies.items()} == {k: v.kept for k, v in exercise.bodies.items()}


def test_a_run_that_was_broken_off_says_that_it_does_not_know(sealed: Ended, tmp_path: Path) -> None:
    """Nothing is made up where the journal has no record of it."""
    lines = (sealed.folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "journal.jsonl").write_bytes(b"".join(lines[:-2]))
    ended = accredit("report", tmp_path, "--suite", MINI)

    assert ended.returncode == 3
    assert "contract:" not in ended.stdout
    assert "does not say what of the contract was exercised" in (tmp_path / "report.html").read_text()
