"""Holds a provider's `fuzzing.toml`, and what of its contract is drawn from, to each other, before anything is sent."""

from collections.abc import Iterator

from accredit.model.errors import UsageError
from accredit.model.fuzzing import FuzzFacts
from accredit.model.links import links_of
from accredit.suite.catalogue import Dossier
from accredit.suite.fuzzing.bindings import bound_in
from accredit.suite.fuzzing.sources import KINDS


def check_facts(dossier: Dossier) -> None:
    """
    Raises:
        UsageError: it names an operation, link, place, setting or kind of source that there is not.
    """
    if wrong := [*_unknown(dossier, dossier.fuzzing)]:
        raise UsageError(f"{dossier.folder / 'fuzzing.toml'} does not go with the contract:\n  " + "\n  ".join(wrong))


def _unknown(dossier: Dossier, facts: FuzzFacts) -> Iterator[str]:
    known = {operation.id for operation in dossier.contract.operations}
    yield from (
        f"{name}: no such operation; there are {', '.join(sorted(known))}." for name in _operations(facts) - known
    )
    links = [link for document in dossier.documents.values() for link in links_of(document)]
    for link in links:
        if link.target not in known:
            yield f"the link {link.name} leads to {link.target}, which is no operation of the contract."
    for first in facts.first:
        if first.link not in {link.name for link in links}:
            yield f"{first.link}: no such link in the contract."
    for told in _sources(facts):
        if (reason := _wrong_source(dossier, told)) is not None:
            yield reason
    for binding in facts.binding:
        if set(binding.operations) <= known and not any(bound_in(d, binding) for d in dossier.documents.values()):
            yield f"{binding.place}: no operation has such a place."


def _operations(facts: FuzzFacts) -> set[str]:
    tables = (facts.binding, facts.refusal, facts.tolerance, facts.turned_away, facts.login, facts.first, facts.left)
    named = {name for table in tables for entry in table for name in entry.operations}
    books = {facts.books.operation, *facts.books.watched} if facts.books else set()
    return {*facts.signed, *named, *books}


def _sources(facts: FuzzFacts) -> Iterator[str]:
    for binding in facts.binding:
        yield from (*binding.values, *binding.refused)
    for login in facts.login:
        yield from login.form.values()
    if facts.books:
        yield from facts.books.fill.values()


def _wrong_source(dossier: Dossier, told: str) -> str | None:
    kind, _, rest = told.partition(":")
    if kind not in KINDS:
        return f"{told!r}: {kind!r} is no source; there are {', '.join(KINDS)}."
    if kind == "setting" and not {rest, rest.partition(":")[0]} & set(dossier.provider.settings):
        return f"{told!r} leads nowhere: provider.toml has no such setting."
    if kind == "moment" and not rest.lstrip("+-").replace(".", "", 1).isdigit():
        return f"{told!r} leads nowhere: a moment is told in seconds from now."
    return None
