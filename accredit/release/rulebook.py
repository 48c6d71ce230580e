"""Holds a bundle against what a provider asks of evidence for one purpose: a rulebook, in sentences that are the messages."""

from dataclasses import dataclass

from accredit.model.errors import UsageError
from accredit.model.gherkin import Sentence, sentences_of
from accredit.release.rules import rule_for
from accredit.release.ruling import Rule, Ruling
from accredit.release.shown import Shown


@dataclass(frozen=True, slots=True)
class Held:
    """One sentence and what the bundle says to it."""

    sentence: Sentence
    ruling: Ruling
    rule: Rule


def rulebook_path(provider: str, purpose: str) -> str:
    """Where a rulebook stands, in a suite and in what a bundle was judged by."""
    return f"contracts/{provider}/rulebooks/{purpose}.feature"


def rulebook_in(shown: Shown, provider: str, purpose: str) -> str:
    """The text of the rulebook that the bundle carries.

    Raises:
        UsageError: the bundle is another provider's, or carries no such rulebook.
    """
    if shown.run.provider != provider:
        raise UsageError(
            f"the bundle is of {shown.run.provider}, --for says {provider}; name one of {shown.run.provider}'s purposes."
        )
    if (text := shown.files.get(rulebook_path(provider, purpose))) is None:
        folder = rulebook_path(provider, "").rpartition("/")[0]
        known = sorted(
            f"{provider}.{name.rpartition('/')[2].removesuffix('.feature')}"
            for name in shown.files
            if name.startswith(folder)
        )
        raise UsageError(f"the bundle carries no rulebook for {provider}.{purpose}; it carries {', '.join(known) or 'none'}. "
                         "Name one that it carries, or bring one with --rulebook.")  # fmt: skip
    return text.decode("utf-8", "replace")


def held_against(shown: Shown, rulebook: str, where: str) -> list[Held]:
    """Each sentence of the rulebook with what the bundle says to it.

    Raises:
        UsageError: the rulebook cannot be read, or says something that nobody knows; with its line.
    """
    known = [(sentence, _known(sentence, where)) for sentence in sentences_of(rulebook, where)]
    return [Held(sentence, rule(shown, *words), rule) for sentence, (rule, words) in known]


def unknown_sentences(rulebook: str, where: str) -> list[str]:
    """A complaint for each sentence that nobody knows."""
    return [_complaint(s, where) for s in sentences_of(rulebook, where) if rule_for(s.text) is None]


def _known(sentence: Sentence, where: str) -> tuple[Rule, tuple[str, ...]]:
    if (found := rule_for(sentence.text)) is None:
        raise UsageError(_complaint(sentence, where))
    return found


def _complaint(sentence: Sentence, where: str) -> str:
    return f"{where}:{sentence.line}: nobody knows the sentence {sentence.text!r}; accredit/release/rules.py has those there are"
