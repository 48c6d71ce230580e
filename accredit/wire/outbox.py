"""What a simulator is going to send of its own accord, in the order in which it comes due."""

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import datetime

from accredit.model.simulation import Delivery


class Outbox:
    """Deliveries by the moment they are due, by the simulator's own clock. Safe for threads."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self._lock, self._count = now, threading.Lock(), itertools.count()
        self._waiting: list[tuple[datetime, int, Delivery]] = []
        self._early: list[Delivery] = []
        self.posted: Callable[[], None] = lambda: None
        """Called whenever something was posted."""

    def post(self, delivery: Delivery, at: datetime | None = None, *, early: bool = False) -> None:
        """Sends it at `at`, at once by default, though never before the answer that is being given; `early`: before it."""
        with self._lock:
            if early:
                self._early.append(delivery)
            else:
                heapq.heappush(self._waiting, (at or self._now(), next(self._count), delivery))
        self.posted()

    def take_early(self) -> list[Delivery]:
        with self._lock:
            taken, self._early = self._early, []
        return taken

    def take_due(self) -> list[Delivery]:
        """What is due by now, oldest first. It is the taker's to send."""
        taken = []
        with self._lock:
            while self._waiting and self._waiting[0][0] <= self._now():
                taken.append(heapq.heappop(self._waiting)[2])
        return taken

    @property
    def next_due(self) -> datetime | None:
        with self._lock:
            return self._waiting[0][0] if self._waiting else None
