"""What a watch speaks for: a fallback, none, or neither. A recommendation with its reasons; the provider decides."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import exp, fsum, lgamma, log
from typing import Any

from accredit.model.listing import some_of
from accredit.model.probe import WatchFacts
from accredit.model.reply import Reply
from accredit.model.watched import Class, Watched

MOST_NAMED = 5
"""Transactions told by name in one line; page, daily report and record name them all."""


class Advice(StrEnum):
    FALLBACK = "a fallback"
    NONE = "no fallback"
    UNKNOWN = "unknown"

    @property
    def reply(self) -> Reply:
        """To the question whether it may stay as it is."""
        return {Advice.NONE: Reply.YES, Advice.FALLBACK: Reply.NO, Advice.UNKNOWN: Reply.UNKNOWN}[self]


@dataclass(frozen=True, slots=True)
class Threshold:
    """One measure held against its setting. `exceeded` is None when it could not be measured."""

    what: str
    got: str
    allowed: str
    setting: str
    exceeded: bool | None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the watch speaks for. `reasons`: for a fallback. `unknown`: what keeps the watch from saying that none is needed."""

    advice: Advice
    reasons: tuple[str, ...]
    unknown: tuple[str, ...]
    thresholds: tuple[Threshold, ...]


def recommend(seen: Watched, facts: WatchFacts, settings: Mapping[str, Any], now: datetime) -> Recommendation:
    """The recommendation. Reasons for a fallback count as soon as there are enough looks; none is needed only after all of them.

    Args:
        now: Up to when looks were due.
    """
    limit = {name: settings[setting] for name, setting in facts.thresholds.named.items()}
    if not seen.looks or not seen.calls:
        return Recommendation(Advice.UNKNOWN, (), ("nothing was probed",), ())
    thresholds = (*_calls(seen, facts, limit), *_finality(seen, facts, settings, limit))
    enough = len(seen.looks) >= limit["looks"]
    reasons = (
        tuple(f"{t.what}: {t.got}, allowed {t.allowed} ({t.setting})" for t in thresholds if t.exceeded)
        if enough
        else ()
    )
    unknown = tuple(_unknown(seen, facts, thresholds, limit, now))
    advice = Advice.FALLBACK if reasons else Advice.UNKNOWN if unknown else Advice.NONE
    return Recommendation(advice, reasons, unknown, thresholds)


def _calls(seen: Watched, facts: WatchFacts, limit: Mapping[str, Any]) -> Iterator[Threshold]:
    for name, what, count in (
        ("errors", "calls that failed", seen.errors),
        ("limited", "calls refused by 429", seen.classes[Class.LIMITED]),
    ):
        got = f"{percent(count, seen.calls)} ({count} of {seen.calls})"
        yield Threshold(
            what, got, share_of(limit[name]), facts.thresholds.named[name], count > limit[name] * seen.calls
        )
    minutes = seen.longest_outage().total_seconds() / 60
    yield Threshold("longest time in which every look failed", f"{minutes:.0f} minutes", f"{limit['outage']} minutes",
                    facts.thresholds.outage, minutes > limit["outage"])  # fmt: skip


def _finality(
    seen: Watched, facts: WatchFacts, settings: Mapping[str, Any], limit: Mapping[str, Any]
) -> Iterator[Threshold]:
    """The published table, row by row: missed is a share that chance alone would hardly explain. The last one, of everything, has no
    published age, so that it cannot be missed."""
    for seconds, share in settings[facts.finality.shares] if facts.finality else ():
        final, known = seen.share_final(seconds)
        if share < 1:
            held = max(0.0, share - limit["finality"])
            missed = chance_of(final, known, held) < limit["chance"] if known >= limit["followed"] else None
            yield Threshold(f"final within {seconds} s", f"{percent(final, known)} ({final} of {known})" if known else "none followed",
                            f"{share_of(share)} published, less {share_of(limit['finality'])}", facts.thresholds.finality, missed)  # fmt: skip


def _unknown(
    seen: Watched, facts: WatchFacts, thresholds: Sequence[Threshold], limit: Mapping[str, Any], now: datetime
) -> Iterator[str]:
    planned, due, taken = seen.schedule.count, len(seen.due(now)), len(seen.looks)
    if now < seen.schedule.until:
        yield f"the watch lasts until {seen.schedule.until:%Y-%m-%d %H:%M} UTC; {planned - due} of {planned} looks are yet to come"
    if taken < limit["looks"]:
        yield f"{taken} looks say nothing; it takes {limit['looks']}"
    if taken < limit["coverage"] * due:
        yield f"{taken} of {due} looks that were due were taken; it takes {share_of(limit['coverage'])}"
    for before, after in seen.backwards:
        yield f"the clock went back from {before:%Y-%m-%d %H:%M:%S} to {after:%Y-%m-%d %H:%M:%S} UTC; what lies between is not certain"
    if any(t.exceeded is None for t in thresholds):
        yield f"{len(seen.followed)} transactions were followed, too few to compare with the published shares; it takes {limit['followed']}"
    if "missing" in limit:
        yield from _missing(seen, limit["missing"], facts.thresholds.missing)


def _missing(seen: Watched, minutes: float, setting: str) -> Iterator[str]:
    """Transactions that the provider does not show. They keep it unknown and are no reason for a fallback: that an id is the partner's
    live transaction is the partner's word alone, and a mistyped one, or one that was refused when it was sent, looks the same as a lost one."""
    if seen.asked and not seen.followed:
        yield f"transactions that were named: {len(seen.asked)}, shown by the provider: none; see whether these ids are of this environment"
    late = {name: told for name, told in seen.missing.items() if told.last - told.since > timedelta(minutes=minutes)}
    for words in sorted({told.words for told in late.values()}):
        names = [name for name, told in late.items() if told.words == words]
        yield (f"{len(names)} of {len(seen.asked)} transactions {words}, asked for over more than {minutes:g} minutes ({setting}): "
               f"{some_of(names, MOST_NAMED)}; look into it: see how each was answered when it was sent, and ask the provider for those it "
               "had accepted")  # fmt: skip


def chance_of(most: int, of: int, share: float) -> float:
    """The chance that no more than `most` of so many turn out, when each does with that share: few transactions prove little."""
    if share in (0.0, 1.0) or most >= of:
        return 1.0 if most >= of or not share else 0.0
    logs = (
        lgamma(of + 1) - lgamma(n + 1) - lgamma(of - n + 1) + n * log(share) + (of - n) * log(1 - share)
        for n in range(most + 1)
    )
    return fsum(map(exp, logs))


def share_of(told: float) -> str:
    """A share as a setting has it: `93.5 %`."""
    return f"{100 * told:.1f} %"


def percent(part: int, whole: int) -> str:
    """`99.9 %`; never rounded up to all of it, nor down to nothing."""
    if not whole:
        return "–"
    told = f"{100 * part / whole:.1f}"
    return f"{'99.9' if told == '100.0' and part < whole else '0.1' if told == '0.0' and part else told} %"
