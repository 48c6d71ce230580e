"""The budget of a production run: read, found to be signed by its two approvers, and set up to be counted."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from accredit.evidence.journal import read_segments
from accredit.evidence.statements import kept_in
from accredit.model.budget import FILE, Budget, budget_from
from accredit.model.errors import BundleRefused, UsageError
from accredit.model.keys import key_id
from accredit.model.reading import read
from accredit.model.spending import LEEWAY, Spent
from accredit.model.statement import Person, SignOff
from accredit.model.writes import covered, left_out
from accredit.suite.catalogue import PARTNER_FILE, Dossier, people, statements_folder
from accredit.wire.clock import stamp
from accredit.wire.spent import NAME, Ledger

_MOST_BYTES = 1024**2


@dataclass(frozen=True, slots=True)
class Approved:
    """A budget whose bytes its two approvers have signed.

    Attributes:
        digest: Hex SHA-256 of the file.
        signed: Who signed, in which role and when: `("ada", "release-manager", …)`.
        covered: Requirements that run because of it.
        left_out: Requirement → why it does not run all the same.
    """

    budget: Budget
    path: Path
    digest: str
    signed: tuple[tuple[str, str, datetime], ...]
    covered: frozenset[str]
    left_out: Mapping[str, str]

    def ledger(self, partner_file: Path | None) -> Path:
        """Where what is spent is counted: one for all budgets of a provider, so that no other budget begins anew."""
        return statements_folder(partner_file, self.budget.provider) / NAME

    def record(self) -> dict[str, Any]:
        """As the journal's header tells it: members and products by role, without who or what they are."""
        budget = self.budget
        return {
            "file": self.path.name, "sha256": self.digest, "ticket": budget.ticket.name,
            "ticket_points": budget.ticket.points, "ticket_requests": budget.ticket.requests,
            "start": stamp(budget.start), "end": stamp(budget.end), "points_total": budget.points.total, "points_each": budget.points.each,
            "operations": {name: told.count for name, told in budget.operations.items()},
            "roles": {kind: sorted(players) for kind, players in budget.roles.items()},
            "signed": [{"by": name, "role": role, "at": stamp(at)} for name, role, at in self.signed],
            "left_out": dict(self.left_out),
        }  # fmt: skip


def budget_file(given: Path | None, partner_file: Path | None) -> Path:
    """The budget's file: the one named, else the one beside accredit.toml."""
    return given or (partner_file or Path(PARTNER_FILE)).parent / FILE


def approved_budget(path: Path, dossier: Dossier, partner_file: Path | None, now: datetime) -> Approved:
    """The budget in a file, if it holds at that moment.

    Raises:
        UsageError: it cannot be read, holds no longer or not yet, is another provider's, names what cannot be budgeted, or its
            two approvers have not both signed these very bytes.
    """
    budget, data = _parsed(path, dossier)
    for name in budget.operations:
        _check_operation(name, dossier, path)
    if why := budget.not_at(now):
        raise UsageError(f"{path}: {why}.")
    digest = hashlib.sha256(data).hexdigest()
    signed = _signatures(budget, path, digest, partner_file, now)
    names = budget.operations.keys()
    return Approved(budget, path, digest, signed, covered(dossier.writes, names), left_out(dossier.writes, names))


def ledger_beside(path: Path, dossier: Dossier, partner_file: Path | None) -> Ledger:
    """The ledger in which a budget's spending is counted, whether the budget holds or not. Nothing is reserved in it."""
    budget, data = _parsed(path, dossier)
    return Ledger(statements_folder(partner_file, dossier.name) / NAME, budget, hashlib.sha256(data).hexdigest(), "")


def journalled(output: Path, provider: str) -> Iterator[str]:
    """The ledger's chain values that journals of earlier runs hold: what they sent must still be counted."""
    for folder in sorted(output.glob(f"{provider}-production-*")):
        with suppress(BundleRefused, UsageError, OSError):  # what cannot be read is `verify`'s to complain of
            for segment in read_segments(folder):
                yield from (r["counted"]["chain"] for r in segment if r["kind"] == "intent" and r.get("counted"))


def spend_record(spent: Spent, chain: str, approved: Approved, run: str) -> dict[str, Any]:
    """What the journal's last records say of the budget: what this run sent, what was sent under budget and ticket in all."""
    mine = [e for e in spent.sent if e.run == run]
    requests, points = spent.under(budget=approved.digest)
    ticket_requests, ticket_points = spent.under(ticket=approved.budget.ticket.name)
    return {
        "kind": "spend", "requests": len(mine), "points_moved": sum(e.charge.points for e in mine), "budget_requests": requests,
        "budget_points": points, "ticket_requests": ticket_requests, "ticket_points": ticket_points,
        "unclear": [e.number for e in spent.unclear()], "chain": chain,
        "writes": [{"number": e.number, "operation": e.charge.operation, "own": e.charge.own, "moved": e.charge.points,
                    "roles": list(e.charge.roles), "at": e.at, "status": e.status} for e in mine],
    }  # fmt: skip


def _parsed(path: Path, dossier: Dossier) -> tuple[Budget, bytes]:
    data = _read(path)
    try:
        return budget_from(tomllib.loads(data.decode()), dossier.name, str(path)), data
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise UsageError(f"{path} is not TOML: {wrong}. Correct it, and have it signed anew.") from None


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path} has more than {_MOST_BYTES} bytes; no budget is so long.")
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist; without a budget leave --budget and --yes-i-have-approval out: then only what reads "
                         "goes to production.") from None  # fmt: skip
    except OSError as failed:
        raise UsageError(f"{path} cannot be read ({failed.strerror}).") from None


def _check_operation(name: str, dossier: Dossier, path: Path) -> None:
    operation, facts = dossier.contract[name], dossier.writes.get(name)
    if operation.effect != "writes":
        raise UsageError(f"{path}: {name} only reads, and needs no budget; leave it out.")
    if facts is None or facts.never:
        why = facts.never if facts else f"contracts/{dossier.name}/budget.toml does not say what it moves"
        raise UsageError(f"{path}: {name} cannot be budgeted: {why}. Leave it out.")


def _signatures(
    budget: Budget, path: Path, digest: str, partner_file: Path | None, now: datetime
) -> tuple[tuple[str, str, datetime], ...]:
    known, folder = people(partner_file), statements_folder(partner_file, budget.provider)
    purpose, found, strange = f"{budget.provider}.budget", {}, {}
    for file, statement in kept_in(folder, "sign-off").items():
        told = read(SignOff, statement.predicate, str(file))
        if told.purpose != purpose or told.provider != budget.provider:
            continue
        signer = key_id(statement.key)
        who = next((name for name, person in known.items() if person.key == signer and told.role in person.roles), "")
        if not who:
            strange[signer] = f"{file.name}, by the key {signer}, is nobody's of [people] in the role {told.role}"
        elif statement.subject.get(path.name) != digest:
            strange[who] = f"{who} has signed other bytes than these"
        elif told.at > now + LEEWAY:
            strange[who] = f"{who}'s signature is of {stamp(told.at)}, which is yet to come; check the clock"
        else:
            found[who] = (who, told.role, told.at)
    missing = [name for name in budget.approvers if name not in found]
    if missing:
        raise UsageError(f"{path} is not signed by {' and '.join(missing)}: {'; '.join(_why(n, known, strange) for n in missing)}"
                         f"{_also(found, strange, missing)}. Both approvers sign the file as it is: "
                         f"accredit sign {path} --for {purpose} --role ROLE --by NAME --key KEY; any change of a byte voids it.")  # fmt: skip
    return tuple(found[name] for name in budget.approvers)


def _why(name: str, known: Mapping[str, Person], strange: Mapping[str, str]) -> str:
    if name not in known:
        return f"{name} is nobody of [people] in accredit.toml"
    return strange.get(name, f"there is no signature of {name}'s")


def _also(found: Mapping[str, Any], strange: Mapping[str, str], missing: list[str]) -> str:
    told = [f"{name} has, and one person signs for one, however often" for name in found]
    told += [words for who, words in strange.items() if who not in missing]
    return "".join(f"; {words}" for words in told)
