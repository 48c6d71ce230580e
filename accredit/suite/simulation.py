"""A provider's simulator as its folder holds it, and the roles it plays: no others exist."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

from accredit.model.errors import UsageError, instead
from accredit.model.simulation import Setup, Simulation
from accredit.suite.catalogue import Dossier


def load_simulation(root: Path, provider: str) -> type[Simulation]:
    """The class `Simulator` of `contracts/<provider>/simulator.py`. By name: the engine imports no provider."""
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        module = importlib.import_module(f"contracts.{provider}.simulator")
    except ModuleNotFoundError as missing:
        raise UsageError(f"contracts/{provider}/simulator.py cannot be loaded ({missing}).") from None
    simulation: type[Simulation] = module.Simulator
    return simulation


def roles_played(dossier: Dossier, environment: str) -> Mapping[str, Any]:
    """What the partner's `accredit.toml` would say for a simulator with every setting as it comes: who plays which role, and the rest."""
    settings = {name: setting.value for name, setting in dossier.provider.settings.items()}
    setup = Setup(settings, partial(datetime.now, UTC), frozenset(), Random(0))  # noqa: S311 - only the shape is asked for
    return load_simulation(dossier.root, dossier.name)(setup).roles(environment)


def must_be_roles(roles: Mapping[str, Mapping[str, Any]], dossier: Dossier, where: str) -> None:
    """Holds roles that somebody filled against those that there are.

    Args:
        where: What stands before `members.collecting` where they were filled.

    Raises:
        UsageError: there is no such kind or role; says which was probably meant.
    """
    if wrong := list(strange_roles(roles, dossier, where)) if roles else []:
        raise UsageError("\n  ".join(wrong))


def strange_roles(roles: Mapping[str, Mapping[str, Any]], dossier: Dossier, where: str) -> Iterator[str]:
    """What is said of each kind and role that there is not."""
    title, known = dossier.provider.title, _roles(dossier)
    for kind, players in roles.items():
        if kind not in known:
            yield f"{where}.{kind}: {title} has no roles of that kind; {instead(kind, known)}"
            continue
        yield from (f"{where}.{kind}.{role}: {title} has no such role; {instead(role, known[kind])}"
                    for role in players if role not in known[kind])  # fmt: skip


@cache
def _roles(dossier: Dossier) -> Mapping[str, list[str]]:
    """Kind → the roles there are, in every environment the same."""
    played = roles_played(dossier, "certification")
    return {kind: list(players) for kind, players in played.items() if isinstance(players, Mapping)}
