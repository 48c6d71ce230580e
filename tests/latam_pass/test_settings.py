"""What nobody published is a setting; and whatever is sent, the answers fit the contract."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from accredit.model.simulation import Answer
from tests.latam_pass.bench import DEFAULTS, DOSSIER, LATER, MARKER, SCOPES, Bench, told

BY_SETTING: Sequence[tuple[str, Any, Callable[[Bench], Answer], int]] = [
    ("token.successStatus", 201, lambda b: b.grant(), 201),
    ("search.successStatus", 206, lambda b: b.anyone(), 206),
    ("accrual.successStatus", 201, lambda b: b.report(), 201),
    ("accrual.get.successStatus", 206, lambda b: b.ask(), 206),
    ("cobrand.begin.successStatus", 200, lambda b: b.begin(), 200),
    ("headers.latamTest.missingInTest", 401, lambda b: b.anyone(without=[MARKER]), 401),
    (
        "headers.latamTest.presentInProd",
        403,
        lambda b: b.anyone(environment="production", **{MARKER: "LatamPass"}),
        403,
    ),
    ("member.errors.nobody", 422, lambda b: b.search("1"), 422),
    ("member.errors.scope", 400, lambda b: b.anyone(scopes="no-such"), 400),
    ("member.errors.noScope", 422, lambda b: b.anyone(scopes=""), 422),
    ("member.errors.invalid", 422, lambda b: b.search(), 422),
    ("accrual.limits.description", 5, lambda b: b.report(), 400),
    ("accrual.interfaceId.required", True, lambda b: b.report(), 400),
    ("accrual.email.required", True, lambda b: b.report(), 400),
    ("accrual.limits.points", 5, lambda b: b.report(), 400),
    ("cobrand.begin.nobody", 422, lambda b: b.begin(role="nobody"), 422),
    ("cobrand.begin.noBank", 422, lambda b: b.begin(without=["x-issue-bank"]), 422),
    ("cobrand.end.neverBegan", 409, lambda b: b.end(), 409),
]


@pytest.mark.parametrize(("setting", "value", "act", "status"), BY_SETTING, ids=[case[0] for case in BY_SETTING])
def test_what_nobody_published_is_a_setting(
    setting: str, value: Any, act: Callable[[Bench], Answer], status: int
) -> None:
    """Another value of the setting is another answer: nothing is decided in code."""
    assert act(Bench(**{setting: value})).status == status
    assert act(Bench()).status != status


@pytest.mark.parametrize(
    "operation", ["requestToken", "searchMember", "requestAccrual", "getAccruals", "beginCobrand", "endCobrand"]
)
@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"ffn": "\\ud800"}',
     b'{"points": ' + b"9" * 5000 + b"}", b'{"ffn": [1], "document": [], "member": [], "card": [], "partner": []}', b'{"member": {"ffn": NaN}}'],
)  # fmt: skip
def test_nothing_that_is_sent_trips_it(bench: Bench, operation: str, body: Any) -> None:
    answer = bench.call(operation, body, x_scope="member-status", x_issue_bank="BANK-ONE")

    assert answer.status == 400
    assert told(answer)


def test_answers_fit_the_contract(bench: Bench) -> None:
    """Each status is one the contract has for the operation, each body fits its schema."""
    card = {"member": {"ffn": bench.ffn()}, "card": {}}
    bench.report()
    bench.wait(LATER)
    answers: list[tuple[str, Answer]] = [
        *(("requestToken", a) for a in (bench.grant(), bench.grant(basic="x:y"), bench.grant(without=[MARKER]))),
        *(
            ("searchMember", a)
            for a in (bench.anyone(scopes=",".join(SCOPES)), bench.search(), bench.anyone(scopes="x"))
        ),
        *(("searchMember", a) for a in (bench.anyone(access_token="x"), bench.search("x"))),
        *(("requestAccrual", a) for a in (bench.report(), bench.report(points=0), bench.report(partner={"id": "x"}))),
        *(("getAccruals", a) for a in (bench.ask(), bench.ask(size=0))),
        *(
            ("beginCobrand", bench.call("beginCobrand", body, x_issue_bank="BANK-ONE"))
            for body in (card, {}, card | {"member": {"ffn": "x"}})
        ),
        *(("endCobrand", bench.end({"token": token})) for token in ("one", "two")),
    ]

    for operation, answer in answers:
        assert _misfits(operation, answer) == []


def _misfits(operation: str, answer: Answer) -> list[str]:
    promise = DOSSIER.contract.promises[operation]
    return list(promise.compare(answer.status, list(answer.headers.items()), answer.body).misfits)


def test_every_setting_it_reads_is_in_the_providers_file() -> None:
    """Nothing is decided in code that is a setting, and no setting is read that nobody can set."""
    source = "".join(path.read_text() for path in DOSSIER.folder.glob("*.py"))
    read = set(re.findall(r'setting\("([^"]+)"\)', source))

    assert read <= set(DEFAULTS)
    assert {
        name for name in DEFAULTS if name.startswith(("accrual.", "cobrand.", "member.", "rate.", "headers."))
    } - read == {
        "accrual.v2.schema",
        "accrual.holdDays",
    }


def test_roles_are_synthetic_and_complete(bench: Bench) -> None:
    """The shape of a partner's accredit.toml; codes in the manner of Brazil fail its check digits."""
    members = bench.roles["members"]

    assert sorted(members) == [
        "another member", "code beginning with zero", "collecting", "known by both", "known by document only",
        "known by member code", "nobody", "not active", "repeating", "with a cobrand card", "with a tier",
    ]  # fmt: skip
    assert all(member.get("email", "@example.test").endswith("@example.test") for member in members.values())
    assert not any(_is_cpf(member["ffn"]) for member in members.values() if len(set(member["ffn"])) > 1)
    assert sorted(bench.roles["products"]) == ["slow", "standard", "unknown"]
    assert sorted(bench.roles["banks"]) == ["another issuer", "issuer"]
    assert sorted(bench.roles["cards"]) == ["first", "second"]
    assert bench.roles == bench.simulator.roles("production")


def _is_cpf(number: str) -> bool:
    digits = [int(digit) for digit in number]
    return all(sum((k + 1 - i) * digits[i] for i in range(k)) * 10 % 11 % 10 == digits[k] for k in (9, 10))
