"""Follows a link of the contract: what an accepted request has brought about is asked for, or taken back."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from accredit.model.errors import CannotJudge
from accredit.model.links import Link, Missing, Told, evaluated, links_of
from accredit.suite.catalogue import Dossier
from accredit.suite.fuzzing.contracts import Contracts, laid_over
from accredit.suite.fuzzing.generator import Drawn
from accredit.wire.reply import Reply


def links_from(dossier: Dossier, operation: str) -> Iterator[Link]:
    """The links that lead on from an operation's answers."""
    return (link for document in dossier.documents.values() for link in links_of(document) if link.source == operation)


def chained(contracts: Contracts, link: Link, first: Drawn, reply: Reply, index: int) -> Drawn:
    """The request that a link leads to: a generated one with what the link says laid over it.

    Raises:
        CannotJudge: the answer lacks what the link refers to.
    """
    target = contracts.fitting(link.target).arbitrary(link.target, "stateful", index, "positive")
    if target is None:
        raise CannotJudge(f"no request for {link.target} could be drawn.")
    told = _told(contracts, first, reply)
    try:
        values = {name: evaluated(value, told) for name, value in link.parameters.items()}
        body = evaluated(link.body, told) if link.body is not None else None
    except Missing as missing:
        raise CannotJudge(
            f"the link {link.name} refers to {missing}, which is not there (exchange {reply.exchange})."
        ) from None
    case = target.case
    parts: dict[str, Any] = {
        "path": dict(case.path_parameters),
        "query": dict(case.query),
        "headers": dict(case.headers or {}),
    }
    for name, value in values.items():
        _put(parts, name, value)
    if body is not None:
        parts["body"] = laid_over(case.body, body)
    drawn = contracts.fitting(link.target).altered(target, **parts)
    id_ = hashlib.sha256(f"{first.id} {link.name} {target.id}".encode()).hexdigest()[:12]
    return replace(drawn, id=id_, description=f"{link.name}, after {first.id}")


def _put(parts: dict[str, Any], name: str, value: Any) -> None:
    place, dot, rest = name.partition(".")
    if dot and place in ("path", "query", "header"):
        parts["headers" if place == "header" else place][rest] = value
        return
    # Without a location a name is the path's if it has it, else the query's.
    parts["path" if name in parts["path"] else "query"][name] = value


def _told(contracts: Contracts, first: Drawn, reply: Reply) -> Told:
    """The first request as it was really sent."""
    case = first.case
    return Told(dict(case.path_parameters), dict(case.query), dict(case.headers or {}), contracts.as_sent(first),
                reply.headers, reply.body)  # fmt: skip
