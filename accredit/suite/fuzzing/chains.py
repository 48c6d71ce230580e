"""Follows a link of the contract: what an accepted request has brought about is asked for, or taken back."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from accredit.model.links import Link, Told, evaluated, links_of
from accredit.suite.catalogue import Dossier
from accredit.suite.fuzzing.contracts import Contracts
from accredit.suite.fuzzing.generator import Drawn
from accredit.wire.reply import Reply


def links_from(dossier: Dossier, operation: str) -> Iterator[Link]:
    """The links that lead on from an operation's answers."""
    return (link for document in dossier.documents.values() for link in links_of(document) if link.source == operation)


def link_named(dossier: Dossier, name: str, target: str) -> Link | None:
    """The link of that name that leads to an operation; None when the contract has none."""
    links = (link for document in dossier.documents.values() for link in links_of(document))
    return next((link for link in links if (link.name, link.target) == (name, target)), None)


def chained(contracts: Contracts, link: Link, first: Drawn, reply: Reply, target: Drawn) -> Drawn:
    """The request that a link leads to: a generated one with what the link says laid over it.

    Of its query only what the link says or the contract asks for is left: another filter would look away from what the first
    request has brought about. What is laid over is real, so the contract as it is decides whether it fits.

    Raises:
        Missing: what the link refers to is in neither request nor answer.
    """
    told, case = _told(contracts, first, reply), target.case
    asked = {parameter.name for parameter in case.operation.query if parameter.is_required}
    parts: dict[str, Any] = {
        "path": dict(case.path_parameters),
        "query": {name: value for name, value in case.query.items() if name in asked},
        "headers": dict(case.headers or {}),
    }
    for name, value in link.parameters.items():
        _put(parts, name, evaluated(value, told))
    if link.body is not None:
        parts["body"] = _laid_over(case.body, link.body, told)
    return replace(contracts.whole(link.target).altered(target, **parts), id=target.id)


def followed(link: Link, first: Drawn, target: Drawn) -> Drawn:
    """The request that a link leads to, under a name of its own."""
    id_ = hashlib.sha256(f"{first.id} {link.name} {target.id}".encode()).hexdigest()[:12]
    return replace(target, id=id_, description=f"{link.name}, after {first.id}")


def _laid_over(below: Any, above: Any, told: Told) -> Any:
    """An object with another laid over it, deeply; a value, whatever it is, replaces what is below."""
    if isinstance(above, Mapping):
        known = below if isinstance(below, dict) else {}
        return {**known, **{key: _laid_over(known.get(key), value, told) for key, value in above.items()}}
    return json.loads(json.dumps(evaluated(above, told)))


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
