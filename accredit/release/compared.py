"""Kept comparisons on a gate's table. Each is made again from its two bundles: nobody's word has to be taken for it."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from accredit.model.errors import AccreditError
from accredit.model.gate.table import Compared
from accredit.model.keys import PublicKey, key_id
from accredit.model.statement import Person
from accredit.release.voices import Comparison

_AS_IT_MAY_BE = ("first", "production", "latency", "on")
"""Which files it names and what was known of their keys, how long answers took, and the day: the gate asks for these itself."""


def made_again(kept: tuple[Comparison, ...], bundles: Mapping[str, Path], partner_file: Path | None,
               day: date) -> dict[str, Callable[[], str]]:  # fmt: skip
    """File of a comparison → how to find out why it is not what comparing its bundles gives; of those that could count.

    Args:
        bundles: Hex SHA-256 → file, of those on the table.
    """
    pairs = {one.file: (one, *_pair(one)) for one in kept if not one.says.lacks(day)}
    return {
        name: partial(_otherwise, one.statement.predicate, bundles[first], bundles[second], partner_file, day)
        for name, (one, first, second) in pairs.items()
        if first in bundles and second in bundles
    }


def comparers(known: Mapping[str, Person], trusted: PublicKey | str | None) -> frozenset[str]:
    """Ids of the keys whose comparisons count: of whoever has a role, and the one that bundles are signed with."""
    own = () if trusted is None else (trusted if isinstance(trusted, str) else key_id(trusted),)
    return frozenset((*own, *(person.key for person in known.values() if person.roles)))


def compared_on(kept: tuple[Comparison, ...], known: Mapping[str, Person], trusted: PublicKey | str | None,
                otherwise: Mapping[str, str], day: date) -> Iterator[Compared]:  # fmt: skip
    """Each with why it does not count: made by nobody we know, of a part, or otherwise than the bundles compare.

    Args:
        known: Whoever has a role there may have made it, and whoever has the key that bundles are signed with.
        otherwise: File → why it is not what comparing again gives; empty when it is.
    """
    keys = comparers(known, trusted)
    for one in kept:
        signed_by, pair = key_id(one.statement.key), _pair(one)
        whose = (
            f"signed with the key {signed_by[:12]}…, neither that of the bundles nor of anybody with a role in [people]"
        )
        lacks = one.says.lacks(day) or otherwise.get(one.file, "its bundles were not compared again")
        yield Compared(one.file, one.statement.digest, pair, one.says.answer, one.says.reasons, lacks,
                       "" if signed_by in keys else whose, one.says.writes_compared)  # fmt: skip


def _otherwise(predicate: Mapping[str, Any], first: Path, second: Path, partner_file: Path | None, day: date) -> str:
    """Why a record is not what comparing the two gives on that day; empty when it is."""
    from accredit.release.pair import pair_of  # a tenth of a second: only a gate that compares pays for it
    from accredit.release.parity import compare_pair, declared_by, record

    try:
        pair = pair_of(first, second, None)
        now = record(compare_pair(pair, declared_by(partner_file, pair.provider.name), day))
    except (AccreditError, LookupError, TypeError, ValueError, AttributeError) as wrong:
        return f"they cannot be compared again: {str(wrong)[:200]}"
    told, found = _held(predicate), _held(json.loads(json.dumps(now)))
    others = sorted(name for name in {*told, *found} if told.get(name) != found.get(name))
    return (
        f"comparing them again says {found['answer']}, with other {', '.join(others)}; compare again" if others else ""
    )


def _held(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in _AS_IT_MAY_BE}


def _pair(one: Comparison) -> tuple[str, str]:
    """Digests of the two bundles, as far as the statement's subject bears them."""
    borne = set(one.statement.subject.values())
    first, second = (side.sha256 if side.sha256 in borne else "" for side in (one.says.first, one.says.production))
    return first, second
