"""Each defect of identity and Collector Service shows where it is meant to, and nowhere else."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from accredit.suite.catalogue import Dossier
from contracts.air_miles.collector_defects import DEFECTS
from contracts.air_miles.collectors import check_digit
from tests.air_miles.bench import FOLDER, ROOT, told
from tests.air_miles.collector_bench import OFFLINE, PROFILE, SUMMARY, CollectorBench, full, landing, person
from tests.defects import neglected, shown_elsewhere

DOSSIER = Dossier("air_miles", ROOT)


def _code(bench: CollectorBench, **how: Any) -> bool:
    return "code" in landing(bench.authorize(**how))


def _native(bench: CollectorBench, verifier: str | None) -> int:
    return bench.exchange(landing(bench.authorize(kind="native"))["code"], "native", code_verifier=verifier).status


def _twice(bench: CollectorBench) -> int:
    code = landing(bench.authorize())["code"]
    bench.exchange(code)
    return bench.exchange(code).status


def _old(bench: CollectorBench) -> int:
    code = landing(bench.authorize())["code"]
    bench.wait(61)
    return bench.exchange(code).status


def _refreshed(bench: CollectorBench) -> int:
    renewed = told(bench.refresh(bench.granted(scopes=f"{SUMMARY} {OFFLINE}")["refresh_token"]))
    return bench.summary(renewed["access_token"]).status


def _revoked(bench: CollectorBench) -> int:
    token = bench.granted(scopes=OFFLINE)["refresh_token"]
    bench.simulator.revoke_refresh_tokens(bench.number("existing"))
    return bench.refresh(token).status


def _ended_refresh(bench: CollectorBench) -> int:
    token = bench.granted(scopes=OFFLINE)["refresh_token"]
    bench.wait(2592001)
    return bench.refresh(token).status


def _altered(bench: CollectorBench) -> int:
    head, claims, signature = bench.member().split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    said["collector"] = bench.number("collecting")
    return bench.summary(f"{head}.{base64.urlsafe_b64encode(json.dumps(said).encode()).decode()}.{signature}").status


def _ended(bench: CollectorBench) -> tuple[int, bool]:
    """The status, and whether the answer names the member."""
    token = bench.member()
    bench.wait(86401)
    answer = bench.summary(token)
    return answer.status, bench.number("existing").encode() in answer.body


def _refused(bench: CollectorBench, **personal: Any) -> int:
    """How many accounts a refused enrolment opens."""
    before = int(bench.simulator.accounts())
    bench.enrol(person(**personal))
    return int(bench.simulator.accounts()) - before


def _opened(bench: CollectorBench, *bodies: Any) -> int:
    """How many accounts Noemie has after these enrolments."""
    for body in bodies:
        bench.enrol(body)
    return len(bench.simulator.accounts_of("noemie@example.test"))


def _unheard(bench: CollectorBench) -> int:
    bench.simulator.lose_next_enrollment()
    return _opened(bench, person(), person())


def _again(bench: CollectorBench) -> tuple[int, int]:
    """The answer to a member of long standing who enrols, and the number of their accounts."""
    role = bench.roles["members"]["existing"]
    answer = bench.enrol({name: role[name] for name in ("personalDetails", "contactDetails")})
    return answer.status, len(bench.simulator.accounts_of(role["contactDetails"]["email"]))


def _profile(bench: CollectorBench, body: Any) -> dict[str, Any]:
    return dict(told(bench.profile(bench.member(number=bench.new_member(body)))))


def _phones(bench: CollectorBench) -> int:
    phones = [{"type": "Home", "number": "4165550117"}, {"type": "Mobile", "number": "9055550131"}]
    return len(_profile(bench, person(phones=phones))["contactDetails"]["phones"])


def _first_name(bench: CollectorBench, name: str) -> str:
    return str(_profile(bench, person(firstName=name))["personalDetails"]["firstName"])


def _earned(bench: CollectorBench) -> int:
    number = bench.new_member()
    bench.keyed("postMiles", bench.sale(5, collectorNumber=number))
    return int(told(bench.summary(bench.member(number=number)))["dreamBalance"])


def _whose(bench: CollectorBench, look: Callable[..., Any], role: str = "another member", **headers: str) -> bool:
    """Whether the member is shown their own."""
    return bool(told(look(bench.member(role), **headers))["collectorNumber"] == bench.number(role))


def _grown(bench: CollectorBench) -> int:
    before = told(bench.summary(bench.member("watching")))["cashBalance"]
    bench.post(8, role="watching")
    return int(told(bench.summary(bench.member("watching")))["cashBalance"] - before)


TABLE: Mapping[str, tuple[Callable[[CollectorBench], Any], Any, Any]] = {
    "grants_to_a_wrong_secret": (lambda b: b.grant(audience="loyalty-api", client_secret="x").status, 401, 200),
    "native_application_gets_a_machine_token": (
        lambda b: b.form(grant_type="client_credentials", client_id=b.client("native")["client_id"],
                         audience="loyalty-api").status, 401, 200),
    "native_code_needs_no_verifier": (lambda b: _native(b, None), 403, 200),
    "any_verifier_is_accepted": (lambda b: _native(b, "another"), 403, 200),
    "web_code_needs_no_secret": (
        lambda b: b.exchange(landing(b.authorize())["code"], client_secret="x").status, 401, 200),
    "authorizes_over_any_connection": (lambda b: _code(b, connection="another"), False, True),
    "authorizes_without_audience": (lambda b: _code(b, audience=None), False, True),
    "redirects_to_any_address": (lambda b: _code(b, redirect_uri="https://stranger.test/"), False, True),
    "loses_the_state": (lambda b: landing(b.authorize()).get("state"), "a-state", None),
    "code_is_good_twice": (_twice, 403, 200),
    "code_never_ends": (_old, 403, 200),
    "offline_access_is_ignored": (lambda b: "refresh_token" in b.granted(scopes=OFFLINE), True, False),
    "refreshes_unasked": (lambda b: "refresh_token" in b.granted(), False, True),
    "refresh_loses_the_scopes": (_refreshed, 200, 403),
    "revoked_refresh_token_works": (_revoked, 403, 200),
    "refresh_token_never_ends": (_ended_refresh, 403, 200),
    "token_not_required": (lambda b: b.call("enroll", person(), without=["authorization"]).status, 401, 201),
    "accepts_altered_tokens": (_altered, 401, 200),
    "token_outlives_its_end": (lambda b: _ended(b)[0], 401, 200),
    "ended_token_tells_whose_it_was": (lambda b: _ended(b)[1], False, True),
    "ignores_the_audience": (lambda b: b.call("postMiles", b.sale(), token=b.machine()).status, 403, 200),
    "test_token_opens_production": (lambda b: b.summary(b.member(), environment="production").status, 401, 200),
    "summary_needs_no_scope": (lambda b: b.summary(b.member(scopes=PROFILE)).status, 403, 200),
    "profile_needs_no_scope": (lambda b: b.profile(b.member(scopes=SUMMARY)).status, 403, 200),
    "enrollment_needs_no_scope": (lambda b: b.enrol(token=b.machine(SUMMARY)).status, 403, 201),
    "full_enrollment_is_refused": (lambda b: b.enrol(full()).status, 201, 400),
    "full_enrollment_opens_no_account": (lambda b: _opened(b, full()), 1, 0),
    "enrols_without_birth_date": (lambda b: b.enrol(person(dateOfBirth=None)).status, 400, 201),
    "enrols_without_email": (lambda b: b.enrol(person() | {"contactDetails": {}}).status, 400, 201),
    "refused_enrollment_opens_account": (lambda b: _refused(b, lastName=None), 0, 1),
    "takes_any_date_format": (lambda b: b.enrol(person(dateOfBirth="25/12/1988")).status, 400, 201),
    "takes_impossible_dates": (lambda b: b.enrol(person(dateOfBirth="1988-02-30")).status, 400, 201),
    "takes_dates_to_come": (lambda b: b.enrol(person(dateOfBirth="2026-11-23")).status, 400, 201),
    "takes_any_email": (lambda b: b.enrol(person("example.test")).status, 400, 201),
    "loses_the_second_phone": (_phones, 2, 1),
    "strips_accents": (lambda b: _first_name(b, "Zoé"), "Zoé", "Zoe"),
    "cuts_long_names": (lambda b: len(_first_name(b, "x" * 40)), 40, 30),
    "double_submission_opens_two": (lambda b: _opened(b, person(), person()), 1, 2),
    "lost_enrollment_is_forgotten": (_unheard, 1, 2),
    "existing_member_is_enrolled_anew": (_again, (409, 1), (201, 2)),
    "existing_member_reads_as_new": (_again, (409, 1), (201, 1)),
    "new_number_fails_its_check": (lambda b: check_digit(b.new_member()), True, False),
    "new_members_miles_do_not_show": (_earned, 5, 0),
    "summary_shows_a_neighbour": (lambda b: _whose(b, b.summary), True, False),
    "profile_shows_a_neighbour": (lambda b: _whose(b, b.profile), True, False),
    "summary_lags": (_grown, 8, 0),
    "header_overrides_the_member": (
        lambda b: _whose(b, b.summary, "existing", collector_number=b.number("collecting")), True, False),
    "machine_token_opens_any_summary": (
        lambda b: b.summary(b.machine(), collector_number=b.number("existing")).status, 403, 200),
}  # fmt: skip
"""Defect → what to look at, what is seen without it, what is seen with it."""


def test_every_defect_is_in_the_table() -> None:
    assert set(TABLE) == set(DEFECTS)


def test_every_defect_is_a_sentence_and_is_looked_at() -> None:
    assert neglected(DEFECTS, FOLDER) == []


@pytest.mark.parametrize("defect", TABLE)
def test_a_defect_shows(defect: str) -> None:
    """Seen without the defect and with it, the same thing differs, and as it was meant to."""
    look, right, wrong = TABLE[defect]

    assert look(CollectorBench()) == right
    assert look(CollectorBench(defect)) == wrong


def test_a_defect_shows_nowhere_else() -> None:
    """What a defect changes beside its own is looked at by the same requirement; so falsifying it turns that one red.

    But for `offline_access_is_ignored`: where no refresh token is granted, nothing else of one can be judged.
    """
    elsewhere = shown_elsewhere(TABLE, CollectorBench, DOSSIER.register)

    assert elsewhere == {"offline_access_is_ignored": {"revoked_refresh_token_works", "refresh_token_never_ends"}}
