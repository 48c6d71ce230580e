"""What other tools read of a run says the same as the run, and nothing in it is anything but text."""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import pytest

from accredit.evidence.exports.allure import allure_results
from accredit.evidence.exports.har import har
from accredit.evidence.exports.junit import junit
from accredit.evidence.exports.workbook import requirements_xlsx
from accredit.evidence.verify import verify
from accredit.model.exchange import Exchange, Request, Response
from accredit.model.finding import Outcome
from accredit.model.run import Run
from accredit.model.verdict import Verdict, judge
from accredit.suite.catalogue import Dossier
from tests.conftest import MINI, Ended, accredit

HOSTILE = "=cmd|' /C calc'!A0 \x00\x1b[31m\ud800\ufffe <b>&\"'"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A sealed run of the miniature programme, scenarios and fuzzing. Read only."""
    folder = tmp_path_factory.mktemp("fuzzed")
    ended = accredit("run", "mini", "--suite", MINI, "--output", folder / "evidence", "--make-key", folder / "a.key")
    return Ended(ended.returncode, ended.stdout + ended.stderr, folder / "evidence")


@pytest.fixture(scope="module")
def run(fuzzed: Ended) -> Run:
    return fuzzed.run


@pytest.fixture(scope="module")
def verdict(fuzzed: Ended) -> Verdict:
    return fuzzed.verdict(Dossier("mini", MINI).register)


def _parsed(pieces: Iterator[bytes]) -> ElementTree.Element:
    return ElementTree.fromstring(b"".join(pieces))


def test_every_export_is_sealed(fuzzed):
    """All are in the bundle, which verifies, and lie in the run's folder as they are in it."""
    with zipfile.ZipFile(fuzzed.bundle) as bundle:
        sealed = {name: bundle.read(name) for name in bundle.namelist()}

    assert {"exchanges.har", "junit.xml", "requirements.csv", "requirements.xlsx", "fuzz-cases.csv"} < set(sealed)
    assert sum(name.startswith("allure-results/") for name in sealed) > 10
    for path in fuzzed.folder.rglob("*"):
        assert path.is_dir() or sealed[path.relative_to(fuzzed.folder).as_posix()] == path.read_bytes()
    assert verify(fuzzed.bundle, None).exit_code == 3


def test_what_an_earlier_version_exported_is_not_sealed(sealed, tmp_path):
    """Exports are made anew: a result that is not this run's does not get into the bundle."""
    folder = tmp_path / "run"
    (folder / "allure-results").mkdir(parents=True)
    (folder / "allure-results" / "old-result.json").write_text("{}")
    for name in ("journal.jsonl", "leak-scan.json"):
        (folder / name).write_bytes((sealed.folder / name).read_bytes())
    accredit("report", folder, "--suite", MINI, "--key", sealed.output.parent / "signing.key")
    [bundle] = tmp_path.glob("*.zip")

    assert bundle.read_bytes() == sealed.bundle.read_bytes()


# HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/: what it requires, and of which type.
def _object(**properties: Any) -> dict[str, Any]:
    optional = {name.removesuffix("_"): rule for name, rule in properties.items()}
    required = [name for name in properties if not name.endswith("_")]
    return {"type": "object", "required": required, "properties": optional}


TEXT, COUNT, DURATION = {"type": "string"}, {"type": "integer", "minimum": -1}, {"type": "number", "minimum": 0}
PAIRS = {"type": "array", "items": _object(name=TEXT, value=TEXT, comment_=TEXT)}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
UNKNOWN_OR_DURATION = {"type": "number", "anyOf": [{"const": -1}, {"minimum": 0}]}
HAR = _object(log=_object(
    version={"const": "1.2"}, creator=_object(name=TEXT, version=TEXT), comment_=TEXT,
    entries={"type": "array", "items": _object(
        startedDateTime=MOMENT, time=DURATION, cache={"type": "object"},
        request=_object(method=TEXT, url={"type": "string", "pattern": "^https?://"}, httpVersion=TEXT, cookies=PAIRS, headers=PAIRS,
                        queryString=PAIRS, headersSize=COUNT, bodySize=COUNT, postData_=_object(mimeType=TEXT, text=TEXT, comment_=TEXT)),
        response=_object(status={"type": "integer"}, statusText=TEXT, httpVersion=TEXT, cookies=PAIRS, headers=PAIRS, redirectURL=TEXT,
                         headersSize=COUNT, bodySize=COUNT, content=_object(size=COUNT, mimeType=TEXT, text_=TEXT, encoding_=TEXT)),
        timings=_object(send=DURATION, wait=DURATION, receive=DURATION, blocked_=UNKNOWN_OR_DURATION, dns_=UNKNOWN_OR_DURATION,
                        connect_=UNKNOWN_OR_DURATION, ssl_=UNKNOWN_OR_DURATION),
    )},
))  # fmt: skip


def test_the_har_holds_every_exchange_and_is_valid(fuzzed):
    """HAR 1.2 with all that was recorded by number: steps, callbacks and generated ones, and each lasts as long as its parts."""
    told = json.loads((fuzzed.folder / "exchanges.har").read_bytes())
    entries = told["log"]["entries"]

    assert [str(error) for error in jsonschema_rs.validator_for(HAR).iter_errors(told)] == []
    assert [entry["_number"] for entry in entries] == [e.number for e in fuzzed.exchanges]
    assert {entry.get("_case", "") for entry in entries} >= {
        case.id for case in fuzzed.run.fuzzed.cases if case.exchanges
    }
    assert all(entry["time"] == sum(part for part in entry["timings"].values() if part > 0) for entry in entries)


ODD = {
    "no answer": Exchange(1, "read", "simulator", "2026-11-21T04:12:13.000Z", Request("GET", "https://h/a?b=1&b=&c#d"), error="broken"),
    "no text": Exchange(2, "read", "simulator", "2026-11-21T04:12:13.000Z", Request("POST", "https://h", (), "[3 bytes of image/png, not text]"),
                        Response(200, (("Content-Type", "image/png"),), "[9 bytes, encoded as br]", 9, True), 0.25),
    "came in": Exchange(3, "told", "simulator", "2026-11-21T04:12:13.000Z", Request("POST", "/callbacks/1", (("host", "us:1"),), "{}"),
                        Response(204), direction="incoming", delivery="as promised"),
    "hostile": Exchange(4, "read", "simulator", "2026-11-21T04:12:13.000Z", Request("GET", "https://h/%zz?[=\ud800", (("x", HOSTILE),), HOSTILE),
                        Response(799, (("location", HOSTILE),), HOSTILE, 5)),
}  # fmt: skip


def _entry(run: Run, exchange: Exchange) -> Any:
    told = json.loads(b"".join(har(run, [exchange])))
    assert jsonschema_rs.validator_for(HAR).is_valid(told)
    return told["log"]["entries"][0]


def test_a_har_entry_without_an_answer_has_status_0(run):
    """As browsers have it; the query is told as it was sent."""
    entry = _entry(run, ODD["no answer"])

    assert (entry["response"]["status"], entry["response"]["_error"]) == (0, "broken")
    assert [(q["name"], q["value"]) for q in entry["request"]["queryString"]] == [("b", "1"), ("b", ""), ("c", "")]


def test_a_har_has_no_text_where_there_was_none(run):
    """A body that is no text is described in a comment."""
    entry = _entry(run, ODD["no text"])

    assert (entry["request"]["postData"]["text"], entry["request"]["postData"]["comment"]) == (
        "",
        "3 bytes of image/png, not text",
    )
    assert entry["response"]["content"]["text"] == ""
    assert entry["response"]["content"]["comment"] == "9 bytes, encoded as br; not read to the end"
    assert entry["timings"]["wait"] == entry["time"] == 250


def test_a_har_names_the_host_that_a_callback_came_to(run):
    """An incoming request has a path and a header for its host; a HAR has whole addresses."""
    assert _entry(run, ODD["came in"])["request"]["url"] == "https://us:1/callbacks/1"


def test_a_har_of_hostile_data_is_valid(run):
    """Whatever came over the wire is text in it."""
    assert "calc" in _entry(run, ODD["hostile"])["response"]["content"]["text"]


def test_a_har_holds_one_exchange_at_a_time(run):
    """An entry is written before the next exchange is asked for."""
    pulled: list[int] = []
    pieces = har(run, (pulled.append(n) or replace(ODD["came in"], number=n) for n in range(1000)))
    next(pieces)
    next(pieces)

    assert pulled == [0]
    assert sum(1 for _ in pieces) == 1000


def test_junit_counts_what_we_count(fuzzed, run, verdict):
    """As many failures, errors and skipped as there are outcomes, none without its requirement, and no name twice."""
    told = ElementTree.parse(fuzzed.folder / "junit.xml").getroot()
    cases = list(told.iter("testcase"))
    names = [(case.get("classname"), case.get("name")) for case in cases]

    assert len(set(names)) == len(names)
    assert {name.removeprefix("mini.") for name, _ in names if name} - {"fuzzing", "verdict"} == {
        j.requirement.id for j in verdict.judgements
    }
    assert {case.get("name") for case in cases if case.get("classname") == "mini.fuzzing"} == {
        j.round.name for j in verdict.fuzz.rounds
    }
    findings = sum(len(j.findings) for j in verdict.judgements if j.in_scope)
    assert len(cases) == findings + len(verdict.open) + len(verdict.fuzz.rounds) + 1
    assert int(told.get("skipped", "")) == len(verdict.open) + sum(
        f.outcome is Outcome.NOT_APPLICABLE for f in run.findings
    )
    assert [told.get(name) for name in ("tests", "failures", "errors")] == [str(len(cases)), "0", "0"]


def test_junit_names_are_the_same_in_every_run(fuzzed, sealed):
    """They tell nothing of the run they are from."""
    names = [
        re.findall('classname=.*? name="[^"]*"', (ended.folder / "junit.xml").read_text()) for ended in (fuzzed, sealed)
    ]

    assert [name for name in names[0] if "mini.fuzzing" not in name] == names[1]
    assert fuzzed.run.id not in str(names)


def test_junit_is_not_green_when_the_run_has_not_passed(run, verdict):
    """A run without footer is unknown although every scenario passed, and its JUnit has an error that says why."""
    broken = replace(run, footer=None)
    told = _parsed(junit(broken, judge(broken, Dossier("mini", MINI).register)))
    [error] = told.iter("error")

    assert told.get("errors") == "1"
    assert "no footer" in error.get("message", "")


def test_junit_tells_a_scenario_that_never_reported(run, verdict):
    """Each scenario that was set out to show a requirement has its line, whether it came to an end or not."""
    silent = replace(run, findings=tuple(f for f in run.findings if f.requirement != "MI-01"))
    told = _parsed(junit(silent, judge(silent, Dossier("mini", MINI).register)))

    assert {
        (case.get("classname"), error.get("message")) for case in told.iter("testcase") for error in case.iter("error")
    } >= {("mini.MI-01", "never reported")}


def _with_hostile_finding(run: Run) -> tuple[Run, Verdict]:
    findings = (replace(run.findings[0], outcome=Outcome.FAILED, what=HOSTILE), *run.findings[1:])
    hostile = replace(run, findings=findings)
    return hostile, judge(hostile, Dossier("mini", MINI).register)


def test_junit_of_hostile_data_is_xml(run):
    """What XML cannot hold is written out, the rest is escaped."""
    [failure, *_] = _parsed(junit(*_with_hostile_finding(run))).iter("failure")

    assert failure.get("message") == "=cmd|' /C calc'!A0 \\x00\\x1b[31m\\xd800\\xfffe <b>&\"'"


def _cells(workbook: bytes, sheet: int) -> list[list[str]]:
    """The text of each row; fails on a cell that is anything else than text."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        shared = ["".join(item.itertext()) for item in ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))]
        root = ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{sheet}.xml"))
    assert {cell.get("t") for cell in root.iter(f"{SHEET}c") if len(cell)} == {"s"}
    assert next(root.iter(f"{SHEET}f"), None) is None
    return [[shared[int("".join(c.itertext()))] if len(c) else "" for c in row] for row in root.iter(f"{SHEET}row")]


def test_the_workbook_has_the_matrix_and_the_counts(fuzzed, verdict):
    """The rows of requirements.csv on one sheet, and on the other what they add up to."""
    workbook = (fuzzed.folder / "requirements.xlsx").read_bytes()
    with (fuzzed.folder / "requirements.csv").open(newline="") as rows:
        assert _cells(workbook, 1) == list(csv.reader(rows))
    counts = {row[0]: row[1] for row in _cells(workbook, 2)}

    assert counts["verdict"] == "passed"
    assert sum(
        int(count) for what, count in counts.items() if what in {f"requirements {o.words}" for o in Outcome}
    ) == len(verdict.judgements)
    assert counts["requirements passed"] == str(verdict.count(Outcome.PASSED))
    assert counts["exchanges recorded"] == str(len(fuzzed.exchanges))


def test_a_workbook_runs_no_formula_and_keeps_its_cells(run):
    """What looks like a formula is text, also to whoever edits it; what is too long for a cell says that it was cut."""
    hostile, verdict = _with_hostile_finding(run)
    long = replace(verdict.judgements[0], reason="x" * 100_000)
    workbook = b"".join(requirements_xlsx(replace(verdict, judgements=(long, *verdict.judgements)), hostile))
    cells = _cells(workbook, 1)
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        styles = parts.read("xl/styles.xml")

    assert len(cells[1][11]) == 32_767
    assert cells[1][11].endswith("(cut; requirements.csv has the whole)")
    assert any(cell.startswith("=cmd|") for row in cells for cell in row)
    assert b'quotePrefix="1"' in styles


def test_a_workbook_is_the_same_bytes_each_time(run, verdict):
    """No date of today, and nothing compressed, since compressors differ."""
    first, again = (b"".join(requirements_xlsx(verdict, run)) for _ in range(2))
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        entries = parts.infolist()

    assert first == again
    assert {(entry.date_time, entry.compress_type) for entry in entries} == {
        ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED)
    }


def _results(folder: Path) -> list[Any]:
    return [json.loads(path.read_bytes()) for path in sorted((folder / "allure-results").glob("*-result.json"))]


def test_allure_shows_what_was_run(fuzzed, run, verdict):
    """A result for each scenario that was declared and each round, with the same outcomes and steps; no two are merged into one."""
    results = _results(fuzzed.folder)
    named = {result["fullName"]: result for result in results}

    assert (
        len(results)
        == len(named)
        == len({result["historyId"] for result in results})
        == len(run.expected) + len(verdict.fuzz.rounds)
    )
    assert {id_ for id_, outcome in run.finished.items() if outcome == "passed"} == {
        id_ for id_ in run.finished if named[id_]["status"] == "passed"
    }
    assert Counter(step["status"] for result in results for step in result["steps"])["passed"] == sum(
        step.outcome == "passed" for step in run.steps
    )
    for id_ in run.finished:
        tags = {label["value"] for label in named[id_]["labels"] if label["name"] == "tag"}
        assert tags == {f.requirement for f in run.findings if f.scenario == id_}
        assert 0 < named[id_]["start"] <= named[id_]["stop"]


def test_allure_tells_a_scenario_that_never_ended(run, verdict):
    """It is broken, and not missing."""
    cut = next(iter(run.finished))
    broken = replace(run, finished={id_: outcome for id_, outcome in run.finished.items() if id_ != cut})
    results = [
        json.loads(data)
        for name, data in allure_results(broken, verdict, Dossier("mini", MINI).provider)
        if name.endswith("json")
    ]

    assert [(r["fullName"], r["statusDetails"]) for r in results if r["status"] == "broken"] == [
        (cut, {"message": "it never ended"})
    ]


def test_allure_knows_a_scenario_again(fuzzed, sealed):
    """Its history is that of the same scenario in other runs; the result is this run's own, and the same whenever it is read."""
    first, other = ({r["fullName"]: r for r in _results(ended.folder)} for ended in (fuzzed, sealed))
    again = [
        name
        for name, _ in allure_results(
            sealed.run, sealed.verdict(Dossier("mini", MINI).register), Dossier("mini", MINI).provider
        )
    ]

    assert set(other) < set(first)
    assert all(
        first[name]["historyId"] == told["historyId"] and first[name]["uuid"] != told["uuid"]
        for name, told in other.items()
    )
    assert {f"{told['uuid']}-result.json" for told in other.values()} < set(again)
