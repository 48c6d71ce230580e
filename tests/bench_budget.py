"""What gets past a production budget, as figures: part of `make bench`."""

import logging
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
logging.getLogger("uvicorn.error").disabled = True

from accredit.suite.catalogue import Dossier  # noqa: E402
from tests.adversary import attempts, beyond  # noqa: E402
from tests.budgets import told  # noqa: E402
from tests.conftest import MINI  # noqa: E402
from tests.production import at_once, production  # noqa: E402
from tests.spender import POINTS, spender  # noqa: E402
from tests.test_budget_adversary import CARD, LATAM, LATAM_LIMITS, accrual, credit, one_member, plenty, send  # noqa: E402
from tests.test_budget_killed import COUNT, PURCHASES, kill_at  # noqa: E402

MOMENTS = range(1, 51)


def adversarial(threads: int = 8) -> None:
    """Every attempt, from several threads at once, over restarts of the run."""
    with tempfile.TemporaryDirectory() as name, production(LATAM, Path(name)) as there:
        there.desk.approve(plenty("latam_pass", one_member(there), "requestAccrual"))
        right, began, tried = accrual(there), time.perf_counter(), 0
        for _ in range(2):
            live, every = there.run(), list(attempts(right))
            live.api.tokens.current()
            at_once(lambda n, live=live, every=every: [send(live, a) for a in every[n::threads]], threads)
            live.end()
            tried += len(every)
        got = len(beyond(there.heard.calls, right, LATAM_LIMITS))
    with tempfile.TemporaryDirectory() as name, production(Dossier("mini", MINI), Path(name)) as there:
        there.desk.approve(told("mini", {"members": {"collecting": {"card": CARD}}}, {"credit": 20}))
        live = there.run()
        live.api.tokens.current()
        at_once(lambda n: [credit(live, id=f"{n}-{i}") for i in range(25)], 20)
        live.end()
        tried, got = tried + 500, got + max(0, len(there.heard.writes("credit")) - 20)
    print(f"beyond the budget          {got} of {tried:,} attempts, {time.perf_counter() - began:.0f} s"
          "                  goal 0 of 1,000")  # fmt: skip


def killed() -> None:
    """A run killed at each moment, looked after, and run again from the beginning of its queue."""
    points = repeated = lost = times = 0
    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as name,
        production(Dossier("mini", MINI), Path(name)) as there,
        spender(there.env) as spending,
    ):
        for moment in MOMENTS:
            found = kill_at(there, spending, moment)
            times += found.was_killed
            points += max(0, len(found.heard) - COUNT) * POINTS
            repeated += len(found.heard) - len(set(found.heard))
            lost += len(set(found.heard) - found.kept)
    print(f"kill -9 of a budgeted run  at {times} moments: {points} points beyond the budget, {repeated} writes repeated, {lost} intents lost, "
          f"{time.perf_counter() - began:.0f} s   goal 0, 0, 0 at {len(MOMENTS)}; {len(PURCHASES)} purchases, {COUNT} allowed")  # fmt: skip


if __name__ == "__main__":
    adversarial()
    killed()
