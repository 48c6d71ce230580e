"""The pytest plugin: options, and the fixtures that steps use. What happens during a session is `session`'s."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from accredit.model.errors import AccreditError, CannotJudge, NotApplicable, UsageError
from accredit.model.exchange import Exchange
from accredit.model.fuzzing import SEED
from accredit.model.requirement import ENVIRONMENTS
from accredit.model.signatures import Signer
from accredit.suite.catalogue import Dossier, provider_names
from accredit.suite.live import Control, Live
from accredit.suite.locks import lock
from accredit.suite.partner import Partner, Polling
from accredit.suite.places import suite_root
from accredit.suite.plan import Choices
from accredit.suite.session import SessionRecorder, live_of
from accredit.wire.api import Api
from accredit.wire.callbacks import Callbacks
from accredit.wire.clock import Clock
from accredit.wire.tokens import Tokens


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("accredit", "certification evidence")
    group.addoption(
        "--accredit-env",
        default="simulator",
        metavar="ENV",
        help=f"one of {', '.join(ENVIRONMENTS)} (default: simulator)",
    )
    group.addoption(
        "--accredit-only",
        action="append",
        default=[],
        metavar="ID",
        help="only scenarios of this requirement; repeatable",
    )
    group.addoption(
        "--accredit-scenario",
        action="append",
        default=[],
        metavar="ID",
        help="only this scenario; repeatable",
    )
    group.addoption(
        "--accredit-fuzz", default="ci", metavar="PROFILE", help="how much of a contract's cases is sent (default: ci)"
    )
    group.addoption("--accredit-consent", default="", metavar="WHO", help="who at the provider agreed to be fuzzed")
    group.addoption(
        "--accredit-seed", type=int, default=SEED, metavar="N", help=f"of generated cases (default: {SEED})"
    )
    group.addoption("--accredit-cases", type=int, default=None, metavar="N", help="generated cases of each operation")
    group.addoption(
        "--accredit-round", action="append", default=[], metavar="NAME", help="only this operation, phase or round"
    )
    group.addoption(
        "--accredit-watch",
        type=Path,
        default=None,
        metavar="FILE",
        help="write which scenario had the simulator ask about which defect",
    )
    group.addoption(
        "--accredit-defect",
        action="append",
        default=[],
        metavar="NAME",
        help="switch a simulator defect on; repeatable",
    )
    group.addoption(
        "--accredit-flaw",
        action="append",
        default=[],
        metavar="NAME",
        help="have the simulator break its contract in this way",
    )
    group.addoption(
        "--accredit-partner",
        type=Path,
        default=None,
        metavar="FILE",
        help="accredit.toml (default: the one here, if any)",
    )
    group.addoption(
        "--accredit-budget",
        type=Path,
        default=None,
        metavar="FILE",
        help="what may be written to production, as two people signed it",
    )
    group.addoption("--accredit-approval", default="", metavar="TICKET", help="the budget's ticket: you have approval")
    group.addoption(
        "--accredit-output",
        type=Path,
        default=Path("evidence"),
        metavar="FOLDER",
        help="where run folders go (default: evidence)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "simulator: needs the simulator's clock, ledger or faults")
    root, names, features, contracts = _asked_for(config)
    if not names:
        return
    choices = Choices(features=features, fuzz=config.option.accredit_fuzz if contracts else "", consent=config.option.accredit_consent,
                      seed=config.option.accredit_seed, cases=config.option.accredit_cases, rounds=tuple(config.option.accredit_round),
                      environment=config.option.accredit_env, only=tuple(config.option.accredit_only), defects=tuple(config.option.accredit_defect),
                      scenarios=tuple(config.option.accredit_scenario), watch=config.option.accredit_watch,
                      flaws=tuple(config.option.accredit_flaw), partner_file=config.option.accredit_partner, output=config.option.accredit_output,
                      budget=config.option.accredit_budget, approval=config.option.accredit_approval)  # fmt: skip
    dossiers = {name: Dossier(name, root) for name in names}
    try:
        for dossier in dossiers.values():
            for id_ in dossier.register.ids:
                config.addinivalue_line("markers", f"{id_}: {dossier.register[id_].title}")
        config.pluginmanager.register(SessionRecorder(config, dossiers, choices), "accredit-session")
    except AccreditError as wrong:
        raise pytest.UsageError(str(wrong)) from wrong


def _asked_for(config: pytest.Config) -> tuple[Path, list[str], bool, bool]:
    """The suite, the providers that this session was pointed at, and whether at their features, at their contracts."""
    try:
        root = suite_root(config.rootpath)
    except UsageError:
        return config.rootpath, [], False, False
    asked = [Path(config.invocation_params.dir, argument.split("::")[0]).resolve() for argument in config.args]
    found = {
        part: [name for name in provider_names(root) if any(_touches(path, root / part / name) for path in asked)]
        for part in ("features", "contracts")
    }
    names = [name for name in provider_names(root) if name in found["features"] + found["contracts"]]
    return root, names, bool(found["features"]), bool(found["contracts"])


def _touches(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents or path in folder.parents


@pytest.fixture
def live(request: pytest.FixtureRequest) -> Live:
    """This provider's run."""
    return live_of(request.node)


@pytest.fixture
def api(live: Live) -> Api:
    """The provider's operations."""
    return live.api


@pytest.fixture
def tokens(live: Live) -> Tokens:
    """The token manager."""
    return live.api.tokens


@pytest.fixture
def signer(live: Live) -> Signer:
    """Signs by the partner's key; for steps that alter what a signature says."""
    if live.signer is None:
        raise NotApplicable("the partner does not claim signing")
    return live.signer


@pytest.fixture
def partner(live: Live) -> Partner:
    """The partner: roles, capabilities, settings, new ids."""
    return live.partner


@pytest.fixture
def callbacks(live: Live) -> Callbacks:
    """What the provider sends of its own accord, and where to."""
    return live.callbacks


@pytest.fixture
def clock(live: Live) -> Clock:
    """The run's clock: simulated time on a simulator, real waiting elsewhere."""
    return live.clock


@pytest.fixture
def polling(live: Live) -> Polling:
    """The provider's published schedule for asking again."""
    if live.polling is None:
        raise CannotJudge("provider.toml has no [polling].")
    return live.polling


@pytest.fixture
def simulator(live: Live) -> Control:
    """The simulator's control channel; only for scenarios tagged @simulator."""
    return live.control


@pytest.fixture
def exchanges(live: Live) -> Sequence[Exchange]:
    """Every exchange of this run so far, masked; grows as the scenario goes on."""
    return live.line.exchanges


@pytest.fixture
def alone(live: Live) -> Iterator[Callable[[str], None]]:
    """`alone("repeating")`: no other worker does what takes the same name until this scenario has ended."""
    names: set[str] = set()
    with ExitStack() as held:

        def hold(name: str) -> None:
            if name not in names:
                names.add(name)
                held.enter_context(lock(live.plan.folder, name))

        yield hold
