"""Accepts a failure for a while: of one requirement in one environment, as a sealed bundle shows it."""

from datetime import date, timedelta

from accredit.evidence.statements import stated
from accredit.model.errors import UsageError
from accredit.model.finding import Outcome
from accredit.model.gate.laid import Laid
from accredit.model.keys import PrivateKey
from accredit.model.provider import Provider
from accredit.model.reply import Reply
from accredit.model.statement import Waiver
from accredit.release.voices import predicate

MOST_DAYS = "waiver.mostDays"
"""The setting that says for how long a failure may be accepted."""
_DAYS = 30


def most_days(provider: Provider) -> int:
    """For how many days a failure may be accepted; the partner's own choice does not count."""
    setting = provider.settings.get(MOST_DAYS)
    return int(setting.value) if setting else _DAYS


def waive(waiver: Waiver, laid: Laid, provider: Provider, key: PrivateKey) -> bytes:
    """The signed waiver.

    Args:
        laid: The bundle in which the failure shows.

    Raises:
        UsageError: nothing failed there, the bundle is another's, or the days are not as they may be.
    """
    if why := _not_there(waiver, laid) or _wrong_days(waiver, most_days(provider)):
        raise UsageError(why)
    return stated("waiver", {laid.name: laid.digest}, predicate(waiver), key)


def _not_there(waiver: Waiver, laid: Laid) -> str:
    """Why the bundle does not show that failure."""
    if not laid.is_sound:
        why = laid.broken or "; ".join(f"not {t.question}: {t.reason}" for t in laid.checks if t.reply is not Reply.YES)
        return f"{laid.name} cannot be gone by: {why}. Name the bundle in which it failed, as it was sealed."
    if (laid.provider, laid.environment) != (waiver.provider, waiver.environment):
        where = f"{laid.provider}, {laid.environment}"
        return (
            f"{laid.name} is of {where}, and the waiver of {waiver.provider}, {waiver.environment}; name the right one."
        )
    came, id_ = laid.came.get(waiver.requirement), waiver.requirement
    if came is None:
        return f"{id_}: no such requirement in {laid.name}; `accredit requirements {waiver.provider}` lists them all."
    if came.outcome is Outcome.FAILED:
        return ""
    if came.outcome is Outcome.PASSED:
        return f"{id_} passes in {laid.name}: there is nothing to waive."
    because = f" ({came.reason})" if came.reason else ""
    return (
        f"{id_} did not fail in {laid.name}, it is {came.outcome.words} there{because}: only a failure can be waived."
    )


def _wrong_days(waiver: Waiver, most: int) -> str:
    longest: date = waiver.made_on + timedelta(days=most)
    if waiver.last_day < waiver.made_on:
        return f"--last-day {waiver.last_day} has passed, today is {waiver.made_on}; it would excuse nothing."
    if waiver.last_day > longest:
        return f"--last-day {waiver.last_day} is too far: {MOST_DAYS} is {most}, so {longest} is the latest; then look at it again."
    return ""
