"""Our whole contract with a provider against one published document: what was compared, and everything that differs."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from accredit.model.drift.difference import Difference, shown
from accredit.model.drift.document import Document
from accredit.model.drift.matching import matched
from accredit.model.drift.operations import callback_differences, differences_of
from accredit.model.drift.promised import Body, Promised
from accredit.model.drift.reader import promised_by, webhooks_of
from accredit.model.drift.schemas import Schemas
from accredit.model.errors import UsageError


@dataclass(frozen=True, slots=True)
class Compared:
    """An operation that both sides have."""

    operation: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing.

    Attributes:
        compared: Operations that both have.
        silent: Our operations and webhooks by service, of services that their document has nothing of: not compared.
        unheard: Our callbacks and webhooks that their document does not describe: not compared.
        differences: Breaking ones first, then compatible, then improved; in each by operation.
    """

    compared: tuple[Compared, ...]
    silent: Mapping[str, tuple[str, ...]]
    unheard: tuple[str, ...]
    differences: tuple[Difference, ...]


def compare(ours: Mapping[str, Document], theirs: Document, services: Collection[str] = ()) -> Comparison:
    """Compares our documents, by service, with theirs.

    Args:
        services: Theirs describes these and no other, whatever it has of them. Otherwise a service counts when theirs has at
            least one operation of it.

    Raises:
        UsageError: theirs cannot be read, or has nothing to do with our contract.
    """
    try:
        return _compare(ours, theirs, services)
    except RecursionError:
        raise UsageError(
            f"{theirs.called}: is nested too deeply to be compared; ask the provider for a plainer document."
        ) from None


def _compare(ours: Mapping[str, Document], theirs: Document, services: Collection[str]) -> Comparison:
    known = [operation for service, document in ours.items() for operation in promised_by(document, service)]
    published = promised_by(theirs)
    pairs = matched([o for o in known if not services or o.service in services], published)
    if not pairs and not services:
        raise UsageError(f"{theirs.called}: has none of our operations ({len(published)} of its own); is it this provider's? If it is, "
                         "say with --service which of our services it describes.")  # fmt: skip
    meant = {a.service for a, _ in pairs} | set(services)
    found = [d for a, b in pairs for d in differences_of(a, b)]
    found += _one_sided(known, published, pairs, meant)
    webhooks, unheard = _webhooks(ours, theirs, meant)
    silent = {s: (*(o.id for o in known if o.service == s), *webhooks_of(d)) for s, d in ours.items() if s not in meant}
    kinds = ("breaking", "compatible", "improved")
    order = {operation.id: number for number, operation in enumerate(known)}
    ordered = sorted(
        dict.fromkeys(found + webhooks), key=lambda d: (kinds.index(d.kind), order.get(d.operation, len(order)))
    )
    unheard += [name for a, b in pairs if a.callbacks and not b.callbacks for name in a.callbacks]
    return Comparison(tuple(_compared(a, b) for a, b in pairs), silent, tuple(unheard), tuple(ordered))


def _compared(ours: Promised, theirs: Promised) -> Compared:
    base = "" if theirs.path == ours.path else theirs.bases[0]
    return Compared(ours.id, f"{ours.method} {ours.path}", shown(f"{theirs.method} {base}{theirs.path}"))


def _one_sided(known: Sequence[Promised], published: Sequence[Promised], pairs: Sequence[tuple[Promised, Promised]],
               meant: Collection[str]) -> Iterator[Difference]:  # fmt: skip
    ours, theirs = {id(a) for a, _ in pairs}, {id(b) for _, b in pairs}
    for operation in known:
        if id(operation) not in ours and operation.service in meant:
            said = f"{operation.method} {operation.path}"
            yield Difference(
                "operation-gone", operation.id, "the operation", said, "no such operation", operation.inferred
            )
    for operation in published:
        if id(operation) not in theirs:
            said = shown(f"{operation.method} {operation.bases[0]}{operation.path}")
            yield Difference("operation-new", said, "the operation", "no such operation", said)


def _webhooks(
    ours: Mapping[str, Document], theirs: Document, meant: Collection[str]
) -> tuple[list[Difference], list[str]]:
    known = {
        name: (document, body)
        for s, document in ours.items()
        if s in meant
        for name, body in webhooks_of(document).items()
    }
    published: Mapping[str, Body] = webhooks_of(theirs)
    found: list[Difference] = []
    for name, (document, body) in known.items():
        same = published.get(name) or (next(iter(published.values())) if len(published) == len(known) == 1 else None)
        if same is not None:
            found += callback_differences(name, name, body, same, Schemas(document, theirs, name))
        elif published:
            found.append(
                Difference("callback-gone", name, f"callback {name}", "comes", "no such callback", body.inferred)
            )
    return found, [] if published else list(known)
