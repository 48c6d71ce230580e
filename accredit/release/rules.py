"""What the sentences of a rulebook look at: a table of sentence and function over what a verified bundle shows. Pure.

A rule on something that a bundle does not carry answers unknown, never yes.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from accredit.model.finding import Outcome
from accredit.model.leaks import SCAN
from accredit.model.listing import some_of
from accredit.model.reply import Reply
from accredit.model.verdict import Answer, Judgement
from accredit.model.voice import untimely
from accredit.release.ruling import Rule, Ruling
from accredit.release.same import compared_alike
from accredit.release.shown import Shown

_HOLDS = Ruling(Reply.YES)


def _verified(question: str) -> Rule:
    """One of the verifier's own answers."""

    def rule(shown: Shown) -> Ruling:
        check = shown.checks[question]
        return _HOLDS if check.reply is Reply.YES else Ruling(check.reply, check.reason)

    return rule


def _made_in(shown: Shown, environment: str) -> Ruling:
    return _holds(shown.run.environment == environment, f"made in {shown.run.environment}")


def _reached(shown: Shown) -> Ruling:
    return _holds(shown.run.reached_provider, shown.run.place)


def _not_made_wrong(shown: Shown) -> Ruling:
    return _holds(not shown.run.made_wrong, ", ".join(shown.run.made_wrong))


def _fresh(shown: Shown, setting: str) -> Ruling:
    if setting not in shown.provider.settings:
        return Ruling(Reply.UNKNOWN, f"provider.toml has no setting {setting}")
    most, began = shown.setting(setting), str(shown.run.header["started_at"])[:10]
    days = (shown.today - date.fromisoformat(began)).days
    if days < 0:
        return Ruling(Reply.UNKNOWN, f"made on {began}, which is after {shown.today}")
    return _holds(days <= most, f"{days} days old on {shown.today}; {setting} is {most}")


def _whole(shown: Shown) -> Ruling:
    """Also what a user left out by choice is missing."""
    return _holds(not shown.run.header["only"], f"only {', '.join(shown.run.header['only'])}")


def _passed(shown: Shown) -> Ruling:
    reply = {Answer.PASSED: Reply.YES, Answer.FAILED: Reply.NO, Answer.UNKNOWN: Reply.UNKNOWN}[shown.verdict.answer]
    return Ruling(
        reply, "" if reply is Reply.YES else f"{shown.verdict.answer.value}: {'; '.join(shown.verdict.reasons)}"
    )


def _chapter_passed(shown: Shown, prefix: str) -> Ruling:
    """Of what scenarios can show where the run was made. What the partner does not claim is not asked for."""
    here = shown.run.environment
    asked = [j for j in shown.judged(prefix) if here in j.requirement.environments or j.in_scope]
    if not asked:
        return Ruling(Reply.UNKNOWN, f"no scenario shows any of {prefix} in {shown.run.environment}")
    return _all_passed([j for j in asked if j.outcome is not Outcome.NOT_APPLICABLE], shown, prefix)


def _astray(shown: Shown) -> Ruling:
    if shown.astray is None:
        return Ruling(Reply.UNKNOWN, "the scenarios of a simulator try on purpose what must not be sent")
    return _holds(not shown.astray, some_of(shown.astray))


def _one_passed(shown: Shown, requirement: str) -> Ruling:
    return _all_passed(shown.judged(requirement), shown, requirement)


def _all_passed(asked: Sequence[Judgement], shown: Shown, prefix: str) -> Ruling:
    if not shown.judged(prefix):
        return Ruling(Reply.UNKNOWN, f"the register has no {prefix}")
    failed = [j for j in asked if j.outcome is Outcome.FAILED]
    unclear = [j for j in asked if j.outcome not in (Outcome.FAILED, Outcome.PASSED, Outcome.NOT_APPLICABLE)]
    if failed or unclear:
        return Ruling(Reply.NO if failed else Reply.UNKNOWN, _named(failed or unclear))
    return _HOLDS


def _fits(shown: Shown) -> Ruling:
    told = [f"exchange {e.number} ({e.operation}: {'; '.join(e.misfits)})" for e in shown.run.misfitting]
    return _holds(not told, some_of(told))


def _as_promised(shown: Shown) -> Ruling:
    told = [f"exchange {e.number} ({e.delivery})" for e in shown.run.unclaimed]
    return _holds(not told, some_of(told))


def _no_finding(shown: Shown) -> Ruling:
    fuzz = shown.verdict.fuzz
    return _holds(
        not (fuzz and fuzz.open), some_of([f"{f.id} ({f.operation}, {f.check})" for f in fuzz.open] if fuzz else [])
    )


def _no_expired_acceptance(shown: Shown) -> Ruling:
    entries = (shown.run.header.get("fuzz") or {}).get("accepted", ())
    late = [f"{e['finding']} until {e['last_day']}" for e in entries if str(e["last_day"]) < shown.today.isoformat()]
    return _holds(not late, some_of(late))


def _explained(shown: Shown) -> Ruling:
    silent = [j for j in shown.verdict.open if not j.reason]
    return _holds(not silent, _named(silent))


def _attested(shown: Shown, prefix: str = "", later: str | None = None) -> Ruling:
    """Attested, or observed in the partner's own traffic: by a word that is attached, and holds on that day."""
    if prefix and not shown.judged(prefix):
        return Ruling(Reply.UNKNOWN, f"the register has no {prefix}")
    not_yet = (later or "").split(", ")
    asked = [
        j
        for j in shown.judged(prefix)
        if j.requirement.level == "must" and j.requirement.id not in not_yet and _by_a_person(j, shown.run.environment)
    ]
    words = {j.requirement.id: shown.attached.attested(j.requirement.id) for j in asked}
    open_ = [j for j in asked if all(untimely(voice.said, shown.today) for voice in words[j.requirement.id])]
    return Ruling(Reply.UNKNOWN, f"no attestation of {_ids(open_)}") if open_ else _HOLDS


def _waived(shown: Shown) -> Ruling:
    """Of the waivers that are attached."""
    told = {w.said.requirement: untimely(w.said, shown.today) for w in shown.attached.waivers}
    return _holds(not any(told.values()), some_of([f"{id_} is {why}" for id_, why in told.items() if why]))


def _approved(shown: Shown) -> Ruling:
    """By signatures that were brought along: no bundle can carry who signed it."""
    if shown.approved is None:
        return Ruling(Reply.UNKNOWN, "a bundle does not say who signed it off; --statements names where that is kept")
    return Ruling(*shown.approved)


def _by_a_person(judgement: Judgement, environment: str) -> bool:
    r = judgement.requirement
    elsewhere = r.verified == "driven" and environment not in r.environments and r.elsewhere
    return judgement.outcome is not Outcome.NOT_APPLICABLE and (
        r.verified in ("attested", "observed") or bool(elsewhere)
    )


def _no_leak(shown: Shown) -> Ruling:
    """The values are written nowhere, so nobody can search again: what the search told of itself counts, and of these files only.
    A search for nothing finds nothing."""
    scan = shown.scan
    if scan.get("scanned") is not True or not scan.get("values"):
        return Ruling(Reply.UNKNOWN, "the bundle does not say that it was searched for secrets and personal values")
    if scan.get("found") != 0:
        return Ruling(Reply.NO, f"{scan.get('found')} found")
    searched = scan.get("files", {})
    missed = sorted(name for name, digest in shown.digests.items() if name != SCAN and searched.get(name) != digest)
    unseen = [*missed, *map(str, scan.get("closed", ()))]
    return Ruling(Reply.UNKNOWN, f"not searched: {some_of(unseen)}") if unseen else _HOLDS


RULES: Sequence[tuple[str, Rule]] = (
    (r"the bundle is intact", _verified("intact")),
    (r"it is signed with the key given", _verified("authentic")),
    (r"it is complete", _verified("complete")),
    (r"judging its records again gives the same answer", _verified("re-judged")),
    (r"no secret and no personal value was found in it", _no_leak),
    (r"the run was made in (simulator|certification|production)", _made_in),
    (r"the provider itself was reached", _reached),
    (r"each request kept to the headers and paths of its environment", _astray),
    (r"nothing was made wrong on purpose", _not_made_wrong),
    (r'the run is no older in days than "([\w.]+)"', _fresh),
    (r"no scenario was left out by choice", _whole),
    (r"the run passed", _passed),
    (r"every requirement of ([A-Z0-9-]+) that scenarios show here passed", _chapter_passed),
    (r"([A-Z0-9]+(?:-[A-Z0-9]+)*-[0-9]+) passed", _one_passed),
    (r"every answer fits the contract", _fits),
    (r"every delivery is as promised", _as_promised),
    (r"no finding of generated requests is open", _no_finding),
    (r"no accepted finding is past its last day", _no_expired_acceptance),
    (r"no waiver is past its last day", _waived),
    (r"every open requirement says who shows it and how", _explained),
    (r"every must that a person or the partner's own traffic shows is attested", _attested),
    (
        r"every must of ([A-Z0-9-]+?)(?: but ((?:[A-Z0-9-]+, )*[A-Z0-9-]+))? that a person or the partner's own traffic shows is attested",
        _attested,
    ),
    (r"the approvers are named", _approved),
    (r"production did what certification did", compared_alike),
    (r"production did what certification did, (\w+) among it", compared_alike),
)
"""Every sentence that a rulebook may say."""


DECIDED_BY_GATES: frozenset[Rule] = frozenset(
    {_whole, _passed, _chapter_passed, _one_passed, _attested, _waived, _approved, compared_alike}
)
"""What a gate decides from more than one bundle, row by row."""


def rule_for(sentence: str) -> tuple[Rule, tuple[str, ...]] | None:
    """The function that a sentence means and the words that vary in it; None when nobody knows it."""
    for pattern, rule in RULES:
        if found := re.fullmatch(pattern, sentence):
            return rule, found.groups()
    return None


def _holds(holds: bool, got: str) -> Ruling:
    return _HOLDS if holds else Ruling(Reply.NO, got)


def _named(judgements: Iterable[Judgement]) -> str:
    return some_of([f"{j.requirement.id} {j.outcome.words}{f' ({j.reason})' if j.reason else ''}" for j in judgements])


def _ids(judgements: Sequence[Judgement]) -> str:
    return some_of([j.requirement.id for j in judgements])
