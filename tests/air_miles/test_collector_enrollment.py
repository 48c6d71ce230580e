"""Enrollment: who gets an account, who is refused, and that nobody gets two."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accredit.model.simulation import Canaries, Cut
from contracts.air_miles.collectors import check_digit, roles, seed
from tests.air_miles.bench import told
from tests.air_miles.collector_bench import ENROLLMENT, SUMMARY, CollectorBench, full, person


@pytest.fixture(name="bench")
def right_one() -> CollectorBench:
    return CollectorBench()


@pytest.mark.parametrize("number", ["84095202006", "80085102028", "80000000007", "80000000060", "80000000150"])
def test_a_right_check_digit_is_right(number: str) -> None:
    """Two of the provider's own samples, and numbers whose remainder is above 1, 0 and 1."""
    assert check_digit(number)


@pytest.mark.parametrize(
    "number",
    ["81111111111", "80000000001", "80000000008", "8008510202", "800851020280", "70085102028", "8008510202A",
     "", "800 851 020 28", "８0085102028"],
)  # fmt: skip
def test_a_wrong_number_is_wrong(number: str) -> None:
    assert not check_digit(number)


def test_everybody_seeded_has_a_good_number_and_no_ones_address() -> None:
    people, parts = seed(Canaries()), roles(Canaries())

    assert all(check_digit(number) for number in people)
    assert all(person.email.endswith("@example.test") for person in people.values())
    assert len({person.email for person in people.values()}) == len(people)
    assert check_digit(parts["unknown"]["number"])
    assert parts["unknown"]["number"] not in people
    assert {part["number"] for part in parts.values()} - set(people) == {parts["unknown"]["number"]}
    assert people[parts["merged"]["number"]].merged_into == parts["survivor"]["number"]


def test_an_enrolment_opens_one_account_with_a_good_number(bench: CollectorBench) -> None:
    before = bench.simulator.accounts()
    answer = bench.enrol(full())

    assert answer.status == 201
    assert check_digit(told(answer)["collectorNumber"])
    assert bench.simulator.accounts_of("NOEMIE@example.test") == [told(answer)["collectorNumber"]]
    assert bench.simulator.accounts() == before + 1


def test_a_hundred_new_numbers_are_good_and_differ(bench: CollectorBench) -> None:
    numbers = [bench.new_member(person(f"n{n}@example.test")) for n in range(100)]

    assert len(set(numbers)) == 100
    assert all(check_digit(number) for number in numbers)


def test_personal_details_may_be_left_out_whole(bench: CollectorBench) -> None:
    """The page has the parent optional and three of its children required (P17's oddity)."""
    assert bench.enrol({"contactDetails": {"email": "x@example.test"}}).status == 201
    assert bench.enrol({"personalDetails": {}, "contactDetails": {"email": "y@example.test"}}).status == 400


REFUSED: list[Any] = [
    *(person(**{name: None}) for name in ("firstName", "lastName", "dateOfBirth")),
    *(person(firstName=value) for value in ("", "  ", 5, ["x"])),
    *(person(dateOfBirth=day) for day in ("25/12/1988", "1988-02-30", "1988-13-01", "1988-1-1", "19881225", "x")),
    *(person(email) for email in ("", "x", "x@", "@x.test", "two words@x.test", "x@test", "a@b@c.test")),
    {"personalDetails": person()["personalDetails"]},
    person() | {"contactDetails": "x@example.test"},
    person() | {"contactDetails": {"email": "x@example.test", "phones": "4165550117"}},
    person() | {"personalDetails": [1]},
    person(gender=1),
]


@pytest.mark.parametrize("body", REFUSED, ids=str)
def test_what_cannot_be_is_refused_and_opens_nothing(bench: CollectorBench, body: Any) -> None:
    before = bench.simulator.accounts()

    assert bench.enrol(body).status == 400
    assert bench.simulator.accounts() == before


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"personalDetails": "\\ud800"}',
     b'{"contactDetails": {"email": NaN}}', b'{"contactDetails": {"email": "x@example.test", "n": 1e999999}}'],
)  # fmt: skip
def test_nothing_that_is_sent_trips_it(bench: CollectorBench, body: bytes) -> None:
    answer = bench.enrol(body)

    assert answer.status in (201, 400)
    assert told(answer)


@pytest.mark.parametrize(("days", "status"), [(0, 201), (1, 400)])
def test_a_birth_date_lies_behind(bench: CollectorBench, days: int, status: int) -> None:
    born = (bench.now + timedelta(days=days)).date().isoformat()

    assert bench.enrol(person(dateOfBirth=born)).status == status


@pytest.mark.parametrize(("born", "status"), [("2010-11-21", 201), ("2010-11-22", 400)])
def test_a_least_age_counts_birthdays(born: str, status: int) -> None:
    """It is 21 November 2026, and sixteen were agreed."""
    assert CollectorBench(collector_enrollment_minAge=16).enrol(person(dateOfBirth=born)).status == status


def test_an_enrolment_sent_again_opens_nothing(bench: CollectorBench) -> None:
    """Whatever the case of the address, at once or much later."""
    first = bench.enrol(person("Noemie@Example.test"))
    again = bench.enrol(person())
    bench.wait(100_000)

    assert [first.status, again.status, bench.enrol(person()).status] == [201, 409, 409]
    assert bench.simulator.accounts_of("noemie@example.test") == [told(first)["collectorNumber"]]


def test_a_lost_answer_leaves_the_account(bench: CollectorBench) -> None:
    bench.simulator.lose_next_enrollment()
    lost = bench.enrol(person())

    assert lost.cut is Cut.BEFORE_THE_ANSWER
    assert bench.enrol(person()).status == 409
    assert len(bench.simulator.accounts_of("noemie@example.test")) == 1


def test_only_an_enrolment_that_opens_an_account_is_lost(bench: CollectorBench) -> None:
    """A refused one in between is heard."""
    bench.simulator.lose_next_enrollment()

    assert [bench.enrol(body).cut for body in (person("x"), person(), person("b@example.test"))] == [
        Cut.NOWHERE, Cut.BEFORE_THE_ANSWER, Cut.NOWHERE,
    ]  # fmt: skip


def test_a_member_may_be_answered_with_the_account_there_is() -> None:
    bench = CollectorBench(collector_enrollment_duplicatePolicy="200")
    role = bench.roles["members"]["existing"]
    answer = bench.enrol({name: role[name] for name in ("personalDetails", "contactDetails")})

    assert (answer.status, told(answer)) == (200, {"collectorNumber": role["number"]})


@pytest.mark.parametrize(
    ("kind", "member", "machine"), [("either", 201, 201), ("member", 201, 403), ("machine", 403, 201)]
)
def test_a_setting_says_whose_token_enrols(kind: str, member: int, machine: int) -> None:
    bench = CollectorBench(collector_enrollment_tokenKind=kind)
    by_member = bench.enrol(person("a@example.test"), bench.member(scopes=ENROLLMENT))
    by_machine = bench.enrol(person("b@example.test"), bench.machine(ENROLLMENT))

    assert (by_member.status, by_machine.status) == (member, machine)


@pytest.mark.parametrize("token", [lambda b: b.machine(SUMMARY), lambda b: b.member()])
def test_without_its_scope_nobody_enrols(bench: CollectorBench, token: Callable[[CollectorBench], str]) -> None:
    assert bench.enrol(person(), token(bench)).status == 403
    assert bench.simulator.accounts_of("noemie@example.test") == []


SETTINGS: list[tuple[str, Any, Any, int]] = [
    ("collector_enrollment_successStatus", 200, person(), 200),
    ("collector_enrollment_required", ["contactDetails.email"], person(firstName=None), 201),
    ("collector_enrollment_required", ["personalDetails.gender"], person(), 400),
    ("collector_enums_gender", ["X"], full(), 400),
    ("collector_enums_title", ["MR"], full(), 400),
    ("collector_enums_phoneType", ["Home"], person(phones=[{"type": "Mobile"}]), 400),
    ("collector_enums_phoneType", ["Mobile"], person(phones=[{"type": "Mobile "}]), 201),
    ("collector_errors_invalid", 422, person("x"), 422),
]


@pytest.mark.parametrize(("setting", "value", "body", "status"), SETTINGS)
def test_what_nobody_published_is_a_setting(setting: str, value: Any, body: Any, status: int) -> None:
    assert CollectorBench(**{setting: value}).enrol(body).status == status


def test_the_number_stands_where_the_setting_says() -> None:
    bench = CollectorBench(collector_enrollment_responseSchema={"number": "account"})

    assert set(told(bench.enrol(person()))) == {"account"}
