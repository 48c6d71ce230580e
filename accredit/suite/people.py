"""Whose word and signature counts: `[people]` of `accredit.toml`, held against the roles that somebody can play."""

from collections.abc import Collection, Mapping
from pathlib import Path

from accredit.model.errors import UsageError, instead
from accredit.model.reading import read
from accredit.model.statement import Person
from accredit.suite.catalogue import PARTNER_FILE, Dossier, provider_names, read_toml

APPROVER = "approver"
"""The role in which a budget is signed; the others are those of `gates.toml`."""


def people(partner_file: Path | None, root: Path) -> Mapping[str, Person]:
    """Everybody whose signature counts, by the name of their table: `[people.ada]` of `accredit.toml`; nobody when there is none.

    Args:
        root: The suite, whose gates say which roles there are, and whose registers what can be attested.

    Raises:
        UsageError: the file cannot be read, two persons have one key, or somebody has a role that nobody is ever asked for, or
            attests what is in no register.
    """
    path = partner_file or Path(PARTNER_FILE)
    if partner_file is None and not path.is_file():
        return {}
    told = read_toml(path).get("people", {})
    known = {name: read(Person, table, f"{path}, [people.{name}]") for name, table in told.items()}
    keys = [person.key for person in known.values()]
    if shared := next((key for key in keys if keys.count(key) > 1), None):
        raise UsageError(f"{path}: the key {shared} is that of two people; each signs with a key of their own.")
    if any(person.roles for person in known.values()):
        _must_have_roles_that_exist(path, known, _roles(root))
    if any(person.attests for person in known.values()):
        _must_attest_what_exists(path, known, _requirements(root))
    return known


def _roles(root: Path) -> list[str]:
    """Those of every provider's gates, since a person is the partner's and not one provider's; and the approver's."""
    gates = (gate for name in provider_names(root) for gate in Dossier(name, root).gates)
    return sorted({APPROVER, *(seat.role for gate in gates for seat in gate.quorum)})


def _must_have_roles_that_exist(path: Path, known: Mapping[str, Person], roles: Collection[str]) -> None:
    for name, person in known.items():
        if strange := [role for role in person.roles if role not in roles]:
            raise UsageError(f"{path}, [people.{name}]: {strange[0]!r} is no role that a gate or a budget asks for; "
                             f"{instead(strange[0], roles)}")  # fmt: skip


def _requirements(root: Path) -> set[str]:
    """Ids and chapters of every provider's register."""
    ids = {id_ for name in provider_names(root) for id_ in Dossier(name, root).register.ids}
    return ids | {id_.rpartition("-")[0] for id_ in ids}


def _must_attest_what_exists(path: Path, known: Mapping[str, Person], requirements: Collection[str]) -> None:
    for name, person in known.items():
        if strange := [id_ for id_ in person.attests or () if id_ not in requirements]:
            raise UsageError(f"{path}, [people.{name}]: attests names {strange[0]!r}, which is neither a requirement nor a chapter; "
                             f"{instead(strange[0], requirements, '`accredit requirements` lists them all.')}")  # fmt: skip
