"""Whose word and signature counts: `[people]` of `accredit.toml`, held against the roles that somebody can play."""

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from accredit.model.errors import UsageError, instead
from accredit.model.reading import read
from accredit.model.statement import Person
from accredit.suite.catalogue import Dossier, partner_tables, provider_names

_TABLES = ("signing", "people")
_KEY = re.compile("[0-9a-f]{64}")
APPROVER = "approver"
"""The role in which a budget is signed; the others are those of `gates.toml`."""


def people(partner_file: Path | None, root: Path) -> Mapping[str, Person]:
    """Everybody whose signature counts, by the name of their table: `[people.ada]` of `accredit.toml`; nobody when there is none.

    Args:
        root: The suite, whose gates say which roles there are, and whose registers what can be attested.

    Raises:
        UsageError: the file cannot be read; a table in it is nobody's; a key is no id, or that of two people; a role is one that
            nothing asks for; what somebody attests is in no register.
    """
    path, tables = partner_tables(partner_file)
    _must_be_ours(path, tables, [*_TABLES, *provider_names(root)])
    known = {name: read(Person, table, f"{path}, [people.{name}]") for name, table in tables.get("people", {}).items()}
    _must_have_keys_of_their_own(path, known)
    if any(person.roles for person in known.values()):
        _must_have_roles_that_exist(path, known, _roles(root))
    if any(person.attests for person in known.values()):
        _must_attest_what_exists(path, known, _requirements(root))
    return known


def _must_be_ours(path: Path, tables: Iterable[str], known: Collection[str]) -> None:
    """A table almost of the name of one that is read is a slip, and what stands in it would count as not said. Others may be another suite's."""
    if strange := [name for name in tables if name not in known and get_close_matches(name, known)]:
        raise UsageError(f"{path}: [{strange[0]}] is nothing that anybody reads; {instead(strange[0], known)}")


def _must_have_keys_of_their_own(path: Path, known: Mapping[str, Person]) -> None:
    for name, person in known.items():
        if not _KEY.fullmatch(person.key):  # not shown: somebody may have put the key itself there
            raise UsageError(f"{path}, [people.{name}]: what key says is no key id; it has 64 hexadecimal digits in lower case, as "
                             "`accredit init` shows them.")  # fmt: skip
    keys = [person.key for person in known.values()]
    if shared := next((key for key in keys if keys.count(key) > 1), None):
        raise UsageError(f"{path}: the key {shared} is that of two people; each signs with a key of their own.")


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
