"""Spaces out what goes to a real endpoint, so that a certification run is never the load test nobody agreed to."""

import threading
from datetime import datetime, timedelta

from accredit.wire.clock import Clock


class Pace:
    """At most so many requests a second, shared by all threads; None is no limit (the simulator)."""

    def __init__(self, per_second: float | None, clock: Clock) -> None:
        self._gap = timedelta(seconds=1 / per_second) if per_second else None
        self._clock = clock
        self._next: datetime | None = None
        self._lock = threading.Lock()

    def take_turn(self) -> None:
        """Returns when the next request may leave."""
        if self._gap is None:
            return
        with self._lock:
            now = self._clock.now()
            turn = max(now, self._next or now)
            self._next = turn + self._gap
        if turn > now:
            self._clock.wait((turn - now).total_seconds())
