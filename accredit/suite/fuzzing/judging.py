"""Says what is wrong with an answer, by the stock checks and our own, in words that tell no value."""

import re
from collections import Counter
from collections.abc import Mapping

from accredit.model.fuzzing import FuzzFacts
from accredit.model.promises import Promise
from accredit.suite.fuzzing import checks
from accredit.suite.fuzzing.contracts import Contracts
from accredit.suite.fuzzing.generator import CHECKED, Failed
from accredit.suite.fuzzing.looked import looked_at
from accredit.suite.fuzzing.sending import Sent
from accredit.wire.mask import Mask

ALWAYS = (*CHECKED, "tells_nothing")
"""What every answer is held to."""
_DIGEST = re.compile(r":[0-9a-f]{8}\]")


class Judge:
    """Holds the answers of one campaign to the contract."""

    def __init__(self, facts: FuzzFacts, contracts: Contracts, promises: Mapping[str, Promise], mask: Mask) -> None:
        self._facts, self._contracts, self._promises, self._mask = facts, contracts, promises, mask

    def judged(self, sent: Sent, counts: Counter[str], without: tuple[str, ...] = ()) -> list[Failed]:
        """`against`, but for what some checks say; counts those that looked at something."""
        reply, drawn = sent.reply, sent.drawn
        if reply is not None and reply.edge_reference is None:
            looked = looked_at(drawn, self._promises[drawn.operation], reply.status, reply.headers)
            counts.update(check for check in looked if check not in without)
        return [failed for failed in self.against(sent) if failed.check not in without]

    def against(self, sent: Sent) -> list[Failed]:
        """What can be said against an answer by looking at it. Nothing against a firewall's."""
        reply, drawn = sent.reply, sent.drawn
        if reply is None or reply.edge_reference is not None:
            return []
        generator = self._contracts.fitting(drawn.operation)
        failed = generator.judge(drawn, reply.status, reply.headers, reply.body, 0.0)
        failed += self._let_off(sent, reply.status, failed)
        refused = self._facts.turns_away(drawn.operation, reply.status, reply.headers)
        if refused or reply.status in self._facts.tolerated_trying(drawn.operation, drawn.description):
            failed = [failure for failure in failed if failure.check != "negative_data_rejection"]
        failed += checks.tells_nothing(reply.status, reply.body, self._contracts.secrets)
        return [Failed(f.check, self._steady(f.signature), self._mask.text(f.message)) for f in failed]

    def _let_off(self, sent: Sent, status: int, failed: list[Failed]) -> list[Failed]:
        """An accepted request that breaks the contract, and that the stock check has said nothing of."""
        told = any(failure.check == "negative_data_rejection" for failure in failed)
        if told or sent.drawn.mode != "negative" or not 200 <= status < 400:
            return []
        place = self._contracts.promise(sent.drawn.operation).broken_by(sent.drawn)
        message = f"A request that breaks the contract was answered {status}: {place} is not as the contract has it."
        return [Failed("negative_data_rejection", f"{status}:{place}", message)] if place else []

    def _steady(self, signature: str) -> str:
        """Masked, and the same in every run: without the digests that are the run's own."""
        return _DIGEST.sub("]", self._mask.text(signature))
