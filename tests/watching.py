"""A provider rehearsed in this process: under its real host names, faster than real time, with an outage that the test switches."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from accredit.model.simulation import Answer, Call, Setup
from accredit.suite.catalogue import Dossier
from accredit.suite.init import rehearsal_toml, variable
from accredit.suite.live import entrances_of
from accredit.suite.simulation import load_simulation
from accredit.wire.clock import RealClock
from accredit.wire.server import Simulator
from tests.conftest import ROOT


@dataclass
class Outage:
    """A simulation that answers 503 to some operations while it is told to. `accesses`: what a partner was given."""

    inner: Any
    down: set[str] = field(default_factory=set)

    def answer(self, call: Call) -> Answer:
        if call.operation in self.down:
            return Answer.of_text(503, "down")
        answer: Answer = self.inner.answer(call)
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@dataclass(frozen=True)
class Rehearsed:
    """Where a partner's accredit.toml is, and the secrets it names."""

    partner: Path
    env: dict[str, str]
    outage: Outage

    def answer(self, operation: str, headers: dict[str, str], body: bytes) -> Answer:
        """What the provider answers to the partner's own client, in certification."""
        return self.outage.answer(Call(operation, "certification", "POST", "/", {}, headers, body))

    @property
    def surroundings(self) -> dict[str, str]:
        return {**os.environ, **self.env, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"}


@contextmanager
def rehearsed(provider: str, folder: Path, speed: float) -> Iterator[Rehearsed]:
    """The provider, so many times faster than real time, until the block ends."""
    about = Dossier(provider, ROOT)
    origin = datetime.now(UTC)
    clock = RealClock(speed, origin)
    settings = {name: setting.value for name, setting in about.provider.settings.items()}
    simulation = load_simulation(ROOT, provider)(Setup(settings, clock.now, frozenset(), Random(1)))
    outage = Outage(simulation)
    with Simulator(outage, about.contract, entrances_of(about.provider), clock) as server:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ca.pem").write_text(server.ca_pem)
        (folder / "receiver.pem").write_bytes(server.authority.issue_pem("localhost"))
        told = rehearsal_toml(about, simulation.roles, f"127.0.0.1:{server.port}", folder, speed, origin)
        (folder / "accredit.toml").write_text(told)
        env = {variable(about.provider, door, name): value
               for door in about.provider.environments for name, value in simulation.access(door).items()}  # fmt: skip
        yield Rehearsed(folder / "accredit.toml", env, outage)
