"""What identity and Collector Service answer fits their contracts, and whatever nobody published is a setting somebody can set."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema_rs
import pytest

from accredit.model.simulation import Answer
from accredit.suite.catalogue import Dossier
from tests.air_miles.bench import DEFAULTS, FOLDER, ROOT
from tests.air_miles.collector_bench import OFFLINE, PROFILE, SUMMARY, CollectorBench, full, landing, person

DOSSIER = Dossier("air_miles", ROOT)
ANSWERS: Mapping[str, list[Callable[[CollectorBench], Answer]]] = {
    "authorize": [lambda b: b.authorize(), lambda b: b.authorize(scope=None), lambda b: b.authorize(client_id="x")],
    "requestToken": [
        lambda b: b.grant(), lambda b: b.grant(client_secret="x"), lambda b: b.grant(audience="x"),
        lambda b: b.grant(grant_type="x"), lambda b: b.exchange("x"), lambda b: b.refresh("x"),
        lambda b: b.exchange(landing(b.authorize(scopes=f"{SUMMARY} {OFFLINE}"))["code"]),
    ],
    "enroll": [
        lambda b: b.enrol(full()), lambda b: b.enrol(person("x")), lambda b: b.enrol(token="x"),
        lambda b: b.enrol(token=b.member()), lambda b: [b.enrol(), b.enrol()][1],
    ],
    "getSummary": [
        lambda b: b.summary(b.member()), lambda b: b.summary("x"), lambda b: b.summary(b.member(scopes=PROFILE)),
        lambda b: b.summary(b.member("inactive")),
    ],
    "getProfile": [lambda b: b.profile(b.member()), lambda b: b.profile("x"), lambda b: b.profile(b.machine())],
}  # fmt: skip


@pytest.mark.parametrize("operation", ANSWERS)
def test_answers_fit_the_contract(operation: str) -> None:
    """Each status is one the contract has for the operation, each body fits its schema."""
    for act in ANSWERS[operation]:
        assert _misfits(operation, act(CollectorBench())) == []


def test_where_the_header_is_agreed_answers_fit_too() -> None:
    bench = CollectorBench(collector_m2m_header=True)

    for answer in (
        bench.summary(bench.member(), collector_number="x"),
        bench.summary(bench.machine(), collector_number="x"),
    ):
        assert _misfits("getSummary", answer) == []


@pytest.mark.parametrize("body", [full(), person(), {"contactDetails": {"email": "x@example.test"}}])
def test_enrolments_that_succeed_fit_the_contract(body: dict[str, Any]) -> None:
    document = DOSSIER.documents["collector"]
    schema = {**document["components"]["schemas"]["Enrollment"], "components": document["components"]}

    assert jsonschema_rs.validator_for(schema).is_valid(body)
    assert CollectorBench().enrol(body).status == 201


def test_the_operations_are_these() -> None:
    found = {
        (o.id, o.method, o.path, o.effect)
        for o in DOSSIER.contract.operations
        if o.service in ("identity", "collector")
    }

    assert found == {
        ("authorize", "GET", "/authorize", "reads"),
        ("requestToken", "POST", "/oauth/token", "token"),
        ("enroll", "POST", "/collectors/", "writes"),
        ("getSummary", "GET", "/collectors/summary", "reads"),
        ("getProfile", "GET", "/collectors/profile", "reads"),
    }
    assert DEFAULTS["collector.summary.path"] == DOSSIER.contract["getSummary"].path
    assert DEFAULTS["collector.profile.path"] == DOSSIER.contract["getProfile"].path


def test_every_setting_of_theirs_is_read() -> None:
    """But for the two paths, which only the contract can enact, and what the scenarios alone send."""
    source = "".join(path.read_text() for path in FOLDER.glob("*.py"))
    read = set(re.findall(r'setting\(\s*"([^"]+)"', source))
    read |= {name for name in DEFAULTS if f'"{name}"' in source}
    mine = {name for name in DEFAULTS if name.startswith(("oauth.", "collector."))}

    assert read <= set(DEFAULTS)
    assert mine - read == {"collector.summary.path", "collector.profile.path", "collector.enrollment.extraFields"}


def _misfits(operation: str, answer: Answer) -> list[str]:
    promise = DOSSIER.contract.promises[operation]
    return list(promise.compare(answer.status, list(answer.headers.items()), answer.body).misfits)
