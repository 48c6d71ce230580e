"""Signs in a role: bundles for a gate with all that bears on it, or a budget's file. Any change afterwards voids the signature."""

from collections.abc import Mapping

from accredit.evidence.statements import stated
from accredit.model.errors import UsageError
from accredit.model.gate.table import Table
from accredit.model.keys import PrivateKey
from accredit.model.statement import Person, SignOff
from accredit.release.voices import predicate
from accredit.suite.people import APPROVER

BUDGET = "budget"
"""The purpose of who signs a budget: `latam_pass.budget`."""


def must_have_role(person: Person, role: str) -> None:
    """Raises UsageError when the person has no such role in accredit.toml."""
    if role not in person.roles:
        has = ", ".join(person.roles) or "none"
        raise UsageError(f"{person.name} is no {role} in accredit.toml, and has the roles {has}; sign in one of these.")


def sign_table(said: SignOff, table: Table, key: PrivateKey) -> bytes:
    """The signed statement over everything that lies on a gate's table.

    Raises:
        UsageError: nobody signs in this role there, or a bundle is not what it says.
    """
    roles = [q.role for q in table.gate.quorum]
    if said.role not in roles:
        raise UsageError(f"{said.purpose} takes no signature of a {said.role}; it takes {' and '.join(roles)}.")
    if table.faults:
        raise UsageError(f"{table.faults[0]} Nothing is signed beside what was altered.")
    for bundle in table.laid:
        if not bundle.is_sound or bundle.provider != table.provider:
            raise UsageError(f"{bundle.name} is not to be signed for {said.purpose}: {table.why_not_counted(bundle).rstrip('.')}. "
                             f"`accredit verify {bundle.name}` says more.")  # fmt: skip
    return stated("sign-off", {name: digest for digest, name in table.on_it.items()}, predicate(said), key)


def sign_budget(said: SignOff, subject: Mapping[str, str], key: PrivateKey) -> bytes:
    """The signed statement over a budget's file and what it is counted by and in.

    Args:
        subject: Name → hex SHA-256.

    Raises:
        UsageError: no budget is signed in this role.
    """
    if said.role != APPROVER:
        raise UsageError(f"{said.purpose} takes no signature of a {said.role}; it takes two of the role {APPROVER}.")
    return stated("sign-off", subject, predicate(said), key)
