"""Lays a gate's table: verifies the bundles, several at a time, and reads what is kept of people's words."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from accredit import __version__
from accredit.evidence import archive
from accredit.evidence.judged_by import differing
from accredit.model.errors import AccreditError, UsageError
from accredit.model.finding import Outcome
from accredit.model.gate.facts import Gate
from accredit.model.gate.laid import Came, Laid, Told
from accredit.model.gate.signing import approved
from accredit.model.gate.table import Table
from accredit.model.keys import PublicKey, public_from, public_pem
from accredit.model.reply import Reply
from accredit.model.run import Run
from accredit.release.compared import compared_on, made_again
from accredit.release.rulebook import held_against, rulebook_path
from accredit.release.rules import DECIDED_BY_GATES
from accredit.release.shown import Shown, shown_by
from accredit.release.spread import spread
from accredit.release.voices import documents_in, kept
from accredit.release.waive import most_days
from accredit.suite.catalogue import Dossier, partner_facts, statements_folder
from accredit.suite.people import people

_FAILED, _UNCLEAR = f"{Outcome.FAILED.words}: ", f"{Outcome.CANNOT_JUDGE.words}: "


@dataclass(frozen=True)
class Rules:
    """What bundles are held against: digests of all that our runs are judged by, by path in the suite, and rulebooks by environment."""

    ours: Mapping[str, str]
    rulebooks: Mapping[str, tuple[str, str]]
    day: date


def table_of(dossier: Dossier, gate: Gate, bundles: Sequence[Path], trusted: PublicKey | str | None, day: date,
             partner_file: Path | None, statements: Path | None = None) -> Table:  # fmt: skip
    """Everything that bears on a gate.

    Args:
        trusted: The key that bundles should be signed with, or its id.
        statements: The folder that holds people's words on each provider; the one beside accredit.toml when not named.

    Raises:
        UsageError: a bundle does not exist, or accredit.toml cannot be used.
    """
    known = people(partner_file, dossier.root)
    here = {archive.digest(path): path for path in bundles if path.is_file()} if gate.parity else {}
    folder = statements / dossier.name if statements else statements_folder(partner_file, dossier.name)
    rules, words = rules_of(dossier, gate, day), kept(folder, known)
    parities = words.parities if gate.parity else ()
    again = made_again(parities, here, partner_file, day)
    done = spread([*again.values(), *_laying(bundles, trusted, rules)])  # the longest first: each looks at two bundles
    otherwise, laid = dict(zip(again, done[: len(again)], strict=True)), _once(done[len(again) :])
    provider = dossier.provider
    return Table(
        gate, dossier.name, dossier.register, laid, day, int(provider.settings[gate.fresh].value), most_days(provider),
        partner_facts(partner_file, provider).partner_id, __version__, words.attestations, words.waivers, words.sign_offs,
        tuple(compared_on(parities, known, trusted, otherwise, day)), documents_in(folder), words.faults, tuple(known.values()),
        {path: hashlib.sha256(text.encode()).hexdigest() for path, text in rules.rulebooks.values()},
    )  # fmt: skip


def approved_by(dossier: Dossier, purpose: str, bundle: Path, day: date, partner_file: Path | None,
                statements: Path) -> tuple[Reply, str]:  # fmt: skip
    """Whether all who must have signed a bundle for a purpose, by the gate of that name; unknown where there is none."""
    gate = next((gate for gate in dossier.gates if gate.name == purpose), None)
    if gate is None:
        return Reply.UNKNOWN, f"{dossier.name}.{purpose} is no gate, so nobody has to sign"
    return approved(table_of(dossier, gate, [bundle], None, day, partner_file, statements), archive.digest(bundle))


def gate_named(dossier: Dossier, name: str) -> Gate:
    """A provider's gate.

    Raises:
        UsageError: there is none of that name.
    """
    known = {gate.name: gate for gate in dossier.gates}
    if name not in known:
        there = ", ".join(f"{dossier.name}.{gate}" for gate in known) or "none"
        raise UsageError(f"{dossier.name}.{name} is no gate; there is {there}.")
    return known[name]


def rules_of(dossier: Dossier, gate: Gate | None, day: date) -> Rules:
    """What a gate's bundles are held against, as this accredit has it."""
    books = {place: rulebook_path(dossier.name, name) for place, name in (gate.rulebooks if gate else {}).items()}
    texts: dict[str, tuple[str, str]] = {
        place: (path, _bytes(dossier.root / path).decode()) for place, path in books.items()
    }
    return Rules(dossier.judged_by(), texts, day)


def lay(bundles: Sequence[Path], trusted: PublicKey | str | None, rules: Rules) -> tuple[Laid, ...]:
    """The bundles, verified; one that is named twice lies there once.

    Raises:
        UsageError: one does not exist.
    """
    return _once(spread(_laying(bundles, trusted, rules)))


def _laying(bundles: Sequence[Path], trusted: PublicKey | str | None, rules: Rules) -> list[Callable[[], Laid]]:
    if absent := next((path for path in bundles if not path.is_file()), None):
        raise UsageError(f"{absent} does not exist, or is a folder; name a bundle (.zip).")
    # A key does not go from process to process; its bytes do.
    told = public_pem(trusted) if isinstance(trusted, PublicKey) else trusted
    return [partial(_laid, told, rules, path) for path in bundles]


def _once(found: Iterable[Laid]) -> tuple[Laid, ...]:
    return tuple({bundle.digest: bundle for bundle in found}.values())


def _laid(trusted: bytes | str | None, rules: Rules, path: Path) -> Laid:
    digest = archive.digest(path)
    key = public_from(trusted) if isinstance(trusted, bytes) else trusted
    try:
        verification, shown = shown_by(path, key, rules.day)
        checks = tuple(Told(c.question, c.reply, c.reason) for c in verification.checks if c.question != "stamped")
        if shown is None:
            broken = next((c.reason for c in verification.checks if c.reply == "no"), "it cannot be read")
            return Laid(path.name, digest, broken, checks)
        return _read(path.name, digest, checks, shown, rules)
    except (AccreditError, LookupError, TypeError, ValueError, AttributeError) as wrong:
        return Laid(path.name, digest, f"it is not as accredit writes it ({str(wrong)[:200]})")


def _read(name: str, digest: str, checks: tuple[Told, ...], shown: Shown, rules: Rules) -> Laid:
    run, header, verdict = shown.run, shown.run.header, shown.verdict
    made_wrong = f", made wrong on purpose ({', '.join(run.made_wrong)})" if run.made_wrong else ""
    reasons = tuple(reason for reason in verdict.reasons if not reason.startswith(_FAILED))
    fuzz_reasons = verdict.fuzz.reasons if verdict.fuzz else ()
    return Laid(
        name, digest, "", checks, run.provider, run.environment, run.id,
        _moment(str(header["started_at"])),
        run.place + made_wrong,
        run.reached_provider and not run.made_wrong,
        str(header["partner_id"]), str(header["suite_version"]), frozenset(map(str, header["capabilities"])),
        {j.requirement.id: Came(j.outcome, j.in_scope, j.reason) for j in verdict.judgements},
        reasons, tuple(r for r in reasons if r not in fuzz_reasons and not r.startswith(_UNCLEAR)),
        bool(verdict.fuzz and verdict.fuzz.failed), _rounds(run), tuple(_held(shown, rules)),
        tuple(differing(header["judged_by"], rules.ours)),
    )  # fmt: skip


def _rounds(run: Run) -> frozenset[str]:
    told = run.header.get("fuzz")
    how = f"{told['profile']}, {told['seed']}" if told else ""
    return frozenset(f"{r['operation']}[{r['phase']}], {how}" for r in told["rounds"]) if told else frozenset()


def _held(shown: Shown, rules: Rules) -> Iterator[Told]:
    """Sentences that speak of the bundle itself. Of requirements, words and waivers the gate has rows of its own."""
    where, text = rules.rulebooks.get(shown.run.environment, ("", ""))
    for one in held_against(shown, text, where) if where else ():
        if one.rule not in DECIDED_BY_GATES:
            yield Told(one.sentence.text, one.ruling.reply, one.ruling.got)


def _moment(told: str) -> datetime:
    """Raises ValueError when it has no offset: nobody could say which of two runs is the newer."""
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is None:
        raise ValueError(f"{told} has no offset")
    return moment


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
