"""Whose word a signed statement is: its predicate read as what it should say, its key looked up among people."""

from collections.abc import Iterable
from typing import TypeVar

from accredit.evidence.statements import Statement
from accredit.model.keys import key_id
from accredit.model.reading import read
from accredit.model.statement import Attestation, Person, SignOff, Waiver
from accredit.model.voice import Voice

S = TypeVar("S", Attestation, Waiver, SignOff)


def voice(name: str, statement: Statement, record: type[S], known: Iterable[Person] = ()) -> Voice[S]:
    """A statement as somebody's word.

    Raises:
        UsageError: it does not say what such a statement says.
    """
    key = key_id(statement.key)
    person = next((person for person in known if person.key == key), None)
    return Voice(name, statement.digest, statement.subject, read(record, statement.predicate, name), key, person)
