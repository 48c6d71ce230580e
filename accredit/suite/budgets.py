"""The budget of a production run: read, found to be signed by its two approvers, and set up to be counted."""

import hashlib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from accredit.evidence.journal import MAIN, read_segments
from accredit.evidence.spent import NAME, Ledger
from accredit.model.budget import FILE, Budget, budget_from
from accredit.model.covering import covered, left_out
from accredit.model.errors import BundleRefused, UsageError
from accredit.model.moment import stamp
from accredit.model.spending import Spent
from accredit.suite.approval import Signed, counted_before, digest_of, files_signed, signatures
from accredit.suite.catalogue import PARTNER_FILE, Dossier, statements_folder
from accredit.suite.simulation import must_be_roles

_MOST_BYTES = 1024**2


@dataclass(frozen=True, slots=True)
class Approved:
    """A budget whose bytes its two approvers have signed.

    Attributes:
        digest: Hex SHA-256 of the file.
        facts: The file that says what requests move, which was signed too, and its hex SHA-256.
        covered: Requirements that run because of it.
        left_out: Requirement → why it does not run all the same.
    """

    budget: Budget
    path: Path
    digest: str
    facts: tuple[Path, str]
    signed: tuple[Signed, ...]
    covered: frozenset[str]
    left_out: Mapping[str, str]

    def ledger(self, partner_file: Path | None, run: str = "", again_on: tuple[int, ...] = ()) -> Ledger:
        """In which what a run sends is counted: the one that was signed with the budget, and no other."""
        path, signed = _ledger_path(partner_file, self.budget.provider), {one.counted_in for one in self.signed}
        return Ledger(path, self.budget, self.digest, run, again_on, signed)

    def record(self) -> dict[str, Any]:
        """As the journal's header tells it: members and products by role, without who or what they are."""
        budget = self.budget
        return {
            "file": self.path.name, "sha256": self.digest, "ticket": budget.ticket.name,
            "ticket_points": budget.ticket.points, "ticket_requests": budget.ticket.requests,
            "start": stamp(budget.start), "end": stamp(budget.end), "points_total": budget.points.total, "points_each": budget.points.each,
            "operations": {name: told.count for name, told in budget.operations.items()},
            "roles": {kind: sorted(players) for kind, players in budget.roles.items()},
            "signed": [{"by": one.by, "role": one.role, "at": stamp(one.at)} for one in self.signed],
            "left_out": dict(self.left_out),
        }  # fmt: skip


def budget_file(given: Path | None, partner_file: Path | None) -> Path:
    """The budget's file: the one named, else the one beside accredit.toml."""
    return given or (partner_file or Path(PARTNER_FILE)).parent / FILE


def approved_budget(path: Path, dossier: Dossier, partner_file: Path | None, now: datetime) -> Approved:
    """The budget in a file, if it holds at that moment.

    Raises:
        UsageError: it cannot be read, holds no longer or not yet, is another provider's, names what cannot be budgeted, or its
            two approvers have not both signed these very bytes, and those of the facts that say what requests move.
    """
    budget, data = _parsed(path, dossier)
    for name in budget.operations:
        _check_operation(name, dossier, path)
    if why := budget.not_at(now):
        raise UsageError(f"{path}: {why}.")
    digest = hashlib.sha256(data).hexdigest()
    facts = dossier.writes_file, digest_of(dossier.writes_file)
    signed = signatures(budget, path, files_signed(path, digest, dossier, facts[1]), dossier, partner_file, now)
    names = budget.operations.keys()
    return Approved(
        budget, path, digest, facts, signed, covered(dossier.writes, names), left_out(dossier.writes, names)
    )


def ledger_beside(path: Path, dossier: Dossier, partner_file: Path | None) -> Ledger:
    """The ledger in which a budget's spending is counted, whether the budget holds or not. Nothing is reserved in it."""
    budget, data = _parsed(path, dossier)
    return Ledger(_ledger_path(partner_file, dossier.name), budget, hashlib.sha256(data).hexdigest(), "")


def begun(path: Path, dossier: Dossier, partner_file: Path | None, now: Callable[[], datetime]) -> dict[str, str]:
    """What each approver of a budget signs, by name, each a hex SHA-256. The ledger is made when there is none and never was.

    Raises:
        UsageError: the budget cannot be read, names what cannot be budgeted, has ended, or the ledger was altered, or is gone.
    """
    budget, data = _parsed(path, dossier)
    for name in budget.operations:
        _check_operation(name, dossier, path)
    if now() >= budget.end:
        raise UsageError(f"{path}: {budget.not_at(now())}.")
    digest, before = hashlib.sha256(data).hexdigest(), counted_before(dossier.name, partner_file)
    ledger = Ledger(_ledger_path(partner_file, dossier.name), budget, digest, "", signed=before)
    files = files_signed(path, digest, dossier, digest_of(dossier.writes_file))
    return {**files, NAME: ledger.begin(now)}


def journalled(output: Path, provider: str) -> Iterator[str]:
    """The ledger's chain values that journals of earlier runs hold: what they sent must still be counted.

    Raises:
        UsageError: one of them cannot be read, or was altered.
    """
    for folder in sorted(path.parent for path in output.glob(f"{provider}-production-*/{MAIN}")):
        try:
            for segment in read_segments(folder):
                yield from (r["counted"]["chain"] for r in segment if r["kind"] == "intent" and r.get("counted"))
        except (BundleRefused, OSError, LookupError, TypeError) as wrong:
            raise UsageError(f"{folder}: {wrong}: what it sent cannot be held against the ledger. Put the original back, or take the folder out "
                             f"of {output} once somebody has looked.") from None  # fmt: skip


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


def _ledger_path(partner_file: Path | None, provider: str) -> Path:
    """One for all budgets of a provider: a ticket's points are counted over all of its budgets."""
    return statements_folder(partner_file, provider) / NAME


def _parsed(path: Path, dossier: Dossier) -> tuple[Budget, bytes]:
    data = _read(path)
    try:
        budget = budget_from(tomllib.loads(data.decode()), dossier.name, str(path))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise UsageError(f"{path} is not TOML: {wrong}. Correct it, and have it signed anew.") from None
    must_be_roles(budget.roles, dossier, f"{path}: roles")
    return budget, data


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
