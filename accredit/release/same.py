"""Whether a signed comparison says that production did what certification did. The best one that speaks of the bundle counts:
taking any away may only make the answer worse."""

from accredit.evidence.statements import Statement
from accredit.evidence.verify import Reply
from accredit.model.keys import key_id
from accredit.release.ruling import Ruling
from accredit.release.shown import Shown

_BEST_FIRST = (Reply.YES, Reply.NO, Reply.UNKNOWN)
_MOST_NAMED = 5


def compared_alike(shown: Shown) -> Ruling:
    """By the records that were brought along, `accredit lint --statements`, and speak of this very bundle."""
    if shown.parities is None:
        return Ruling(
            Reply.UNKNOWN,
            "no comparison was brought: make one with `accredit compare`, name its folder with --statements",
        )
    about = [statement for statement in shown.parities if shown.bundle in statement.subject.values()]
    if not about:
        return Ruling(Reply.UNKNOWN, "no comparison speaks of this bundle; make one with `accredit compare`")
    rulings = [_ruling(statement, shown) for statement in about]
    return min(rulings, key=lambda ruling: _BEST_FIRST.index(ruling.reply))


def _ruling(statement: Statement, shown: Shown) -> Ruling:
    told, signer = statement.predicate, key_id(statement.key)
    if shown.trusted is None:
        return Ruling(
            Reply.UNKNOWN, f"the comparison is signed with key {signer}; whose it is can only be said with --key"
        )
    if signer != shown.trusted:
        return Ruling(Reply.UNKNOWN, f"the comparison is signed with key {signer}, not with the one given")
    if told.get("answer") == "different":
        return Ruling(Reply.NO, _some([str(reason) for reason in told.get("reasons", ())]) or "different")
    if told.get("answer") != "same":
        return Ruling(
            Reply.UNKNOWN, _some([str(reason) for reason in told.get("reasons", ())]) or "it could not be said"
        )
    if told.get("draft"):
        return Ruling(Reply.UNKNOWN, str(told["draft"]))
    chosen = [str(n["scenario"]) for n in told.get("not_compared", ()) if n.get("chosen")]
    late = [str(e["last_day"]) for e in told.get("declared", ()) if str(e["last_day"]) < shown.today.isoformat()]
    if chosen or late:
        left = (
            f"left out by choice: {_some(chosen)}"
            if chosen
            else f"differences were declared until {min(late)}; compare again"
        )
        return Ruling(Reply.UNKNOWN, left)
    return Ruling(Reply.YES)


def _some(told: list[str]) -> str:
    more = len(told) - _MOST_NAMED
    return "; ".join(told[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
