"""What befalls calls on scenarios' request: answers that fail or get lost, after the call was acted on or without."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from accredit import Answer, Call, Cut

from .refusals import api_error
from .results import Results
from .world import World

Operation = Callable[[Call], Answer]


class Mishaps:
    """Mishaps to come, and the limit of the settings.

    `failures`: operation, status, whether it was acted on, seconds to wait. `lost`: operation, whether it was acted on.
    """

    def __init__(self, world: World, results: Results) -> None:
        self._world, self._results = world, results
        self.failures: list[tuple[str, int, bool, int]] = []
        self.lost: list[tuple[str, bool]] = []
        self._let_in: dict[str, list[datetime]] = {}

    def clear(self) -> None:
        """Nothing befalls anybody any more."""
        self.failures.clear()
        self.lost.clear()

    def too_many(self, operation: str) -> Answer | None:
        """429 once as many calls as the limit allows were let in within its window (U-12)."""
        most, window = self._world.setting("rate.limit"), timedelta(seconds=self._world.setting("rate.windowSeconds"))
        if not most:
            return None
        now = self._world.now()
        recent = [at for at in self._let_in.get(operation, []) if now - at < window]
        if len(recent) >= most:
            return api_error(self._world, 429, {"retry-after": str(max(1, int(window.total_seconds())))})
        self._let_in[operation] = [*recent, now]
        return None

    def befall(self, call: Call, operation: Operation) -> Answer:
        """The operation's answer, or what becomes of it."""
        lost = next((entry for entry in self.lost if entry[0] == call.operation), None)
        if lost is not None:
            self.lost.remove(lost)
            answer = self._acted(call, operation, processed=lost[1])
            return replace(answer, cut=Cut.BEFORE_THE_ANSWER)
        failure = next((entry for entry in self.failures if entry[0] == call.operation), None)
        if failure is None:
            return operation(call)
        self.failures.remove(failure)
        _, status, processed, seconds = failure
        self._acted(call, operation, processed=processed)
        return api_error(self._world, status, {"retry-after": str(seconds)} if seconds else None)

    def _acted(self, call: Call, operation: Operation, *, processed: bool) -> Answer:
        """Acts on the call although nobody will hear of it; or not, unless a defect does so behind everybody's back."""
        if processed:
            return operation(call)
        if self._world.wrong("unanswered_call_is_booked_unseen"):
            self._results.faults.insert(0, ("drop", None))
            return operation(call)
        return Answer(503)
