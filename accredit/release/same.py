"""Whether a signed comparison says that production did what certification did. The best one that speaks of the bundle counts:
taking any away may only make the answer worse."""

from accredit.evidence.statements import Statement
from accredit.model.errors import UsageError
from accredit.model.keys import key_id
from accredit.model.listing import some_of
from accredit.model.parity.recorded import Recorded
from accredit.model.reading import read
from accredit.model.reply import Reply
from accredit.release.ruling import Ruling
from accredit.release.shown import Shown

_BEST_FIRST = (Reply.YES, Reply.NO, Reply.UNKNOWN)
_MOST_NAMED = 5


def compared_alike(shown: Shown, write: str | None = None) -> Ruling:
    """By the records that were brought along, `accredit lint --statements`, and speak of this very bundle.

    Args:
        write: An operation that writes, and has to be among what was compared.
    """
    if shown.parities is None:
        return Ruling(
            Reply.UNKNOWN,
            "no comparison was brought: make one with `accredit compare`, name its folder with --statements",
        )
    about = [statement for statement in shown.parities if shown.bundle in statement.subject.values()]
    if not about:
        return Ruling(Reply.UNKNOWN, "no comparison speaks of this bundle; make one with `accredit compare`")
    rulings = [_ruling(statement, shown, write) for statement in about]
    return min(rulings, key=lambda ruling: _BEST_FIRST.index(ruling.reply))


def _ruling(statement: Statement, shown: Shown, write: str | None) -> Ruling:
    signer = key_id(statement.key)
    if not shown.comparers:
        return Ruling(
            Reply.UNKNOWN, f"the comparison is signed with key {signer}; whose it is can only be said with --key"
        )
    if signer not in shown.comparers:
        return Ruling(Reply.UNKNOWN, f"the comparison is signed with key {signer}, neither the one given nor that of anybody with a "
                                     "role in [people] of accredit.toml")  # fmt: skip
    try:
        told = read(Recorded, statement.predicate, "the comparison")
    except UsageError as wrong:
        return Ruling(Reply.UNKNOWN, str(wrong))
    if told.answer != "same":
        reply = Reply.NO if told.answer == "different" else Reply.UNKNOWN
        return Ruling(reply, some_of(told.reasons, _MOST_NAMED, "; ") or told.answer)
    lacks = told.lacks(shown.today)
    if not lacks and write is not None and write not in told.writes_compared:
        lacks = f"no {write} was compared; run production with a budget that names it, and compare that run"
    return Ruling(Reply.UNKNOWN, lacks) if lacks else Ruling(Reply.YES)
