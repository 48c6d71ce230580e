"""The LATAM Pass simulator keeps what the provider published, and each of its settings and defects changes something."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from accredit import Answer, Call, Cut, Setup
from accredit.suite.catalogue import Dossier
from accredit.suite.live import load_simulation
from tests.conftest import ROOT

LATAM = Dossier("latam_pass", ROOT)
DEFAULTS = {name: setting.value for name, setting in LATAM.provider.settings.items()}
SIMULATOR = load_simulation(ROOT, "latam_pass")


class World:
    """A simulator with a clock to move by hand, called as a partner would."""

    def __init__(self, *defects: str, **settings: Any) -> None:
        self.now = datetime(2026, 6, 1, 12, tzinfo=UTC)
        told = DEFAULTS | {name.replace("__", "."): value for name, value in settings.items()}
        self.simulator: Any = SIMULATOR(Setup(told, lambda: self.now, frozenset(defects), Random(5)))
        self.roles = self.simulator.roles("certification")
        self.token = ""

    def call(self, operation: str, body: object = None, *, environment: str = "certification", headers: Mapping[str, str] | None = None,
             query: Mapping[str, str] | None = None) -> Answer:  # fmt: skip
        told = LATAM.contract[operation]
        base = "/sandbox" if environment == "certification" else ""
        usual = {"client_id": self.simulator.access(environment)["client_id"], "access_token": self.token}
        usual |= {"x-latam-test": "LatamPass"} if environment == "certification" else {}
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        sent = {**usual, **(headers or {})}
        return self.simulator.answer(Call(operation, environment, told.method, base + told.path, {k: [v] for k, v in (query or {}).items()},
                                          {k: v for k, v in sent.items() if v is not None}, data))  # fmt: skip

    def grant(
        self, environment: str = "certification", form: bytes = b"grant_type=client_credentials", **wrong: str
    ) -> Answer:
        known = {**self.simulator.access(environment), **wrong}
        basic = base64.b64encode(f"{known['client_id']}:{known['client_secret']}".encode()).decode()
        answer = self.call("requestToken", form, environment=environment, headers={"authorization": f"Basic {basic}"})
        if answer.status == 200:
            self.token = json.loads(answer.body)["access_token"]
        return answer

    def search(self, scopes: str = "member-status", **told: Any) -> Answer:
        return self.call("searchMember", told, headers={"x-scope": scopes})

    def accrue(self, **changes: Any) -> Answer:
        body = {
            "partner": {"id": self.roles["partner_id"]},
            "member": {"ffn": self.roles["members"]["repeating"]["ffn"]},
            "partnerTransactionId": "t",
            "partnerAccrualId": "a",
            "partnerOriginDate": "2026-06-01T08:00:00.000-04:00",
            "description": "d",
            "points": 10,
            "productId": "001",
        }
        return self.call("requestAccrual", body | changes)

    def statuses(self, **query: str) -> list[Any]:
        answer = self.call("getAccruals", query={"partnerIdentifier": self.roles["partner_id"], **query})
        return [item["status"] for item in json.loads(answer.body)["accruals"]]


@pytest.fixture
def world() -> World:
    world = World()
    world.grant()
    return world


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"client_id": "x"}, "Invalid client_id in Authorization header"),
        ({"client_secret": "x"}, "Invalid secret in Authorization header"),
        ({"form": b"grant_type=password"}, "Invalid grant_type format"),
    ],
)
def test_the_three_token_errors_are_exact(how, message):
    """Wrong id, secret and grant are answered word for word as published (public:AUTH)."""
    answer = World().grant(**how)

    assert answer.status == 400
    assert json.loads(answer.body) == {
        "result": "failure",
        "errors": [{"type": "INVALID", "message": message}],
        "status": 400,
    }


def test_a_token_lives_sixty_minutes(world):
    """Accepted a second before its hour is over, refused when it is."""
    ffn = world.roles["members"]["known by both"]["ffn"]
    world.now += timedelta(minutes=59, seconds=59)
    assert world.search(ffn=ffn).status == 200
    world.now += timedelta(seconds=1)

    assert world.search(ffn=ffn).status == 401


def test_the_age_of_final_accruals_is_as_published(world):
    """Of many accruals 93 % are final within 15 s, 93.5 % within 30 s, 94 % within 60 s, all in the end (public:GET)."""
    for number in range(1500):
        world.accrue(partnerTransactionId=f"t{number}", partnerAccrualId=f"a{number}")
    shares = {}
    for age in (15, 30, 60, 900):
        world.now = datetime(2026, 6, 1, 12, tzinfo=UTC) + timedelta(seconds=age)
        final = world.statuses(size="1500")
        shares[age] = sum(status != "PROCESSING" for status in final) / len(final)

    assert shares[15] == pytest.approx(0.93, abs=0.015)
    assert shares[30] == pytest.approx(0.935, abs=0.015)
    assert shares[60] == pytest.approx(0.94, abs=0.015)
    assert shares[15] <= shares[30] <= shares[60] < shares[900] == 1


@pytest.mark.parametrize(
    ("policy", "status"), [("asyncCancel", 202), ("sync409", 409), ("sync400", 400), ("returnOriginal", 202)]
)
def test_a_repeat_credits_once_under_every_policy(policy, status):
    """However the repeat is answered, the member is credited once."""
    world = World(accrual__duplicate=policy)
    world.grant()
    ffn = world.roles["members"]["repeating"]["ffn"]
    before = world.simulator.balance_of(ffn)
    first, second = world.accrue(), world.accrue()
    world.now += timedelta(minutes=30)

    assert (first.status, second.status) == (202, status)
    assert world.simulator.balance_of(ffn) == before + 10
    assert (json.loads(first.body)["id"] == json.loads(second.body).get("id")) == (policy == "returnOriginal")


def test_a_repeat_by_document_is_recognised_by_its_member(world):
    """The rule compares the member who is found, however the report named them."""
    member = world.roles["members"]["repeating"]
    world.accrue(member={"document": member["document"]})
    world.accrue(member={"ffn": member["ffn"]})
    world.now += timedelta(minutes=30)

    assert sorted(world.statuses()) == ["CANCELLED", "PROCESSED"]


@pytest.mark.parametrize(
    ("setting", "value", "act", "status"),
    [
        ("headers.latamTest.missingInTest", 401, lambda w: w.call("searchMember", headers={"x-latam-test": None}), 401),
        ("member.errors.nobody", 422, lambda w: w.search(ffn="1"), 422),
        ("member.errors.scope", 400, lambda w: w.search("no-such", ffn="1"), 400),
        ("member.scope.unauthorised", "omit", lambda w: w.search("no-such", ffn="90000000202"), 200),
        (
            "member.search.mismatch",
            "error",
            lambda w: w.search(ffn="90000000202", document={"number": "90000000404"}),
            400,
        ),
        ("accrual.unknownMember", "sync404", lambda w: w.accrue(member={"ffn": "1"}), 404),
        ("accrual.badProduct", "sync400", lambda w: w.accrue(productId="099"), 400),
        ("accrual.interfaceId.required", True, lambda w: w.accrue(), 400),
        ("accrual.email.required", True, lambda w: w.accrue(), 400),
        ("accrual.limits.points", 5, lambda w: w.accrue(), 400),
        ("accrual.successStatus", 201, lambda w: w.accrue(), 201),
        (
            "accrual.get.empty",
            404,
            lambda w: w.call("getAccruals", query={"partnerIdentifier": w.roles["partner_id"]}),
            404,
        ),
        (
            "accrual.get.requireFilter",
            True,
            lambda w: w.call("getAccruals", query={"partnerIdentifier": w.roles["partner_id"]}),
            400,
        ),
        (
            "cobrand.issueBanks",
            ["ONE"],
            lambda w: w.call(
                "beginCobrand", {"member": {"ffn": "1"}, "card": {"token": "c"}}, headers={"x-issue-bank": "TWO"}
            ),
            400,
        ),
        (
            "cobrand.end.neverBegan",
            409,
            lambda w: w.call("endCobrand", {"ffn": "1", "card": {"token": "c"}}, headers={"x-issue-bank": "B"}),
            409,
        ),
    ],
)
def test_what_nobody_published_is_a_setting(setting, value, act, status):
    """Another value of the setting is another answer: nothing is decided in code."""
    changed = World(**{setting.replace(".", "__"): value})
    changed.grant()
    usual = World()
    usual.grant()

    assert act(changed).status == status
    assert act(usual).status != status


@pytest.mark.parametrize(("length", "status"), [(50, 202), (51, 400)])
def test_ids_have_at_most_fifty_characters(world, length, status):
    """Fifty are taken, fifty-one refused (public:V1POST)."""
    assert world.accrue(partnerAccrualId="x" * length).status == status


def test_refusals_name_their_fields(world):
    """Each wrong field is named by its dotted path, as in the one published example (public:COBB)."""
    answer = json.loads(world.accrue(points=0, partnerOriginDate="2026-06-01T08:00:00", member={}).body)

    assert set(answer["details"]) == {"points", "partnerOriginDate", "member.ffn"}
    assert answer["code"] == 400
    assert answer["issuedDateTime"] == "2026-06-01"


def test_pages_hold_everything_once(world):
    """Five accruals on pages of two: three pages, totalItens five, nothing twice."""
    for number in range(5):
        world.accrue(partnerTransactionId=f"t{number}")
    pages = [
        json.loads(
            world.call(
                "getAccruals", query={"partnerIdentifier": world.roles["partner_id"], "size": "2", "page": str(n)}
            ).body
        )
        for n in (1, 2, 3)
    ]

    assert [len(page["accruals"]) for page in pages] == [2, 2, 1]
    assert {page["totalItens"] for page in pages} == {5}
    assert len({item["id"] for page in pages for item in page["accruals"]}) == 5


def test_both_environments_have_apps_of_their_own(world):
    """Credentials and tokens of one environment open nothing in the other; a disabled APP opens nothing at all."""
    assert world.simulator.access("certification") != world.simulator.access("production")
    assert world.call("searchMember", environment="production", headers={"x-scope": "member-status"}).status == 401
    world.simulator.set_app("certification", "disabled")
    assert world.search(ffn="1").status == 403


def test_the_firewall_prints_its_reference_twice(world):
    """A denial is a page with a reference, and a link with the same number (public:AUTH)."""
    world.simulator.deny_next("searchMember")
    answer = world.search(ffn="1")
    reference = answer.body.decode().split("Reference #")[1].split("<")[0]

    assert answer.status == 403
    assert answer.body.decode().count(reference) == 2


def test_a_lost_answer_was_accepted_or_not(world):
    """The line breaks after the accrual was accepted, or before: only then is it in the books."""
    ffn = world.roles["members"]["repeating"]["ffn"]
    for accepted in (False, True):
        world.simulator.lose_next_answer("requestAccrual", accepted)
        assert world.accrue().cut is Cut.BEFORE_THE_ANSWER
        assert len(world.simulator.accruals_of(ffn)) == accepted


def test_every_defect_is_a_sentence_and_is_looked_at():
    """A defect that no line of the simulator asks for would change nothing."""
    code = "".join(path.read_text() for path in LATAM.folder.glob("*.py") if path.name != "defects.py")
    for name, sentence in SIMULATOR.DEFECTS.items():
        assert f'"{name}"' in code, name
        assert sentence.endswith(".")
