"""The run's clock: the machine's time, or a simulator's that moves without anybody waiting."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time of a run. `kind` goes into the journal's header."""

    kind: str

    def now(self) -> datetime:
        """Aware, UTC."""

    def wait(self, seconds: float) -> None:
        """Lets that much of this clock's time go by."""


class RealClock:
    """The machine's clock. `scale` lets a rehearsal on loopback run that many times faster than real time."""

    def __init__(self, scale: float = 1) -> None:
        self.kind = "real" if scale == 1 else f"real, {scale:g} times faster"
        self._scale = scale
        self._start = datetime.now(UTC)
        self._never = threading.Event()

    def now(self) -> datetime:
        elapsed = datetime.now(UTC) - self._start
        return self._start + elapsed * self._scale

    def wait(self, seconds: float) -> None:
        self._never.wait(seconds / self._scale)


class SimulatedClock:
    """Stands still until somebody waits; then it has moved at once."""

    kind = "simulated"

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self._now

    def wait(self, seconds: float) -> None:
        with self._lock:
            self._now += timedelta(seconds=seconds)


def stamp(moment: datetime) -> str:
    """`2026-11-21T04:12:13.123Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
