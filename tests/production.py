"""Production as a budget is tried on it: a simulator in this process that keeps all it hears, and a run that reaches it."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from accredit.model.simulation import Answer, Call, Setup
from accredit.suite.catalogue import Dossier
from accredit.suite.init import rehearsal_toml
from accredit.suite.live import Live, entrances_of
from accredit.suite.plan import Choices, plan_run
from accredit.suite.simulation import load_simulation
from accredit.wire.clock import RealClock
from accredit.wire.pace import Pace
from accredit.wire.server import Simulator
from tests.budgets import TICKET, Desk


@dataclass
class Heard:
    """A simulator that keeps every call it hears."""

    simulation: Any
    calls: list[Call] = field(default_factory=list)
    instead: Callable[[Call], Answer | None] = lambda _: None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.simulation, name)

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        return self.instead(call) or self.simulation.answer(call)

    def writes(self, *operations: str) -> list[dict[str, Any]]:
        """The bodies of what was heard of these operations."""
        return [json.loads(call.body) for call in self.calls if call.operation in operations]


@dataclass
class Production:
    """A provider's production on loopback, and the partner's desk before it."""

    dossier: Dossier
    heard: Heard
    desk: Desk
    env: Mapping[str, str]
    roles: Mapping[str, Any]
    home: Path

    def another_desk(self, name: str) -> None:
        """A desk with the same people and nothing on it, in a folder below this one's."""
        before, self.desk = self.desk, Desk(self.home / name, self.dossier.name, self.desk.keys)
        self.desk.folder.mkdir()
        self.desk.partner_file.write_bytes(before.partner_file.read_bytes())

    def choices(self, **other: Any) -> Choices:
        usual = {"partner_file": self.desk.partner_file, "output": self.desk.folder / "evidence"}
        return Choices(environment="production", **usual | other)

    def run(self, **other: Any) -> Live:
        """A run with the desk's budget, begun."""
        live = Live(plan_run(self.dossier, self.choices(**{"budget": self.desk.budget, "approval": TICKET} | other)))
        live.begin()
        live.line._pace = Pace(None, live.clock)  # nobody waits for a politeness that loopback does not need
        return live


@contextmanager
def production(dossier: Dossier, folder: Path) -> Iterator[Production]:
    """Serves a provider until the block ends; the secrets are in the environment meanwhile."""
    provider, clock = dossier.provider, RealClock()
    settings = {name: setting.value for name, setting in provider.settings.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(dossier.root))  # and taken back: what other tests fork would find this suite's steps
        heard = Heard(load_simulation(dossier.root, dossier.name)(Setup(settings, clock.now, frozenset(), Random(1))))
    server = Simulator(heard, dossier.contract, entrances_of(provider), clock)
    (folder / "ca.pem").write_text(server.ca_pem)
    (folder / "receiver.pem").write_bytes(server.authority.issue_pem("localhost"))
    desk = Desk(folder, dossier.name)
    env = {
        f"{dossier.name}_{place}_{name}".upper(): value
        for place in provider.environments
        for name, value in heard.access(place).items()
    }
    text = rehearsal_toml(dossier, heard.roles, f"127.0.0.1:{server.port}", folder, 1, datetime.now(UTC)) + desk.people
    desk.partner_file.write_text(text)
    with server, pytest.MonkeyPatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        yield Production(dossier, heard, desk, env, heard.roles("production"), folder)


def at_once(work: Callable[[int], None], threads: int) -> None:
    """The same work in so many threads that begin together."""
    gate = threading.Barrier(threads)

    def begin(number: int) -> None:
        gate.wait()
        work(number)

    started = [threading.Thread(target=begin, args=(number,)) for number in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
