"""The partner as steps see them: who they are, what they claim, and who plays each role in this environment."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from accredit.model.errors import CannotJudge, NotApplicable
from accredit.model.provider import Polling as PollingFacts
from accredit.model.provider import Provider
from accredit.model.simulation import Canaries

LONGEST_ID = 50


class Partner:
    """Test data by role, capabilities, settings and run-scoped ids of one partner in one environment."""

    def __init__(self, provider: Provider, environment: str, id_: str, capabilities: frozenset[str], roles: Mapping[str, Mapping[str, Any]],
                 settings: Mapping[str, Any], secrets: Mapping[str, str], run: str, canaries: Canaries) -> None:  # fmt: skip
        self._provider, self._environment = provider, environment
        self.id, self.capabilities, self._roles, self._settings = id_, capabilities, roles, settings
        self._secrets, self._run, self._canaries = secrets, run, canaries
        self._count = itertools.count(1)

    def member(self, role: str) -> dict[str, Any]:
        """Who plays that role: `member("known by both")`."""
        return self._table("members", role)

    def product(self, role: str) -> str:
        return str(self._role("products", role))

    def bank(self, role: str) -> str:
        return str(self._role("banks", role))

    def card(self, role: str) -> dict[str, Any]:
        return self._table("cards", role)

    def claims(self, capability: str) -> bool:
        return capability in self.capabilities

    def needs(self, capability: str) -> None:
        """Ends the scenario as not applicable unless the partner claims the capability."""
        if not self.claims(capability):
            raise NotApplicable(f"the partner does not claim {capability}")

    def setting(self, name: str) -> Any:
        """A fact nobody published: the partner's choice, else the default of `provider.toml`."""
        return self._settings[name]

    def secret(self, name: str) -> str:
        return self._secrets[name]

    @property
    def secrets(self) -> Mapping[str, str]:
        """Everything the provider gave for this environment, by name."""
        return self._secrets

    def new_id(self, kind: str) -> str:
        """An id never used before, of at most 50 characters, in which the reviewer finds the run: `acc-20261121T041213-a1b2c3-0001`."""
        return f"{kind}-{self._run}-{next(self._count):04d}"[-LONGEST_ID:]

    def made_up(self, name: str, shape: str, *also: str) -> str:
        """A secret or personal value of this run's own, for a field that is called `name`, or stands below `also`: shaped like `shape`
        on a simulator, that very text elsewhere. Evidence that holds it is never sealed."""
        return self._canaries.like(name, shape, *also)

    def _table(self, kind: str, role: str) -> dict[str, Any]:
        told = self._role(kind, role)
        if not isinstance(told, Mapping):
            raise CannotJudge(
                f'{kind}."{role}" in accredit.toml must be a table, such as {{ id = "…" }}; `accredit init` shows which.'
            )
        return dict(told)

    def _role(self, kind: str, role: str) -> Any:
        try:
            return self._roles[kind][role]
        except KeyError:
            raise CannotJudge(f"nobody plays {role!r}: add [{self._provider.name}.{self._environment}.roles.{kind}] "
                              f'"{role}" to accredit.toml.') from None  # fmt: skip


class Polling:
    """The provider's published schedule for asking again."""

    def __init__(self, facts: PollingFacts) -> None:
        self._facts = facts

    def waits(self) -> Iterator[float]:
        """Pauses in seconds before each question, from the request on, until there is no more point in asking."""
        asked_at = 0
        for moment in itertools.chain(
            self._facts.waits, itertools.count(self._facts.waits[-1] + self._facts.then_every, self._facts.then_every)
        ):
            if moment > self._facts.give_up_after:
                return
            yield moment - asked_at
            asked_at = moment
