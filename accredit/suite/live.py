"""A run while it runs: simulator, client, clock and journal of one provider, built from its plan."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from accredit.evidence.journal import Journal
from accredit.evidence.spent import Ledger
from accredit.model.errors import CannotJudge, UsageError
from accredit.model.exchange import NUMBERS_A_WORKER
from accredit.model.finding import Finding
from accredit.model.keys import RsaKey
from accredit.model.moment import stamp
from accredit.model.partner import CallbackAccess
from accredit.model.provider import Provider
from accredit.model.signatures import Signer
from accredit.model.simulation import Canaries, Setup
from accredit.suite.budgets import journalled, spend_record
from accredit.suite.flaws.flawed import flawed
from accredit.suite.partner import Partner, Polling
from accredit.suite.plan import Plan, secrets_from_environment
from accredit.suite.simulation import load_simulation
from accredit.wire.allowance import Allowance
from accredit.wire.api import Api
from accredit.wire.callbacks import Callbacks, Delivered
from accredit.wire.clock import Clock, RealClock, SimulatedClock
from accredit.wire.guard import Door, Guard
from accredit.wire.hidden import Values
from accredit.wire.http import Http
from accredit.wire.line import Line
from accredit.wire.mask import Mask
from accredit.wire.pace import Pace
from accredit.wire.receiver import Receiver
from accredit.wire.server import Entrance, Simulator
from accredit.wire.serving import Authority, context_from
from accredit.wire.witness import Witness

_UNAUTHORISED = 401
"""A call so answered was not acted on; it is sent once more with a new token."""
_LEADS_FROM = 1000
"""The range of exchange numbers of whoever leads workers; theirs are the first."""
_SEED = 2026
"""Chance in the simulator is the same in every run, so that a run can be repeated."""


class Watched(frozenset[str]):
    """The defects that are switched on. Tells of each that the simulator asks about, whether it is on or not."""

    def __new__(cls, names: Iterable[str], asked: Callable[[str], None]) -> "Watched":
        made = super().__new__(cls, names)
        made._tell = asked
        return made

    _tell: Callable[[str], None]

    def __contains__(self, name: object) -> bool:
        self._tell(str(name))
        return super().__contains__(name)


class Control:
    """The simulator's control channel, for steps of `@simulator` scenarios."""

    def __init__(self, server: Simulator | None, environment: str) -> None:
        self._server, self._environment = server, environment

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if self._server is None:
            raise CannotJudge(f"{name}: nobody can control {self._environment}; tag the scenario @simulator.")
        return self._server.control(name)


class Live:
    """One worker's part in a run. `worker` is empty when there is only one, and for the one that leads the others.

    Args:
        asks_first: A preflight comes first: it tells of credentials that are missing and of a place for callbacks that is taken.
    """

    def __init__(
        self, plan: Plan, worker: str = "", *, leads: bool = False, workers: int = 1, asks_first: bool = False
    ) -> None:
        self.plan, self.worker, self.leads, self._asks_first = plan, worker, leads, asks_first
        self._open = ExitStack()
        self._asked: dict[str, set[str]] = {}
        self._canaries = Canaries()
        dossier, choices = plan.dossier, plan.choices
        provider, access = dossier.provider, plan.facts.access(choices.environment)
        self.clock: Clock = (
            SimulatedClock(datetime.now(UTC))
            if choices.environment == "simulator"
            else RealClock(access.time_scale, access.time_origin)
        )
        granted = (provider.auth.token_field, provider.auth.token_header)
        self.mask = Mask(provider.masking.under(provider.settings, plan.facts.settings), plan.mask_key, secret=granted)
        server = self._serve() if choices.environment == "simulator" else None
        doors, secrets, roles = self._reach(server)
        for values in secrets.values():
            for name, value in values.items():
                self.mask.learn(name, value)
        # The id of a key is learned as the rest is, yet says only which key it is.
        shown = (*provider.masking.shortened, provider.signing.key_id if provider.signing else "")
        # A simulator makes its secrets up: nobody has to hide them from its own code.
        self._given = (
            frozenset()
            if server
            else frozenset(v for values in secrets.values() for name, v in values.items() if name not in shown)
        )
        self.mask.data(roles)
        self.roles = roles
        self.ledger = self._ledger(first=not worker)
        self.allowance = self._allowance()
        self.journal = Journal(plan.folder, worker)
        self.mask.written = lambda: self.journal.records
        guard = Guard(choices.environment, doors, dossier.contract, self.allowance)
        # Side by side they go no faster than one would: each takes its share of what the provider allows.
        pace = Pace(provider.pace.requests_per_second / workers if server is None else None, self.clock)
        self.line = Line(guard, pace, self.mask, self.clock, self.journal.append, self._first_number(), access.connect_to,
                         Witness(dossier.contract, provider.edge, self.settings))  # fmt: skip
        self.ca_pem = server.ca_pem if server else _pem(access.ca_file)
        http = Http(self.line, ca_pem=self.ca_pem, connect_to=access.connect_to)
        self._open.callback(http.close)
        self.signer = self._signer(secrets[doors[0].environment], roles)
        self.api = Api(
            provider, guard, http, self.clock, lambda door, name: secrets[door][name], self.settings, self.signer
        )
        self.control = Control(server, choices.environment)
        self.partner = Partner(provider, choices.environment, self._partner_id(roles), self._capabilities(roles), roles,
                               self.settings, secrets[doors[0].environment], f"{plan.run}{f'-{worker}' if worker else ''}", self._canaries)  # fmt: skip
        self._server = server
        self.deaf = ""
        """Why nobody listens for callbacks although somebody should; the preflight tells of it."""
        self._callbacks = self._heard(access.callbacks) if access.callbacks and not leads else None
        self.polling = Polling(provider.polling) if provider.polling else None
        self.campaign: Any = None

    @property
    def settings(self) -> Mapping[str, Any]:
        """Every setting: the partner's choice, else the default."""
        defaults = {name: setting.value for name, setting in self.plan.dossier.provider.settings.items()}
        return defaults | dict(self.plan.facts.settings)

    @property
    def callbacks(self) -> Callbacks:
        """What the provider sends of its own accord. On a simulator a receiver is opened when it is first asked for."""
        if self._callbacks is None:
            if self._server is None:
                raise CannotJudge(self.deaf or "nowhere to be called back: add [" + f"{self.plan.dossier.name}.{self.plan.choices.environment}"
                                  + '.callbacks] with public_url to accredit.toml.')  # fmt: skip
            self._callbacks = self._listen(CallbackAccess())
        return self._callbacks

    @property
    def values(self) -> Values:
        """What this worker knows that must not be written."""
        planted, excused = dict(self._canaries.planted), dict(self._canaries.excused)
        return Values(self.mask.tokens, self._given, planted, excused, self.journal.path.name, self.mask.since)

    def receive_again(self) -> None:
        """A receiver that one scenario put out of order is in order for the next."""
        if self._callbacks is not None:
            self._callbacks.turn_away(0)

    def unclaimed(self, scenario: str) -> list[Delivered]:
        """Deliveries to a scenario that are not as promised, and of which it did not know."""
        if self._callbacks is None:
            return []
        self._callbacks.settle()
        return self._callbacks.unclaimed(scenario)

    def begin(self) -> None:
        """Writes the first record of this segment."""
        self.journal.append(
            self.header() if not self.worker else {"kind": "segment", "run": self.plan.run, "name": self.worker}
        )

    def header(self) -> dict[str, Any]:
        """The journal's header."""
        doors = self.line.guard.doors
        reached = ", ".join(door.base_url for door in doors if door.environment == doors[0].environment)
        return self.plan.header(base_url=reached, clock=self.clock.kind, started_at=stamp(datetime.now(UTC)),
                                capabilities=sorted(self.partner.capabilities), partner_id=self.partner.id)  # fmt: skip

    def end(self, segments: Mapping[str, Any] | None = None, *, with_footer: bool = True) -> None:
        """Writes the footer, and lets go of everything."""
        self._open.close()  # first: the footer is the last word, and a receiver that is open may yet hear something
        if self.journal.failure is None:
            self.journal.append(self.line.witness.exercised.to_record())
            if self.ledger and self.plan.approved and not self.worker:
                spent, chain = self.ledger.state(self.clock.now)
                self.journal.append(spend_record(spent, chain, self.plan.approved, self.plan.run))
        if with_footer:
            self.journal.append(
                {"kind": "footer", "finished_at": stamp(datetime.now(UTC)), "segments": dict(segments or {})}
            )
        self.close()

    def close(self) -> None:
        """Lets go of server, connections and file, without a word in the journal."""
        self._open.close()
        self.journal.close()
        if self.plan.choices.watch:
            asked = {scenario: sorted(names) for scenario, names in self._asked.items()}
            self.plan.choices.watch.write_text(json.dumps(asked), encoding="utf-8")

    def find(self, finding: Finding) -> None:
        """Records a finding, its words masked."""
        what, wanted, got = self.mask.texts([finding.what, finding.wanted, finding.got])
        self.journal.append({**finding.to_record(), "what": what, "wanted": wanted, "got": got})

    def exchanges_since(self, count: int) -> tuple[int, ...]:
        """Numbers of the exchanges after the first `count`, those of the scenario under way."""
        mine = self.line.scenario
        return tuple(exchange.number for exchange in self.line.exchanges[count:] if exchange.scenario == mine)

    def _heard(self, access: CallbackAccess) -> Callbacks | None:
        try:
            return self._listen(access)
        except UsageError as taken:
            if not self._asks_first:
                raise
            self.deaf = str(taken)
            return None

    def _listen(self, access: CallbackAccess) -> Callbacks:
        host, _, port = access.listen.rpartition(":")
        if access.certificate:
            tls = context_from(Path(access.certificate))
        else:
            authority = Authority()
            tls = authority.context([host, "localhost"])
            if self._server is not None:
                self._server.courier.trust(authority.pem)
        receiver = Receiver(lambda incoming: callbacks.take(incoming), tls, int(port))
        base = access.public_url.rstrip("/") or f"https://localhost:{receiver.port}"
        url, private = f"{base}/callbacks/{self.plan.run}", self._server is not None
        callbacks = Callbacks(self.plan.dossier.contract, self.line, self.clock, url, private=private)
        self._open.callback(receiver.close)
        if self._server is not None:
            self._open.callback(self._server.courier.close)  # first: the receiver waits for connections to end
        return callbacks

    def _serve(self) -> Simulator:
        dossier = self.plan.dossier
        simulation = load_simulation(dossier.root, dossier.name)
        unknown = set(self.plan.choices.defects) - set(simulation.DEFECTS)
        if unknown:
            raise UsageError(
                f"{', '.join(sorted(unknown))}: no such defect; the simulator has {', '.join(sorted(simulation.DEFECTS))}."
            )
        chance = Random(_SEED)  # noqa: S311 - chance that can be repeated is what is wanted
        defects = frozenset(self.plan.choices.defects)
        if self.plan.choices.watch:
            defects = Watched(defects, lambda name: self._asked.setdefault(self.line.scenario, set()).add(name))
        self._canaries = Canaries(Random(self.plan.mask_key))  # noqa: S311 - nobody has to be kept from guessing them
        right = simulation(Setup(self.settings, self.clock.now, defects, chance, self._canaries))
        self.simulation = right
        for flaw in self.plan.choices.flaws:
            self.simulation = flawed(self.simulation, dossier, flaw)
        server = Simulator(self.simulation, dossier.contract, entrances_of(dossier.provider), self.clock)
        if isinstance(self.clock, SimulatedClock):
            self.clock.settle = server.courier.settle
            self.clock.next_due = lambda: server.courier.outbox.next_due
        return self._open.enter_context(server)

    def _reach(
        self, server: Simulator | None
    ) -> tuple[tuple[Door, ...], Mapping[str, Mapping[str, str]], Mapping[str, Any]]:
        """Doors, secrets by door, roles."""
        provider, where = self.plan.dossier.provider, self.plan.choices.environment
        if server is None:
            facts, access = provider.facts_of(where), self.plan.facts.access(where)
            if facts.stand_in and (missing := [s for s in provider.services if s not in access.base_urls]):
                raise UsageError(f"{provider.title} publishes no host names: name the base URL of {', '.join(missing)} in accredit.toml, "
                                 f"[{provider.name}.{where}] base_urls. `accredit init` writes an example.")  # fmt: skip
            urls = facts.services_by_url(provider.services, access.base_urls)
            doors = tuple(Door(where, url, facts, services) for url, services in urls.items())
            roles = _over(access.roles, self.plan.approved.budget.roles) if self.plan.approved else access.roles
            return doors, {where: secrets_from_environment(self.plan, all_of_them=not self._asks_first)}, roles
        doors = tuple(Door(e.environment, server.url_of(e), provider.facts_of(e.environment), e.services)
                      for e in entrances_of(provider))  # fmt: skip
        secrets = {door.environment: self.simulation.access(door.environment) for door in doors}
        for name, value in (
            pair for given in secrets.values() for pair in given.items() if pair[0] in provider.masking.secret
        ):
            self._canaries.mark(name, value)
        return doors, secrets, self.simulation.roles("certification")

    def _ledger(self, *, first: bool) -> Ledger | None:
        """In which writes to production are counted. The one that opens it first looks whether earlier runs are still in it."""
        approved, provider, choices = self.plan.approved, self.plan.dossier.provider, self.plan.choices
        if approved is None:
            return None
        ledger = approved.ledger(choices.partner_file, self.plan.run, (_UNAUTHORISED, *provider.retry.on))
        ledger.open(self.clock.now, list(journalled(choices.output, provider.name)) if first else ())
        return ledger

    def _allowance(self) -> Allowance | None:
        """What may be written to production."""
        approved, provider = self.plan.approved, self.plan.dossier.provider
        if approved is None or self.ledger is None:
            return None
        usual = {provider.auth.token_header, *provider.auth.headers, *provider.facts_of("production").required_headers}
        return Allowance(approved.budget, approved.path, approved.digest, approved.facts, self.plan.dossier.writes,
                         frozenset(name.lower() for name in usual), self.settings, self.ledger)  # fmt: skip

    def _signer(self, secrets: Mapping[str, str], roles: Mapping[str, Any]) -> Signer | None:
        signing = self.plan.dossier.provider.signing
        if signing is None or "signing" not in self._capabilities(roles):
            return None
        if not {signing.key, signing.key_id} <= secrets.keys():
            return None  # the preflight tells that they are missing
        try:
            key = RsaKey.from_pem(secrets[signing.key].encode())
            key.private_pem()
            return Signer(key, secrets[signing.key_id], self.clock.now)
        except ValueError as wrong:
            raise UsageError(f"{signing.key} holds no RSA private key in PEM that can be read ({wrong}); give one, "
                             "or do not claim signing.") from None  # fmt: skip

    def _partner_id(self, roles: Mapping[str, Any]) -> str:
        return str(roles.get("partner_id", self.plan.facts.partner_id))

    def _capabilities(self, roles: Mapping[str, Any]) -> frozenset[str]:
        """What the partner claims; on a simulator, everything it offers unless the partner says otherwise."""
        return frozenset(self.plan.facts.capabilities or roles.get("capabilities", ()))

    def _first_number(self) -> int:
        """Exchange numbers are counted from 1; each worker counts in a range of its own, so that none is given twice."""
        worker = int(self.worker.removeprefix("gw")) if self.worker else _LEADS_FROM * (self.leads and self._asks_first)
        return worker * NUMBERS_A_WORKER + 1


def entrances_of(provider: Provider) -> list[Entrance]:
    """Every base URL of a provider, certification's first."""
    return [
        Entrance(name, url, services)
        for name in ("certification", "production")
        if name in provider.environments
        for url, services in provider.facts_of(name).services_by_url(provider.services, {}).items()
    ]


def _over(roles: Mapping[str, Mapping[str, Any]], named: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Roles, those that a budget names in place of the partner's own."""
    return {
        kind: {**roles.get(kind, {}), **named.get(kind, {})} for kind in [*roles, *(k for k in named if k not in roles)]
    }


def _pem(path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as failed:
        raise UsageError(f"ca_file {path} cannot be read ({failed}).") from None
