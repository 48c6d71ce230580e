"""What a budget file must be before anything is sent by it."""

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accredit.model.budget import budget_from
from accredit.model.errors import UsageError
from accredit.model.keys import key_id
from accredit.model.writes import NotCovered, Sending, charge_of
from accredit.suite.budgets import Approved, approved_budget
from accredit.suite.catalogue import Dossier
from tests.budgets import ROLE, Desk, told
from tests.conftest import MINI, ROOT

DOSSIER = Dossier("mini", MINI)
NOW = datetime.now(UTC)
ROLES = {"members": {"collecting": {"card": "7000000002"}}}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, "mini")
    desk.partner_file.write_text(desk.people)
    return desk


def _right(**changes: Any) -> dict[str, Any]:
    return told("mini", ROLES, {"credit": 5}, **changes)


def _looked_at(desk: Desk, now: datetime = NOW) -> Approved:
    return approved_budget(desk.budget, DOSSIER, desk.partner_file, now)


def test_a_budget_that_both_signed_holds(desk: Desk) -> None:
    """It says who signed, and which requirements run because of it."""
    desk.approve(_right())

    approved = _looked_at(desk)

    assert [one.by for one in approved.signed] == ["ada", "ben"]
    assert approved.covered == {"MI-02"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"end": NOW - timedelta(seconds=1)}, "ended at .* have another signed"),
        ({"start": NOW + timedelta(hours=1)}, "begins at .* wait"),
        ({"start": NOW, "end": NOW - timedelta(hours=1)}, "not after its start"),
        ({"provider": "points"}, "is for 'points', and this run is mini's"),
        ({"environment": "certification"}, "is for 'certification'; only production"),
        ({"hours": 3}, "hours: Unexpected"),
        ({"points": {"total": 1, "each": 1, "daily": 1}}, r"points.daily: Unexpected"),
        ({"points": {"total": 5001, "each": 1}}, "points.total is 5001, the ticket INC-4711 allows 5000"),
        ({"operations": {"credit": {"count": 101}}}, "counts 101 requests in all, the ticket INC-4711 allows 100"),
        ({"points": {"total": 10, "each": 11}}, "points.each is 11, more than points.total, 10"),
        ({"points": {"total": -1, "each": -1}}, "whole number, not below 0"),
        ({"operations": {"credit": {"count": "5"}}}, "operations.credit.count is '5'"),
        ({"start": datetime(2026, 1, 1)}, "time with its offset"),  # noqa: DTZ001 - that is what is wrong
        ({"start": "2026-01-01T00:00:00Z"}, "time with its offset"),
        ({"operations": {}}, "names no operation"),
        ({"operations": {"creditt": {"count": 1}}}, "creditt: no such operation"),
        ({"operations": {"readMember": {"count": 1}}}, "readMember only reads"),
        ({"approvers": ["ada", "ada"]}, "two different people"),
        ({"approvers": ["ada", "ben", "eve"]}, "two different people"),
        ({"kill_switch": ""}, "kill_switch is empty"),
    ],
)
def test_a_budget_that_cannot_be_used_says_why(desk: Desk, changes: dict[str, Any], says: str) -> None:
    """Expired, not yet begun, another's, unknown fields, larger than the ticket says: refused, with what is wrong and what to do."""
    desk.approve(_right(**changes))

    with pytest.raises(UsageError, match=says):
        _looked_at(desk)


def _unsigned(desk: Desk) -> None:
    desk.write(_right())


def _by_one(desk: Desk) -> None:
    desk.write(_right())
    desk.sign("ada")
    desk.sign("ada", says="and once more")


def _one_in_the_name_of_two(desk: Desk) -> None:
    desk.write(_right())
    desk.sign("ada")
    desk.keys["ben"] = desk.keys["ada"]
    desk.sign("ben")


def _over_other_bytes(desk: Desk) -> None:
    desk.approve(_right())
    desk.budget.write_text(desk.budget.read_text() + "\n")


def _by_a_stranger(desk: Desk) -> None:
    desk.write(_right())
    desk.sign("ada", "eve")


def _by_somebody_who_is_no_approver(desk: Desk) -> None:
    desk.partner_file.write_text(
        desk.people
        + f'[people.eve]\nname = "Eve"\nroles = ["approver"]\nkey = "{key_id(desk.keys["eve"].public_key())}"\n'
    )
    desk.write(_right())
    desk.sign("ada", "eve")


def _for_another_purpose(desk: Desk) -> None:
    desk.write(_right())
    desk.sign("ada", "ben", purpose="mini.approval")


def _in_another_role(desk: Desk) -> None:
    desk.write(_right())
    desk.sign("ada")
    desk.sign("ben", role="lead")


def _in_another_role_of_theirs(desk: Desk) -> None:
    desk.partner_file.write_text(desk.people.replace(f'["{ROLE}"]', f'["{ROLE}", "lead"]'))
    _in_another_role(desk)


def _by_one_with_two_keys(desk: Desk) -> None:
    desk.partner_file.write_text(desk.people.replace('name = "Ben"', 'name = "Ada"'))
    desk.write(_right())
    desk.sign("ada")
    desk.sign("ben", by="Ada")


def _in_anothers_name(desk: Desk) -> None:
    desk.write(_right())
    desk.sign("ada")
    desk.sign("ben", by="Eve")


def _over_other_facts(desk: Desk) -> None:
    desk.write(_right())
    desk.sign("ada")
    desk.sign("ben", facts="0" * 64)


def _without_a_ledger(desk: Desk) -> None:
    desk.write(_right())
    desk.sign("ada")
    desk.sign("ben", counted="")


def _tomorrow(desk: Desk) -> None:
    desk.write(_right())
    desk.sign("ada")
    desk.sign("ben", at=(NOW + timedelta(days=1)).isoformat())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (_unsigned, "not signed by ada and ben: there is no signature of ada's; there is no signature of ben's"),
        (_by_one, "not signed by ben: there is no signature of ben's; ada has, and one person signs for one"),
        (_one_in_the_name_of_two, "not signed by ben: .*in the name of Ben, signed with the key of Ada"),
        (_by_one_with_two_keys, r"\[people.ada\] and \[people.ben\] are both Ada; two different people"),
        (_in_anothers_name, "not signed by ben: .*in the name of Eve, signed with the key of Ben"),
        (_over_other_facts, "Ben has signed other bytes than these of contracts/mini/budget.toml"),
        (_without_a_ledger, "not signed by ben: Ben has not signed in which ledger it is counted"),
        (_over_other_bytes, "Ada has signed other bytes than these of .*; Ben has signed other bytes"),
        (_by_a_stranger, "not signed by ben: .*is nobody's of .people. in"),
        (_by_somebody_who_is_no_approver, "not signed by ben"),
        (_for_another_purpose, "not signed by ada and ben"),
        (_in_another_role, "not signed by ben: .*Ben's as lead; it takes the role approver"),
        (_in_another_role_of_theirs, "not signed by ben: .*Ben's as lead; it takes the role approver"),
        (_tomorrow, "Ben's signature is of .* yet to come; check the clock"),
    ],
)
def test_a_budget_needs_two_signatures_over_its_very_bytes(
    desk: Desk, wrong: Callable[[Desk], None], says: str
) -> None:
    """Two different people of [people], both named in the file; each refusal says whose signature is missing, and why."""
    wrong(desk)

    with pytest.raises(UsageError, match=says):
        _looked_at(desk)


def test_every_byte_of_a_budget_is_signed(desk: Desk) -> None:
    """A change anywhere voids both signatures, if it can be read at all."""
    desk.approve(_right())
    data = desk.budget.read_bytes()

    for place in range(0, len(data), 11):
        desk.budget.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(UsageError):
            _looked_at(desk)


@pytest.mark.parametrize("provider", ["latam_pass", "air_miles", "points", "mini"])
def test_every_operation_that_writes_says_what_a_budget_counts(provider: str) -> None:
    """Or why none can cover it; and nothing but operations that write stands there."""
    dossier = DOSSIER if provider == "mini" else Dossier(provider, ROOT)

    assert set(dossier.writes) == {o.id for o in dossier.contract.operations if o.effect == "writes"}
    for name, writes in dossier.writes.items():
        assert writes.never or any(kind.startswith("members.") for kind in writes.named.values()), name


@pytest.mark.parametrize("provider", ["latam_pass", "air_miles", "points"])
def test_every_requirement_that_production_may_write_for_has_its_operations(provider: str) -> None:
    """None is left out by an oversight: either an operation shows it, or there is a reason why none does."""
    dossier = Dossier(provider, ROOT)
    shown = {id_ for writes in dossier.writes.values() for id_ in (*writes.shows, *writes.kept_out)}
    wanted = {r.id for r in dossier.register.driven if r.production == "writes" and "certification" in r.environments}

    assert wanted <= shown
    assert shown <= set(dossier.register.ids)


def test_facts_that_are_changed_void_both_signatures(desk: Desk, tmp_path: Path) -> None:
    """They say where a request's points stand: with others the same budget counts otherwise."""
    root = Path(shutil.copytree(MINI, tmp_path / "suite"))
    desk.approve(_right())
    facts = root / "contracts" / "mini" / "budget.toml"
    facts.write_text(facts.read_text().replace('points = "/points"\n', "").replace('["/note"]', '["/note", "/points"]'))

    with pytest.raises(UsageError, match=r"has signed other bytes than these of contracts/mini/budget\.toml"):
        approved_budget(desk.budget, Dossier("mini", root), desk.partner_file, NOW)


@pytest.mark.parametrize(("headers", "says"), [({}, "x-issue-bank is not there"), ({"x-issue-bank": "BANK-TWO"}, "none of the budget's banks"),
                                               ({"x-issue-bank": "BANK-ONE"}, "")])  # fmt: skip
def test_a_header_that_says_for_whom_a_write_is_has_to_be_there(headers: dict[str, str], says: str) -> None:
    """Left out it would leave to the provider for which bank it is."""
    roles = {"members": {"holder": {"ffn": "10000000001"}}, "banks": {"one": "BANK-ONE"}}
    budget = budget_from(told("latam_pass", roles, {"beginCobrand": 1}), "latam_pass", "a budget")
    told_headers = tuple({"content-type": "application/json", **headers}.items())
    sending = Sending("beginCobrand", "POST", "https://api.latampass.com/x", {}, True, told_headers,
                      b'{"member":{"ffn":"10000000001"},"card":{"type":"gold"}}')  # fmt: skip

    with pytest.raises(NotCovered, match=says) if says else nullcontext():
        charge_of(sending, Dossier("latam_pass", ROOT).writes, budget)
