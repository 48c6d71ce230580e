"""Checks that tickets can be written: each purpose in each of its languages, with every message and every open question."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from accredit.evidence.render import messages_asked_for
from accredit.evidence.ticket import TEMPLATE
from accredit.model.purpose import Correspondence, Purpose
from accredit.suite.catalogue import Dossier

_PLACE = re.compile(r"{(\w+)}")


def ticket_complaints(dossier: Dossier, templates: Path) -> list[str]:
    """Everything that keeps a provider's tickets from being written whole. Empty for a provider without purposes.

    Raises:
        UsageError: a file cannot be read at all.
    """
    to = dossier.correspondence
    languages = sorted({language for purpose in to.purposes for language in purpose.languages})
    return [
        *(line for language in languages for line in _words(dossier, to, language)),
        *(line for purpose in to.purposes for line in _purpose(dossier, purpose)),
        *_messages(templates, languages),
    ]


def _words(dossier: Dossier, to: Correspondence, language: str) -> Iterator[str]:
    where = f"contracts/{dossier.name}/tickets/{language}.toml"
    words = to.words.get(language)
    if words is None:
        yield f"{where}: does not exist, yet purposes.toml names the language; write it"
        return
    asked = {setting.unknown for setting in dossier.provider.settings.values() if setting.unknown}
    parts: Mapping[str, tuple[set[str], Mapping[str, object]]] = {
        "chapters": ({chapter.prefix for chapter in dossier.provider.chapter}, words.chapters),
        "questions": (asked, words.questions),
        "purposes": ({p.name for p in to.purposes if language in p.languages}, words.purposes),
    }
    for part, (wanted, found) in parts.items():
        yield from (f"{where}: [{part}] lacks {name}; write it" for name in sorted(wanted - set(found)))
        yield from (
            f"{where}: [{part}] has {name}, which nothing asks for; remove it" for name in sorted(set(found) - wanted)
        )


def _purpose(dossier: Dossier, purpose: Purpose) -> Iterator[str]:
    where = f"contracts/{dossier.name}/purposes.toml, [{purpose.name}]"
    asked = {setting.unknown for setting in dossier.provider.settings.values()}
    for name in purpose.asks_first:
        if name not in asked:
            yield f"{where}: asks {name} first, which no setting has as `unknown`; correct it"
    if not purpose.environments or not purpose.languages:
        yield f"{where}: has no environment or no language, so it never has a ticket; name one"


def _messages(templates: Path, languages: list[str]) -> Iterator[str]:
    """Every language has what the template asks for and what English has, with the same places."""
    told = {language: _flat(templates / "tickets" / f"{language}.toml") for language in {*languages, "en"}}
    wanted = set(messages_asked_for(templates, TEMPLATE)) | set(told["en"])
    for language in sorted(told):
        where, found = f"reports/tickets/{language}.toml", told[language]
        yield from (f"{where}: lacks the message {key!r}; translate it" for key in sorted(wanted - set(found)))
        yield from (f"{where}: has {key!r}, which English lacks; remove it" for key in sorted(set(found) - wanted))
        for key in sorted(set(found) & set(told["en"])):
            if set(_PLACE.findall(found[key])) != set(_PLACE.findall(told["en"][key])):
                yield f"{where}: {key!r} has other {{places}} than in English; make them equal"


def _flat(path: Path) -> Mapping[str, str]:
    """Messages by key, those of tables by `table.key`; nothing when there is no such file."""
    told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    flat = {key: value for key, value in told.items() if isinstance(value, str)}
    return flat | {
        f"{table}.{key}": text for table, rows in told.items() if isinstance(rows, dict) for key, text in rows.items()
    }
