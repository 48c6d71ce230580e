"""A preflight of each provider at its simulator, under the provider's own host names: nothing stands in the way, nothing is written."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from accredit.evidence.journal import exchanges_of
from accredit.model.exchange import OUR_OWN
from accredit.model.preflight import Check
from accredit.model.reply import Reply
from accredit.model.simulation import Setup
from accredit.suite.catalogue import Dossier, provider_names
from accredit.suite.init import rehearsal_toml, variable
from accredit.suite.live import entrances_of
from accredit.suite.plan import Choices
from accredit.suite.preflight.whole import preflight, preflight_alone
from accredit.suite.simulation import load_simulation
from accredit.wire.clock import RealClock
from accredit.wire.server import Simulator
from tests.budgets import told
from tests.conftest import MINI, ROOT
from tests.production import Production, production

SPEED = 240


@contextmanager
def rehearsed(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dossier]:
    """The provider's simulator, as `accredit simulate` serves it; `folder/accredit.toml` leads there."""
    subject, origin = Dossier(name, ROOT), datetime.now(UTC)
    clock = RealClock(SPEED, origin)
    settings = {setting: told.value for setting, told in subject.provider.settings.items()}
    enacted = load_simulation(ROOT, name)(Setup(settings, clock.now, frozenset(), Random(1)))
    with Simulator(enacted, subject.contract, entrances_of(subject.provider), clock) as server:
        (folder / "ca.pem").write_text(server.ca_pem)
        (folder / "receiver.pem").write_bytes(server.authority.issue_pem("localhost"))
        text = rehearsal_toml(subject, enacted.roles, f"127.0.0.1:{server.port}", folder, SPEED, origin)
        (folder / "accredit.toml").write_text(text)
        for door in subject.provider.environments:
            for secret, value in enacted.access(door).items():
                monkeypatch.setenv(variable(subject.provider, door, secret), value)
        yield subject


Asked = Callable[[Dossier, str], Mapping[str, Check]]


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    def ask(subject: Dossier, environment: str) -> Mapping[str, Check]:
        choices = Choices(
            environment=environment, partner_file=tmp_path / "accredit.toml", output=tmp_path / environment
        )
        _, checks = preflight_alone(subject, choices)
        return {check.title: check for check in checks}

    return ask


@pytest.mark.parametrize("name", provider_names(ROOT))
def test_nothing_stands_in_the_way_of_a_rehearsal(name, tmp_path, monkeypatch, asked: Asked):
    """In certification and in production: no answer is no, the token opens something, and nothing but reads has left."""
    with rehearsed(name, tmp_path, monkeypatch) as subject:
        answers = {environment: asked(subject, environment) for environment in ("certification", "production")}
    sent = {exchange.operation for environment in answers for [folder] in [list((tmp_path / environment).iterdir())]
            for exchange in exchanges_of(folder) if exchange.direction == "outgoing"}  # fmt: skip

    for checks in answers.values():
        assert [str(check) for check in checks.values() if check.answered is Reply.NO] == []
        assert checks["accepted"].answered is Reply.YES
    assert {subject.contract[operation].effect for operation in sent} == {"token", "reads"}


def test_what_is_sent_to_the_public_url_comes_to_us(tmp_path, monkeypatch, asked: Asked):
    """On record as our own, and nobody's finding."""
    with rehearsed("points", tmp_path, monkeypatch) as subject:
        callbacks = asked(subject, "certification")["callbacks"]
    [folder] = (tmp_path / "certification").iterdir()
    incoming = [exchange for exchange in exchanges_of(folder) if exchange.direction == "incoming"]

    assert callbacks.answered is Reply.YES
    assert [exchange.delivery for exchange in incoming] == [OUR_OWN]
    assert callbacks.exchanges == (incoming[0].number,)


@contextmanager
def _somebody() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def test_a_receivers_port_that_is_taken_is_told(tmp_path, monkeypatch, asked: Asked):
    """The rest is asked all the same."""
    with rehearsed("points", tmp_path, monkeypatch) as subject, _somebody() as port:
        _amend(tmp_path, 'callbacks = { "certificate"', f'callbacks = {{ "listen" = "127.0.0.1:{port}", "certificate"')
        answers = asked(subject, "certification")

    assert answers["callbacks"].answered is Reply.NO
    assert f"port {port} on 127.0.0.1 cannot be used" in answers["callbacks"].reason
    assert answers["data, members"].answered is Reply.YES


def test_a_public_url_that_leads_to_somebody_else_is_told(tmp_path, monkeypatch, asked: Asked):
    """Here to the simulator itself, which answers, and nothing comes to us."""
    with rehearsed("points", tmp_path, monkeypatch) as subject:
        port = (tmp_path / "accredit.toml").read_text().partition('connect_to = "127.0.0.1:')[2].partition('"')[0]
        _amend(tmp_path, "callbacks = {", f'callbacks = {{ "public_url" = "https://localhost:{port}",')
        callbacks = asked(subject, "certification")["callbacks"]

    assert callbacks.answered is Reply.NO
    assert "nothing came to us" in callbacks.reason


def test_a_public_url_that_cannot_be_tried_from_here_stays_unknown(tmp_path, monkeypatch, asked: Asked):
    """Many a network does not lead back to itself: that says nothing of the provider's way."""
    with rehearsed("points", tmp_path, monkeypatch) as subject:
        with _somebody() as port:
            _amend(tmp_path, "callbacks = {", f'callbacks = {{ "public_url" = "https://127.0.0.1:{port}",')
        callbacks = asked(subject, "certification")["callbacks"]

    assert callbacks.answered is Reply.UNKNOWN
    assert "cannot be reached from here" in callbacks.reason


def test_a_budget_that_is_not_there_is_told_before_production(tmp_path, monkeypatch):
    """By the words that the run would refuse it with."""
    with rehearsed("points", tmp_path, monkeypatch) as subject:
        choices = Choices(environment="production", partner_file=tmp_path / "accredit.toml", output=tmp_path / "out",
                          budget=tmp_path / "assisted-production.toml")  # fmt: skip
        _, checks = preflight_alone(subject, choices)
    [budget] = [check for check in checks if check.name == "budget"]

    assert budget.answered is Reply.NO
    assert "assisted-production.toml does not exist" in budget.reason


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Production]:
    """Production, and a budget that both have signed."""
    with production(Dossier("mini", MINI), tmp_path) as there:
        there.desk.approve(told("mini", {"members": {"collecting": {"card": "7000000002"}}}, {"credit": 5}))
        yield there


def _under_budget(there: Production) -> list[Check]:
    return list(preflight_alone(there.dossier, there.choices(budget=there.desk.budget))[1])


def test_a_budget_that_holds_is_told_first(desk: Production):
    """Then the rest, by reading alone."""
    checks = _under_budget(desk)

    assert (checks[0].name, checks[0].answered) == ("budget", Reply.YES)
    assert [check.name for check in checks].count("budget") == 1
    assert desk.heard.calls
    assert desk.heard.writes("credit") == []


def test_nothing_leaves_where_the_kill_switch_was_thrown(desk: Production, monkeypatch):
    """No token, no lookup, no connection; what would have been asked says why it was not. What needs no network is asked."""
    (desk.desk.folder / "STOP").touch()
    connected: list[object] = []
    monkeypatch.setattr("socket.create_connection", lambda *told, **_: connected.append(told))
    monkeypatch.setattr("socket.getaddrinfo", lambda *told, **_: connected.append(told))
    checks = {check.name: check for check in _under_budget(desk)}

    assert "was thrown; nothing leaves" in str(checks["budget"])
    assert checks["budget"].answered is Reply.NO
    assert (desk.heard.calls, connected) == ([], [])
    for name in ("dns", "tls", "edge", "token", "accepted", "identity", "clock", "data", "callbacks"):
        assert checks[name].reason == "not asked, since budget was not answered yes", name
    assert checks["credentials"].answered is checks["disk"].answered is Reply.YES


def test_a_run_under_a_budget_looks_for_the_switch_first_as_well(desk: Production):
    """Thrown between the plan and the preflight: no request of it leaves."""
    live = desk.run()
    (desk.desk.folder / "STOP").touch()
    checks = preflight(live)
    live.end()

    assert (checks[0].name, checks[0].answered) == ("budget", Reply.NO)
    assert desk.heard.calls == []


def _amend(folder: Path, before: str, after: str) -> None:
    path = folder / "accredit.toml"
    path.write_text(path.read_text().replace(before, after))
