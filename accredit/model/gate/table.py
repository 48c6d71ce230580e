"""Everything that lies on a gate's table, and which bundles of it count for what."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property

from accredit.model.finding import Outcome
from accredit.model.gate.facts import Gate
from accredit.model.gate.laid import Came, Laid
from accredit.model.requirement import Register, Requirement
from accredit.model.statement import Attestation, Person, SignOff, Waiver
from accredit.model.voice import Voice, too_long, untimely

_WORSE = {Outcome.FAILED: 2, Outcome.CANNOT_JUDGE: 1}


@dataclass(frozen=True, slots=True)
class Compared:
    """A kept record of a comparison of two bundles.

    Attributes:
        bundles: Hex SHA-256 of the first and of production's.
        answer: `same`, `different` or `unknown`.
        draft: Why it shows nothing of the provider; empty when it does.
        stranger: Why nobody we know made it; empty when somebody did.
        writes: Operations that write, of which both sides took a call.
    """

    file: str
    digest: str
    bundles: tuple[str, str]
    answer: str
    reasons: tuple[str, ...]
    draft: str
    stranger: str
    writes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """What a gate decides upon.

    Attributes:
        provider: Its name.
        days: How old a run may be.
        waiver_days: For how long a failure may be accepted.
        partner_id: What accredit.toml says; empty when it says nothing.
        suite_version: Of the accredit that asks.
        documents: Name → hex SHA-256, of the documents that are kept.
        faults: What is kept and cannot be read.
        people: Everybody whose signature counts, with their roles.
        rulebooks: Path → hex SHA-256, of those that bundles are held against.
    """

    gate: Gate
    provider: str
    register: Register
    laid: tuple[Laid, ...]
    day: date
    days: int
    waiver_days: int
    partner_id: str
    suite_version: str
    attestations: tuple[Voice[Attestation], ...] = ()
    waivers: tuple[Voice[Waiver], ...] = ()
    sign_offs: tuple[Voice[SignOff], ...] = ()
    compared: tuple[Compared, ...] = ()
    documents: Mapping[str, str] | None = None
    faults: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    rulebooks: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def asked(self) -> tuple[Requirement, ...]:
        """The requirements in question."""
        return self.gate.asked(self.register)

    @cached_property
    def counted(self) -> tuple[Laid, ...]:
        """The bundles that show something here, the newest first."""
        sound = [b for b in self.laid if not self.why_not_counted(b)]
        return tuple(sorted(sound, key=lambda b: (b.started_at, b.run), reverse=True))

    @cached_property
    def capabilities(self) -> frozenset[str]:
        """What the partner claims in any run that counts: no other run takes a claim back."""
        return frozenset[str]().union(*(b.capabilities for b in self.counted))

    def why_not_counted(self, bundle: Laid) -> str:
        """Why a bundle shows nothing here; empty when it does."""
        if not bundle.is_sound:
            return bundle.broken or "; ".join(
                f"not {t.question}: {t.reason}" for t in bundle.checks if t.reply != "yes"
            )
        if bundle.provider != self.provider:
            return f"it is of {bundle.provider}, not of {self.provider}"
        if bundle.environment not in self.gate.environments:
            return f"it was made in {bundle.environment}, and here only {' and '.join(self.gate.environments)} counts"
        return "" if bundle.is_real else f"it shows nothing of the provider itself: {bundle.place}"

    def judged(self, requirement: str, environment: str) -> list[tuple[Laid, Came]]:
        """The runs there that set out to judge a requirement, the newest first; of one moment the worst first."""
        found = [
            (b, b.came[requirement]) for b in self.counted if b.environment == environment and requirement in b.came
        ]
        judged = [(b, came) for b, came in found if came.in_scope]
        judged.sort(key=lambda pair: (pair[0].started_at, _WORSE.get(pair[1].outcome, 0)), reverse=True)
        return judged

    def is_superseded(self, bundle: Laid) -> bool:
        """Whether newer runs of that environment have looked again at everything that it says."""
        mine = [id_ for id_, came in bundle.came.items() if came.in_scope]
        judged_anew = bool(mine) and all(self.judged(id_, bundle.environment)[0][0] is not bundle for id_ in mine)
        return judged_anew and not bundle.lasting and self._is_fuzzed_anew(bundle)

    def _is_fuzzed_anew(self, bundle: Laid) -> bool:
        if not bundle.fuzzed:
            return not bundle.fuzz_failed
        newer = [b for b in self.counted if b.environment == bundle.environment and b.started_at > bundle.started_at]
        return any(bundle.fuzzed <= b.fuzzed for b in newer)

    def waiver_of(self, requirement: str, environment: str) -> Voice[Waiver] | None:
        """One that holds."""
        here = [
            w for w in self.bearing_waivers if (w.said.requirement, w.said.environment) == (requirement, environment)
        ]
        return next((w for w in here if not self.why_not_waived(w)), None)

    def why_not_waived(self, waiver: Voice[Waiver]) -> str:
        """Why a waiver excuses nothing on that day; empty when it may."""
        if waiver.said.provider != self.provider:
            return f"it speaks of {waiver.said.provider}"
        return waiver.stranger or untimely(waiver.said, self.day) or too_long(waiver.said, self.waiver_days)

    @property
    def bearing_waivers(self) -> tuple[Voice[Waiver], ...]:
        """Those of the environments that count here."""
        return tuple(w for w in self.waivers if w.said.environment in self.gate.environments)

    @property
    def bearing_attestations(self) -> tuple[Voice[Attestation], ...]:
        """Those of the requirements in question."""
        ids = {r.id for r in self.asked}
        return tuple(a for a in self.attestations if a.said.requirement in ids)

    @property
    def bearing_comparisons(self) -> tuple[Compared, ...]:
        """Where parity is asked for: those of two bundles that lie here."""
        digests = {b.digest for b in self.laid}
        return tuple(c for c in self.compared if self.gate.parity and set(c.bundles) <= digests)

    @cached_property
    def on_it(self) -> Mapping[str, str]:
        """Hex SHA-256 → name, of all that bears on the answer: what a sign-off must name, no more and no less."""
        return dict(self._on_it())

    @cached_property
    def asked_by(self) -> Mapping[str, str]:
        """Hex SHA-256 → name, of what decides what is asked and who answers: laxer ones would need new signatures."""
        asked = {"gate": asdict(self.gate), "days": self.days, "waiver_days": self.waiver_days}
        roles = sorted([p.key, p.name, *sorted(p.roles), *_attests(p)] for p in self.people)
        facts = {f"gates.toml, [{self.gate.name}]": asked, "accredit.toml, [people]": roles}
        digests = {
            name: hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest() for name, told in facts.items()
        }
        return {digest: name for name, digest in {**digests, **self.rulebooks}.items()}

    def _on_it(self) -> Iterator[tuple[str, str]]:
        yield from self.asked_by.items()
        yield from ((b.digest, b.name) for b in self.laid)
        yield from ((a.digest, a.file) for a in self.bearing_attestations if not a.stranger)
        yield from ((w.digest, w.file) for w in self.bearing_waivers if not w.stranger)
        yield from ((c.digest, c.file) for c in self.bearing_comparisons if not c.stranger)


def _attests(person: Person) -> Iterator[str]:
    """What somebody's word is limited to; nothing where it is not, which is another thing than to nothing."""
    if person.attests is not None:
        yield "attests"
        yield from sorted(person.attests)
