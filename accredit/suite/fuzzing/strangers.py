"""Sends what fits the contract without a token, and with a worthless one: nobody may be let in."""

import hashlib
from dataclasses import replace

from accredit.model.rounds import unreached
from accredit.suite.fuzzing import checks
from accredit.suite.fuzzing.cases import Cases
from accredit.suite.fuzzing.findings import UnderWay
from accredit.suite.fuzzing.generator import Drawn
from accredit.suite.live import Live
from accredit.wire.tokens import WORTHLESS

_OF_A_TOKEN = ((None, "without a token"), (WORTHLESS, "with a worthless token"))
_TURNED_AWAY = (401, 403)
"""To be answered so without a token is what was asked for."""
_ABOUT_FITTING = ("positive_data_acceptance", "negative_data_rejection")


def ask_as_a_stranger(live: Live, cases: Cases, under_way: UnderWay, example: Drawn) -> None:
    """Asks for an operation that is not open to everybody.

    Args:
        example: A request of the round's operation that fits the contract.
    """
    operation = under_way.round.operation
    for index, (token, how) in enumerate(_OF_A_TOKEN):
        id_ = hashlib.sha256(f"{example.id} {how}".encode()).hexdigest()[:12]
        tried = replace(example, id=id_, phase="coverage", index=-1 - index, mode="negative", description=how)
        before = live.line.last
        # But for its token it fits the contract, so nobody may expect that it is accepted.
        sent = cases.judged(under_way, tried, token, first=True, without=_ABOUT_FITTING)
        if sent.reply is not None and sent.reply.edge_reference is None and not unreached(under_way.ways):
            under_way.checks["asks_for_a_token"] += sent.reply.status != 429 and sent.reply.status < 500
            for_one = operation == live.plan.dossier.provider.auth.operation
            sent.failed += checks.asks_for_a_token(sent.reply.status, how, for_one=for_one)
            if sent.reply.status in _TURNED_AWAY:
                sent.reached = "rejected"
        cases.tell(under_way, sent, before)
