"""What nobody published is a setting of Issuance, and the answers fit the contract whatever it is set to."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from accredit.model.simulation import Answer
from accredit.suite.catalogue import Dossier
from tests.air_miles.bench import DEFAULTS, FOLDER, ROOT, Bench, issuance, told

BY_SETTING: Sequence[tuple[str, Any, Callable[[Bench], Answer], int]] = [
    ("issuance.errors.token", 403, lambda b: b.keyed("postMiles", b.sale(), token="x"), 403),
    ("issuance.errors.mediaType", 415, lambda b: b.keyed("postMiles", b.sale(), content_type="text/plain"), 415),
    ("issuance.errors.offer", 422, lambda b: b.post(offer="NOSUCH"), 422),
    (
        "issuance.errors.location",
        404,
        lambda b: b.keyed("postMiles", b.sale(issuances=[issuance(5, locationCode="9999")])),
        404,
    ),
    ("issuance.required.basket", ["deviceId"], lambda b: b.keyed("postMiles", b.sale(deviceId=None)), 400),
    ("issuance.required.record", ["deviceId"], lambda b: b.keyed("recordTransaction", b.basket(deviceId=None)), 400),
    ("issuance.required.event", ["deviceId"], lambda b: b.keyed("postEvent", b.event()), 400),
    ("issuance.required.item", ["name"], lambda b: b.keyed("issueMiles", b.lines(20)), 400),
    ("issuance.required.issuance", ["offerId"], lambda b: b.post(), 400),
    ("issuance.maxLength", {"deviceId": 3}, lambda b: b.post(), 400),
    ("issuance.event.timestampField", "at", lambda b: b.keyed("postEvent", b.event(at="yesterday")), 400),
    ("collector.status.rejections", {"unknown": 404}, lambda b: b.post(role="unknown"), 404),
    ("time.futureSkew", -120, lambda b: b.post(), 400),
    ("time.maxAge", 1, lambda b: b.keyed("postMiles", b.sale(checkoutDateTime="2026-11-20T16:00:00Z")), 400),
    ("maintenance.status", 502, lambda b: (b.simulator.close(), b.post())[1], 502),
    ("pending.202.probability", 1.0, lambda b: b.post(), 202),
    ("rate.limit", 1, lambda b: (b.post(), b.post())[1], 429),
]


@pytest.mark.parametrize(("setting", "value", "act", "status"), BY_SETTING, ids=[case[0] for case in BY_SETTING])
def test_what_nobody_published_is_a_setting(
    setting: str, value: Any, act: Callable[[Bench], Answer], status: int
) -> None:
    """Another value of the setting is another answer: nothing is decided in code."""
    assert act(_with(setting, value)).status == status
    assert act(Bench()).status != status


def test_the_rate_window_passes() -> None:
    bench = _with("rate.limit", 1)
    statuses = [bench.post().status for _ in range(2)]
    bench.wait(60)

    assert (statuses, bench.post().status) == ([200, 429], 200)


def test_maintenance_ends(bench: Bench) -> None:
    bench.simulator.close()
    closed = bench.post().status
    bench.simulator.open()

    assert (closed, bench.post().status) == (503, 200)


def test_pending_ones_settle_after_the_set_time() -> None:
    bench = Bench(pending_202_probability=1.0, pending_202_settleAfter=600)
    bench.post(5)
    bench.wait(599)
    early = bench.miles()
    bench.wait(1)

    assert (early, bench.miles()) == (0, 5)


def test_an_event_has_a_day_of_its_own_where_its_field_is_known() -> None:
    bench = _with("issuance.event.timestampField", "at")
    bench.keyed("postEvent", bench.event(at="2026-11-19T12:00:00Z"))

    assert bench.simulator.entries_for("event-1")[0]["day"] == "2026-11-19"


def test_what_earns_a_mile_is_a_setting() -> None:
    bench = Bench(amrp_centsPerMile=1000)
    bench.keyed("issueMiles", bench.lines(40))

    assert bench.miles() == 4


@pytest.mark.parametrize(("schema", "names"), [(["responseCode"], ["responseCode"]), ([], [])])
def test_what_a_refusal_tells_is_a_setting(schema: list[str], names: list[str]) -> None:
    assert list(told(Bench(issuance_error_schema=schema).post(offer="NOSUCH"))) == names


def test_answers_fit_the_contract(bench: Bench) -> None:
    """Each status is one the contract has for the operation, each body fits its schema."""
    bench.post(20)
    bench.keyed("postEvent", bench.event(20))
    bench.keyed("issueMiles", bench.lines(200))
    bodies = {
        "calculateMiles": bench.lines(40),
        "issueMiles": bench.lines(40),
        "returnItems": bench.lines(40),
        "recordTransaction": bench.basket(),
        "postMiles": bench.sale(),
        "postEvent": bench.event(),
        "reverseMiles": bench.sale(),
        "reverseEvent": bench.event(),
    }
    for operation, body in bodies.items():
        key = f"key of {operation}"
        answers = [
            bench.keyed(operation, body, key),
            bench.keyed(operation, {}),
            bench.keyed(operation, body, token="x"),
        ]
        bench.simulator.fail_next(operation)
        answers += [bench.keyed(operation, body), bench.keyed(operation, body | {"deviceId": "other"}, key)]
        for answer in answers:
            assert _misfits(operation, answer) == []


def test_every_setting_it_reads_is_in_the_providers_file() -> None:
    """Nothing is decided in code that is a setting, and no setting is read that nobody can set."""
    source = "".join(path.read_text() for path in FOLDER.glob("*.py"))
    read = set(re.findall(r'setting\("([^"]+)"\)', source))
    groups = ("issuance.", "idem.", "time.", "pending.", "amrp.", "rate.", "basket.", "collectorNumber.")
    named = {name for name in DEFAULTS if f'"{name}"' in source or name.startswith("issuance.required.")}

    assert read <= set(DEFAULTS)
    assert {name for name in DEFAULTS if name.startswith(groups)} - named == {"issuance.response.schema"}


def test_roles_are_synthetic_and_complete(bench: Bench) -> None:
    """The shape of a partner's accredit.toml, the same in both environments but for who they are."""
    roles = bench.roles

    assert {"amrp_calculated", "partner_calculated", "transaction_history"} <= set(roles["capabilities"])
    assert {"collecting", "issuing", "returning", "reversing", "busy", "never credited", "survivor"} <= set(
        roles["members"]
    )
    assert sorted(roles["products"]) == [
        "bonus offer", "callback of the web application", "event offer", "expired offer", "first store", "sponsor",
        "standard offer", "store with leading zeros", "unknown offer",
    ]  # fmt: skip
    assert [role for role, member in roles["members"].items() if "refresh_token" not in member] == ["unknown"]


def _with(setting: str, value: Any) -> Bench:
    return Bench(**{setting.replace(".", "_"): value})


def _misfits(operation: str, answer: Answer) -> list[str]:
    promise = Dossier("air_miles", ROOT).contract.promises[operation]
    return list(promise.compare(answer.status, list(answer.headers.items()), answer.body).misfits)
