"""Carries what a simulator sends of its own accord to where it was asked to: real HTTPS, on loopback only."""

import logging
import threading
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from accredit.model.errors import CannotJudge
from accredit.model.simulation import Delivery
from accredit.wire.clock import Clock
from accredit.wire.http import Post
from accredit.wire.outbox import Outbox

_NAP_SECONDS = 3600.0
_MOST_AT_ONCE = 1000
_LOOPBACK = ("localhost", "127.0.0.1")


class Courier:
    """Empties an outbox as its clock moves: in step with a simulated clock, in a thread of its own with a real one."""

    def __init__(self, outbox: Outbox, turn: threading.Lock, clock: Clock) -> None:
        self.outbox, self._turn, self._clock = outbox, turn, clock
        self._post = Post()
        self._closing = False
        self._thread = threading.Thread(target=self._carry, daemon=True, name="courier")

    def trust(self, ca_pem: str) -> None:
        """Trusts receivers whose certificates this authority issued."""
        self._post.trust(ca_pem)

    def settle(self) -> None:
        """Sends everything that is due by now, what that brings about included.

        Raises:
            CannotJudge: that never comes to an end.
        """
        for _ in range(_MOST_AT_ONCE):
            due = [*self.outbox.take_early(), *self.outbox.take_due()]
            if not due:
                return
            self.deliver(due)
        raise CannotJudge("the simulator sends again and again at one moment; a pause between tries is 0, perhaps.")

    def deliver(self, deliveries: Iterable[Delivery]) -> None:
        """Sends each, and tells the simulator how it went. Anywhere but on this machine nothing is sent."""
        for delivery in deliveries:
            status = None
            if _is_here(delivery.url):
                status = self._post.send(delivery.url, delivery.headers, delivery.body)
            with self._turn:
                delivery.told(status)

    def start(self) -> None:
        """Goes on until closed, by the machine's clock."""
        self.outbox.posted = self._clock.tell
        self._thread.start()

    def close(self) -> None:
        self._closing = True
        self._clock.tell()
        if self._thread.is_alive():
            self._thread.join()
        self._post.close()

    def _carry(self) -> None:
        while not self._closing:
            try:
                self.settle()
            except Exception as fault:
                logging.getLogger("accredit").warning("a delivery went wrong: %s: %s", type(fault).__name__, fault)
            due = self.outbox.next_due
            pause = (due - self._clock.now()).total_seconds() if due else _NAP_SECONDS
            self._clock.wait_for(partial(self._is_news, due), max(pause, 0.001))

    def _is_news(self, known: datetime | None) -> bool:
        return self._closing or self.outbox.next_due != known


def _is_here(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and parts.hostname in _LOOPBACK
    except ValueError:
        return False
