"""The run's clock: the machine's time, or a simulator's that moves without anybody waiting."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time of a run. `kind` goes into the journal's header."""

    kind: str

    def now(self) -> datetime:
        """Aware, UTC."""

    def wait(self, seconds: float) -> None:
        """Lets that much of this clock's time go by."""

    def wait_for(self, happened: Callable[[], bool], seconds: float) -> bool:
        """Waits until something has happened, at most so long; whether it has."""

    def tell(self) -> None:
        """Says that something may have happened for which somebody waits."""


class RealClock:
    """The machine's clock. `scale` lets a rehearsal on loopback run that many times faster than real time, from `origin` on;
    clocks of one origin agree."""

    def __init__(self, scale: float = 1, origin: datetime | None = None) -> None:
        self.kind = "real" if scale == 1 else f"real, {scale:g} times faster"
        self._scale = scale
        self._start = origin or datetime.now(UTC)
        self._never = threading.Event()
        self._news = threading.Condition()

    def now(self) -> datetime:
        elapsed = datetime.now(UTC) - self._start
        return self._start + elapsed * self._scale

    def wait(self, seconds: float) -> None:
        self._never.wait(seconds / self._scale)

    def wait_for(self, happened: Callable[[], bool], seconds: float) -> bool:
        with self._news:
            return self._news.wait_for(happened, seconds / self._scale)

    def tell(self) -> None:
        with self._news:
            self._news.notify_all()


class SimulatedClock:
    """Stands still until somebody waits; then it has moved at once, stopping wherever something is due on the way."""

    kind = "simulated"

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._lock = threading.RLock()
        self.next_due: Callable[[], datetime | None] = lambda: None
        """When the simulator will next do something of its own accord."""
        self.settle: Callable[[], None] = lambda: None
        """Has the simulator do what is due by now."""

    def now(self) -> datetime:
        return self._now

    def wait(self, seconds: float) -> None:
        self.wait_for(lambda: False, seconds)

    def wait_for(self, happened: Callable[[], bool], seconds: float) -> bool:
        with self._lock:
            end = self._now + timedelta(seconds=seconds)
            self.settle()
            while not happened():
                due = self.next_due()
                if self._now >= end and (due is None or due > self._now):
                    return False
                self._now = max(self._now, end if due is None else min(due, end))
                self.settle()
            return True

    def tell(self) -> None:
        """Nobody waits in simulated time: what happens, happens while the clock moves."""
