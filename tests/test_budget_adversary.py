"""Nothing reaches production that the budget does not allow, whatever is tried."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from accredit.model.errors import CannotJudge, Refused
from accredit.model.simulation import Answer, Call
from accredit.suite.catalogue import Dossier
from accredit.suite.live import Live
from tests.adversary import OWN, Attempt, Limits, Right, attempts, beyond
from tests.budgets import TICKET, told
from tests.conftest import MINI, ROOT
from tests.production import Production, at_once, production

CARD = "7000000002"
CREDIT = {"id": OWN, "card": CARD, "points": 120}
LATAM_URL = "https://api.latampass.com"
LATAM = Dossier("latam_pass", ROOT)


MOST = 2000
LATAM_LIMITS = Limits(("requestToken", "getAccruals"), "partnerTransactionId",
                      ("partner", "partnerAccrualId", "partnerOriginDate", "description", "interfaceId"), MOST, MOST * 500, 500)  # fmt: skip


def plenty(provider: str, roles: Mapping[str, Any], operation: str) -> dict[str, Any]:
    """A budget that does not run out, so that nothing is refused for want of points."""
    ticket, points = {"name": TICKET, "points": MOST * 500, "requests": MOST}, {"total": MOST * 500, "each": 500}
    return told(provider, roles, {operation: MOST}, ticket=ticket, points=points)


def one_member(there: Production) -> dict[str, Any]:
    """One member, one product."""
    return {"members": {"collecting": there.roles["members"]["collecting"]}, "products": {"standard": "001"}}


@pytest.fixture
def mini(tmp_path: Path) -> Iterator[Production]:
    with production(Dossier("mini", MINI), tmp_path) as there:
        there.desk.approve(
            told("mini", {"members": {"collecting": {"card": CARD}}}, {"credit": 5}, points={"total": 600, "each": 500})
        )
        yield there


@pytest.fixture(scope="module")
def latam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    with production(LATAM, tmp_path_factory.mktemp("latam")) as there:
        there.desk.approve(plenty("latam_pass", one_member(there), "requestAccrual"))
        yield there


def send(live: Live, attempt: Attempt) -> str:
    """What became of it: `refused`, `could not be sent`, or the status that was answered."""
    auth = live.plan.dossier.provider.auth
    own = [(auth.token_header, auth.token_prefix + live.api.tokens.current())]
    own += [(name, live.partner.secret(secret)) for name, secret in auth.headers.items()]
    try:
        return str(
            live.api._http.send(
                attempt.method, attempt.url, [*own, *attempt.headers], attempt.body, case=attempt.case
            ).status
        )
    except Refused:
        return "refused"
    except CannotJudge:
        return "could not be sent"


def credit(live: Live, **changes: Any) -> str:
    body = json.dumps(CREDIT | changes).encode()
    return send(
        live, Attempt("", "POST", "https://api.mini.example/credits", (("content-type", "application/json"),), body)
    )


def accrual(there: Production) -> Right:
    body = {
        "partner": {"id": there.roles["partner_id"]}, "member": {"ffn": there.roles["members"]["collecting"]["ffn"]},
        "partnerTransactionId": OWN, "partnerAccrualId": "acc-1", "partnerOriginDate": "2026-11-20T19:42:07.123-04:00",
        "description": "Points", "points": 120, "productId": "001", "interfaceId": 3,
    }  # fmt: skip
    url, cards = (
        f"{LATAM_URL}/v2/customer/loyalty/partner/accrual",
        f"{LATAM_URL}/v1/customer/loyalty/partner/cobranded",
    )
    return Right("POST", url, body, ("points",), ("member", "ffn"), (("member", "document"), ("member", "email"), ("productId",)),
                 elsewhere=(("POST", cards), ("DELETE", cards), ("POST", f"{LATAM_URL}/sandbox/v2/customer/loyalty/partner/accrual")))  # fmt: skip


def test_no_attempt_reaches_production(latam: Production) -> None:
    """Methods, hosts, paths, queries, headers, content types, amounts, members, fields, layouts, bytes, generated: more than a
    thousand attempts with points to spare, and nothing is heard that the budget does not allow."""
    live, right = latam.run(), accrual(latam)
    tried = list(attempts(right))
    outcomes = Counter(send(live, attempt) for attempt in tried)
    live.end()

    assert len(tried) >= 1000
    assert beyond(latam.heard.calls, right, LATAM_LIMITS) == []
    assert outcomes["refused"] > len(tried) / 2


def test_no_attempt_on_a_second_provider_reaches_it_either(mini: Production) -> None:
    """The same attempts where the token is a bearer and the body flat."""
    mini.desk.approve(plenty("mini", {"members": {"collecting": {"card": CARD}}}, "credit"))
    live, sandbox = mini.run(), (("POST", "https://api.mini.example/rehearsal/credits"),)
    right = Right("POST", "https://api.mini.example/credits", CREDIT, ("points",), ("card",), elsewhere=sandbox)
    for attempt in attempts(right):
        send(live, attempt)
    live.end()

    assert beyond(mini.heard.calls, right, Limits(("requestToken",), "id", ("note",), MOST, MOST * 500, 500)) == []


def test_every_refusal_is_in_the_evidence(mini: Production) -> None:
    """With its reason; and nothing else is said to have been sent."""
    live = mini.run()
    for card in ("7000000001", "1", "x"):
        credit(live, card=card)
    live.end()

    records = [json.loads(line)["record"] for line in live.journal.path.read_text().splitlines()]
    refusals = [record["reason"] for record in records if record["kind"] == "refusal"]
    assert (
        refusals
        == [
            "credit moves points or creates something, and this one may not leave: /card is none of the budget's members, card."
        ]
        * 3
    )
    assert [record for record in records if record["kind"] in ("intent", "spend")][-1]["points_moved"] == 0


def test_threads_cannot_race_for_the_last_unit(mini: Production) -> None:
    """Twenty threads, a budget for five: five are heard, and the points are those of five."""
    live = mini.run()
    live.api.tokens.current()
    at_once(lambda number: [credit(live, id=f"t-{number}-{n}") for n in range(3)], 20)
    live.end()

    assert len(mini.heard.writes("credit")) == 5


def test_points_run_out_before_the_count_does(mini: Production) -> None:
    """Each is allowed, all together are not."""
    live = mini.run()
    became = [credit(live, id=f"t-{n}", points=250) for n in range(4)]
    live.end()

    assert became == ["202", "202", "refused", "refused"]
    assert sum(write["points"] for write in mini.heard.writes("credit")) <= 600


def test_runs_one_after_another_go_on_counting(mini: Production) -> None:
    """Each run believes itself to be the first; the ledger knows better."""
    became = []
    for number in range(4):
        live = mini.run()
        became += [credit(live, id=f"r-{number}-{n}") for n in range(2)]
        live.end()

    assert became == ["202"] * 5 + ["refused"] * 3


def test_another_budget_of_the_same_ticket_does_not_begin_anew(mini: Production) -> None:
    """What was sent under one budget counts for the ticket under the next."""
    ticket = {"name": "INC-4711", "points": 600, "requests": 6}
    became = []
    for total in (600, 599):
        mini.desk.approve(
            told(
                "mini",
                {"members": {"collecting": {"card": CARD}}},
                {"credit": 4},
                ticket=ticket,
                points={"total": total, "each": 120},
            )
        )
        live = mini.run()
        became += [credit(live, id=f"b-{total}-{n}") for n in range(4)]
        live.end()

    assert became == ["202"] * 5 + ["refused"] * 3


def test_a_write_is_not_sent_twice(mini: Production) -> None:
    """Neither the same bytes nor other contents under the same id."""
    live = mini.run()
    became = [credit(live), credit(live), credit(live, points=1)]
    live.end()

    assert became == ["202", "refused", "refused"]


def test_a_refused_token_is_renewed_and_the_second_sending_counts(mini: Production) -> None:
    """401 says that nothing was done, so the same bytes go once more; both are counted."""
    refused_once = iter([Answer.of_json(401, {"error": "no token"})])
    mini.heard.instead = lambda call: next(refused_once, None) if call.operation == "credit" else None
    live = mini.run()
    reply = live.api.call("credit", json=CREDIT)
    spent, _ = live.ledger.state(live.clock.now) if live.ledger else (None, "")
    live.end()

    assert reply.status == 202
    assert spent is not None
    assert sum(entry.charge.points for entry in spent.sent) == 240


def test_a_redirect_is_not_followed(mini: Production) -> None:
    """A read that is answered with the way to a write stays a read."""

    def instead(call: Call) -> Answer | None:
        return Answer(307, b"", {"location": "/credits"}) if call.operation == "readMember" else None

    mini.heard.instead = instead
    live = mini.run()
    became = live.api.call("readMember", path={"card": CARD}).status
    live.end()

    assert became == 307
    assert mini.heard.writes("credit") == []


def test_the_kill_switch_stops_everything(mini: Production) -> None:
    """Reads too, and at once; whatever kind of file it is."""
    live = mini.run()
    before = credit(live, id="t-1")
    (mini.desk.folder / "STOP").symlink_to("nowhere")
    with pytest.raises(Refused, match=r"kill switch .* was thrown; nothing leaves"):
        live.api.call("readMember", path={"card": CARD})
    after = credit(live, id="t-2")
    live.end()

    assert (before, after) == ("202", "refused")
    assert len(mini.heard.writes("credit")) == 1


def test_facts_that_are_changed_during_a_run_void_the_budget(tmp_path: Path) -> None:
    """They were signed with it, since they say where points stand."""
    suite = Path(shutil.copytree(MINI, tmp_path / "suite", ignore=shutil.ignore_patterns("__pycache__")))
    with production(Dossier("mini", suite), tmp_path) as there:
        there.desk.approve(told("mini", {"members": {"collecting": {"card": CARD}}}, {"credit": 5}))
        live = there.run()
        facts = suite / "contracts" / "mini" / "budget.toml"
        facts.write_text(facts.read_text() + "\n")
        became = credit(live)
        live.end()

    assert became == "refused"
    assert there.heard.writes("credit") == []


def test_a_budget_that_is_changed_during_a_run_is_void(mini: Production) -> None:
    """Not even with more in it."""
    live = mini.run()
    mini.desk.budget.write_text(mini.desk.budget.read_text().replace("5", "9"))
    became = credit(live)
    live.end()

    assert became == "refused"
    assert mini.heard.writes("credit") == []


def test_what_did_not_leave_is_given_back(mini: Production) -> None:
    """A connection that was refused before a byte was sent costs nothing."""
    live = mini.run()
    live.api.tokens.current()
    carrier = live.api._http._carrier._inner
    port, carrier._port = carrier._port, 9
    carrier._pool.close()
    lost = credit(live, id="t-1")
    carrier._port = port
    became = [credit(live, id=f"t-{n}") for n in range(1, 6)]
    live.end()

    assert lost == "could not be sent"
    assert became == ["202"] * 5
