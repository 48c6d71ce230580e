"""Summary and Profile: each member's own, by the right kind of token, and as fresh as the books."""

from typing import Any

import pytest

from tests.air_miles.bench import told
from tests.air_miles.collector_bench import PROFILE, SUMMARY, CollectorBench, full, person


@pytest.fixture(name="bench")
def right_one() -> CollectorBench:
    return CollectorBench()


def test_a_summary_is_its_members_own(bench: CollectorBench) -> None:
    for role in ("existing", "another member"):
        assert told(bench.summary(bench.member(role)))["collectorNumber"] == bench.number(role)


@pytest.mark.parametrize(("role", "grows"), [("existing", "dreamBalance"), ("reversing", "cashBalance")])
def test_a_credit_shows_at_once_in_the_balance_it_went_to(bench: CollectorBench, role: str, grows: str) -> None:
    before = told(bench.summary(bench.member(role)))
    bench.post(7, role=role)
    after = told(bench.summary(bench.member(role)))

    assert after == before | {grows: before[grows] + 7}


def test_a_profile_shows_what_was_given(bench: CollectorBench) -> None:
    """Letter by letter, fields that nobody published and fractions among them."""
    sent = full(phones=[{"type": "Home", "number": "4165550117"}, {"type": "Mobile", "number": "9055550131"}],
                firstName="Zoé-Anaïs", lastName="O'Connor", language="fr")  # fmt: skip
    sent["contactDetails"]["share"] = 0.25
    number = bench.new_member(sent)
    told_of = told(bench.profile(bench.member(number=number)))

    assert told_of == {"collectorNumber": number, **sent}


def test_a_new_member_earns_at_once(bench: CollectorBench) -> None:
    number = bench.new_member()
    sent = bench.keyed("postMiles", bench.sale(5, collectorNumber=number))

    assert sent.status == 200
    assert told(bench.summary(bench.member(number=number)))["dreamBalance"] == 5


def test_who_enrolled_without_a_name_has_none(bench: CollectorBench) -> None:
    number = bench.new_member({"contactDetails": {"email": "x@example.test"}})

    assert told(bench.summary(bench.member(number=number)))["name"] == ""


@pytest.mark.parametrize(
    ("scopes", "summary", "profile"), [(SUMMARY, 200, 403), (PROFILE, 403, 200), ("other", 403, 403)]
)
def test_each_view_has_its_scope(bench: CollectorBench, scopes: str, summary: int, profile: int) -> None:
    token = bench.member(scopes=scopes)

    assert (bench.summary(token).status, bench.profile(token).status) == (summary, profile)


@pytest.mark.parametrize("role", ["inactive", "closed", "merged"])
def test_an_account_that_is_not_active_is_shown_to_nobody(bench: CollectorBench, role: str) -> None:
    assert bench.summary(bench.member(role)).status == 401


def test_a_header_changes_nothing_for_a_member(bench: CollectorBench) -> None:
    other = bench.number("another member")
    answer = bench.summary(bench.member(), collector_number=other)

    assert told(answer)["collectorNumber"] == bench.number("existing")


def test_a_machine_sees_nobody_unless_that_was_agreed(bench: CollectorBench) -> None:
    for headers in ({}, {"collector_number": bench.number("existing")}):
        assert bench.summary(bench.machine(), **headers).status == 403
        assert bench.profile(bench.machine(), **headers).status == 403


def test_where_it_was_agreed_a_header_names_the_collector() -> None:
    """And beside a member token it is refused, as a neighbour has it."""
    bench = CollectorBench(collector_m2m_header=True)
    number = bench.number("existing")

    assert told(bench.summary(bench.machine(), collector_number=number))["collectorNumber"] == number
    assert bench.summary(bench.member(), collector_number=number).status == 400
    assert bench.summary(bench.machine(), collector_number="80000009999").status == 404
    assert bench.summary(bench.machine()).status == 404


SETTINGS: list[tuple[str, Any, int]] = [
    ("collector_errors_token", 403, 403),
    ("collector_errors_scope", 401, 401),
]


@pytest.mark.parametrize(("setting", "value", "status"), SETTINGS)
def test_what_nobody_published_is_a_setting(setting: str, value: int, status: int) -> None:
    bench = CollectorBench(**{setting: value})
    token = "x" if "token" in setting else bench.member(scopes=PROFILE)

    assert bench.summary(token).status == status


def test_names_of_fields_are_settings() -> None:
    names = {"number": "a", "name": "b", "tier": "c", "dream": "d", "cash": "e"}
    bench = CollectorBench(collector_summary_responseSchema=names)

    assert set(told(bench.summary(bench.member()))) == set(names.values())


def test_a_refusal_names_nobody(bench: CollectorBench) -> None:
    """Whatever the reason, the collector's number stands nowhere in it."""
    ended = bench.member()
    bench.wait(86400)
    refusals = [
        bench.summary(ended),
        bench.summary(bench.member(scopes=PROFILE)),
        bench.enrol(person(), bench.member()),
    ]

    assert [answer.status for answer in refusals] == [401, 403, 403]
    assert all(bench.number("existing").encode() not in answer.body for answer in refusals)
