"""The ledger of what was spent of production budgets: one log a provider, on the disk before a request leaves, in which threads,
workers and other runs count together. A line that a crash cut off counts as the most it can have been."""

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from accredit.evidence.log import Log, held
from accredit.model.budget import Budget
from accredit.model.errors import BundleRefused, CannotJudge, Refused, UsageError
from accredit.model.moment import stamp
from accredit.model.spending import Charge, Entry, Spent, moved_backwards, objection

Now = Callable[[], datetime]

NAME = "spent.jsonl"
"""In the provider's folder of statements."""


class Ledger:
    """The ledger of one provider. Read anew under its lock for each record that is added: others may have added theirs.

    Args:
        again_on: Statuses after which the same bytes may be sent again.
        signed: Chain values that were signed with the budget: each must be in it, or it is another ledger.
    """

    def __init__(self, path: Path, budget: Budget, digest: str, run: str, again_on: tuple[int, ...] = (),
                 signed: Collection[str] = ()) -> None:  # fmt: skip
        self.path, self._budget, self._digest, self._run = path, budget, digest, run
        self._again_on, self._signed = again_on, frozenset(signed)
        self._known: tuple[str, str] | None = None

    def begin(self, now: Now) -> str:
        """The chain's value, for who signs a budget. The one place where the file is made when there is none."""
        with self._held(now, new=True) as book:
            return book.log.chain

    def open(self, now: Now, journalled: Collection[str] = ()) -> Spent:
        """What was spent so far. Called before anything leaves.

        Raises:
            UsageError: as of `check`, or nobody knows yet what became of writes of earlier runs.
        """
        spent = self.check(now, journalled)
        if unclear := spent.unclear(self._run):
            raise UsageError(unclear_words(self.path, unclear))
        return spent

    def check(self, now: Now, journalled: Collection[str] = ()) -> Spent:
        """What was spent so far, by a ledger that can be gone by.

        Args:
            journalled: Chain values that journals of earlier runs hold: each must still be in the ledger.

        Raises:
            UsageError: the ledger is not there, not the one that was signed, altered or shortened, or the clock was moved backwards.
        """
        with self._held(now) as book:
            if lost := set(journalled).difference(book.log.chains):
                raise UsageError(f"{self.path} lacks {len(lost)} writes that journals of earlier runs hold: it was removed, shortened or "
                                 "replaced. Put the original back; what was spent cannot be counted without it.")  # fmt: skip
            if why := moved_backwards(book.spent, now()) or self._budget.not_at(now()):
                raise UsageError(f"{why}.")
            return book.spent

    def reserve(self, charge: Charge, now: Now) -> tuple[int, str]:
        """Counts a request that is about to leave, on the disk when this returns: its number, and the chain's value.

        Raises:
            Refused: it is beyond what is left, or a repeat.
            CannotJudge: it cannot be counted; so it must not leave.
        """
        with self._held(now) as book:
            moment = now()
            if why := objection(self._budget, self._digest, book.spent, charge, moment, self._again_on):
                raise Refused(f"{why}.")
            number = len(book.spent.entries) + 1
            book.add({"kind": "spent", "number": number, "at": stamp(max(moment, book.spent.last_at or moment)), "budget": self._digest,
                      "ticket": self._budget.ticket.name, "run": self._run, "operation": charge.operation, "moved": charge.points,
                      "roles": list(charge.roles), "own": charge.own, "sha256": charge.digest})  # fmt: skip
            return number, book.log.chain

    def answered(self, number: int, status: int, now: Now) -> None:
        """Notes a whole answer. Without one nobody knows what became of the request, and the ledger shows it."""
        self._note({"kind": "answered", "number": number, "status": status}, now)

    def unsent(self, number: int, why: str, now: Now) -> None:
        """Gives a request back that provably did not leave."""
        self._note({"kind": "unsent", "number": number, "why": why}, now)

    def settle(self, number: int, how: str, by: str, now: Now) -> Entry:
        """Notes what somebody found of a write by looking at the provider. It stays counted either way.

        Raises:
            UsageError: there is no such write, or it is known already what became of it.
        """
        with self._held(now) as book:
            entry = book.spent.entries.get(number)
            if entry is None or entry.is_clear:
                raise UsageError(
                    f"{self.path} has no write {number} of which nobody knows how it went; without --settle they are listed."
                )
            book.add({"kind": "settled", "number": number, "how": how, "by": by, "at": _at(book, now)})
            return entry

    def state(self, now: Now) -> tuple[Spent, str]:
        """What was spent, and the chain's value, now."""
        with self._held(now) as book:
            return book.spent, book.log.chain

    def _note(self, record: Mapping[str, Any], now: Now) -> None:
        with self._held(now) as book:
            book.add({**record, "at": _at(book, now)})

    @contextmanager
    def _held(self, now: Now, *, new: bool = False) -> Iterator["_Book"]:
        """The ledger read, checked, mended and locked; made only when it may be new, and none was signed before."""
        new = new and not self._signed
        try:
            if not new and not self.path.exists():
                raise self._lost()
            with held(self.path) as log:
                book = _Book(log)
                if not book.spent.id:
                    if not new:
                        raise self._lost()
                    book.add({"kind": "ledger", "format": 1, "id": secrets.token_hex(8), "at": stamp(now())})
                if self._known and (self._known[0] != book.spent.id or self._known[1] not in log.chains):
                    raise self._replaced()
                if self._signed.difference(log.chains):
                    raise UsageError(f"{self.path} is not the ledger that was signed with the budget, or lacks what was in it then. Put the "
                                     "original back. If each approver had one of their own, keep one and have both sign beside it.")  # fmt: skip
                if log.torn:
                    book.add({**self._torn(book, now), **log.told_torn()})
                yield book
                self._known = book.spent.id, log.chain
        except BundleRefused as altered:
            raise UsageError(f"{self.path} was altered ({altered}); put the original back.") from None
        except OSError as failed:
            raise CannotJudge(f"{self.path} cannot be written ({failed.strerror}); what cannot be counted does not leave. Make room, or "
                              "correct its permissions, and run again.") from None  # fmt: skip

    def _lost(self) -> CannotJudge | UsageError:
        if self._known:
            return self._replaced()
        return UsageError(f"{self.path} is not there, and what is spent is counted in it. `accredit sign` makes it, for who approves the first "
                          "budget. If it was there before, put the original back: what was spent cannot be counted without it. Only if nothing was "
                          "ever sent by it, take the signatures over it away, and have the budget signed anew.")  # fmt: skip

    def _replaced(self) -> CannotJudge:
        return CannotJudge(
            f"{self.path} was removed, shortened or replaced while a run was counting in it; put the original back."
        )

    def _torn(self, book: "_Book", now: Now) -> Mapping[str, Any]:
        """What stands for a line that was cut off: the most that one request may move, and nobody knows what became of it."""
        return {"kind": "torn", "number": len(book.spent.entries) + 1, "at": _at(book, now), "budget": self._digest,
                "ticket": self._budget.ticket.name, "run": "", "moved": self._budget.points.each}  # fmt: skip


class _Book:
    """A ledger while nobody else adds to it: its log, and what was spent by it."""

    def __init__(self, log: Log) -> None:
        self.log, self.spent = log, Spent()
        for number, record in enumerate(log.entries, 1):
            try:
                self.spent.take(record)
            except (LookupError, ValueError, TypeError) as wrong:
                raise BundleRefused(f"line {number}: no record of a ledger: {wrong}") from None

    def add(self, record: Mapping[str, Any]) -> None:
        """Appends a record. It is on the disk when this returns."""
        self.log.add(record)
        self.spent.take(record)


def _at(book: _Book, now: Now) -> str:
    moment = now()
    return stamp(max(moment, book.spent.last_at or moment))


def unclear_words(path: Path, unclear: Collection[Entry]) -> str:
    """What is said of writes of which nobody knows how they went, and what is to be done."""
    told = "\n  ".join(map(str, unclear))
    return (f"nobody knows how {len(unclear)} write{'s' * (len(unclear) != 1)} of earlier runs went, says {path}:\n  {told}\n"
            "Nothing is sent before that is known. Look each up with the provider by its id, then: accredit budget "
            f"{path.parent.name} --by NAME --key KEY --settle NUMBER=arrived, or NUMBER=absent. It stays counted, and is not sent again.")  # fmt: skip
