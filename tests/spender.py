"""Spends a budget in processes of its own that can be killed at any moment: `python -m tests.spender`, one job a line of JSON.

A partner's queue of purchases is reported from its beginning in every life, as somebody would who knows nothing of the lives
before. At the moment a job names, the process kills itself as `kill -9` would; nothing in the product knows of it.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accredit.evidence.journal import Journal
from accredit.model.errors import AccreditError
from accredit.suite.catalogue import Dossier
from accredit.suite.live import Live
from accredit.suite.plan import Choices, plan_run
from accredit.wire.pace import Pace
from tests.budgets import TICKET, Desk
from tests.conftest import MINI, ROOT

CARD, POINTS = "7000000002", 120


class Moments:
    """Counts the moments at which something has just been, or is about to be, written or sent; the last of them is the end."""

    def __init__(self, die_at: int) -> None:
        self.passed, self._die_at = 0, die_at

    def pass_one(self) -> None:
        self.passed += 1
        if self.passed == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str) -> None:
        """A moment before and one after each call."""
        right = getattr(owner, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            self.pass_one()
            made = right(*args, **kwargs)
            self.pass_one()
            return made

        setattr(owner, name, watched)

    def halfway(self) -> None:
        """A moment in the middle of each write to the ledger."""
        right = os.pwrite

        def torn(file: int, data: bytes, offset: int) -> int:
            right(file, data[: len(data) // 2], offset)
            self.pass_one()
            return right(file, data, offset)

        os.pwrite = torn


def spend(dossier: Dossier, job: Mapping[str, Any]) -> dict[str, Any]:
    """One life: what became of each purchase; or why nothing was begun."""
    folder, moments = Path(job["folder"]), Moments(job.get("die_at", 0))
    moments.halfway()
    moments.around(os, "pwrite")
    moments.around(Journal, "append")
    try:
        live = Live(plan_run(dossier, _choices(folder)))
    except AccreditError as why:
        return {"error": str(why), "moments": moments.passed}
    live.begin()
    live.line._pace = Pace(None, live.clock)
    moments.around(live.api._http._carrier._inner, "handle_request")
    told = {id_: _report(live, id_) for id_ in job["purchases"]}
    live.end()
    return {"told": told, "moments": moments.passed}


def _choices(folder: Path) -> Choices:
    return Choices(environment="production", partner_file=folder / "accredit.toml", output=folder / "evidence",
                   budget=folder / "assisted-production.toml", approval=TICKET)  # fmt: skip


def _report(live: Live, id_: str) -> str:
    try:
        return str(live.api.call("credit", json={"id": id_, "card": CARD, "points": POINTS}).status)
    except AccreditError as why:
        return str(why)


@dataclass
class Spender:
    """The process that begins lives."""

    process: "subprocess.Popen[str]"

    def live(self, desk: Desk, purchases: Sequence[str], die_at: int = 0, times: int = 1) -> list[dict[str, Any]]:
        """So many lives side by side; each one's end, `{"killed": True}` when it was killed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        job = {"folder": str(desk.folder), "purchases": list(purchases), "die_at": die_at, "times": times}
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        ended: list[dict[str, Any]] = json.loads(self.process.stdout.readline())
        return ended


@contextmanager
def spender(env: Mapping[str, str]) -> Iterator[Spender]:
    """The process, until the block ends."""
    surroundings = {**os.environ, **env, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-m", "tests.spender"], cwd=ROOT, env=surroundings, text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # fmt: skip
        yield Spender(process)
        assert process.stdin is not None
        process.stdin.close()


def _born(dossier: Dossier, job: Mapping[str, Any], number: int) -> tuple[int, int]:
    """A process of its own, and where it says how it ended."""
    reading, writing = os.pipe()
    if pid := os.fork():
        os.close(writing)
        return pid, reading
    mine = [f"{id_}-{number}" for id_ in job["purchases"]] if job["times"] > 1 else job["purchases"]
    os.write(writing, json.dumps(spend(dossier, {**job, "purchases": mine})).encode())
    os._exit(0)


def _ended(pid: int, reading: int) -> dict[str, Any]:
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    return {"killed": True} if os.WIFSIGNALED(status) else dict(json.loads(said or '{"error": "our own fault"}'))


def main() -> None:
    dossier = Dossier("mini", MINI)
    for line in sys.stdin:
        job = json.loads(line)
        with suppress(AccreditError):
            plan_run(dossier, _choices(Path(job["folder"])))  # what is read and imported once, every life need not
        born = [_born(dossier, job, number) for number in range(job["times"])]
        print(json.dumps([_ended(*child) for child in born]), flush=True)  # noqa: T201 - whoever asked reads it


if __name__ == "__main__":
    main()
