"""Checks that a provider's contract is sound before anybody relies on it. Each complaint says where and what to do.

It runs nothing. An operation counts as used when steps name it; that it was also sent is for a run's journal to show.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from accredit.model.documents import named_twice
from accredit.model.errors import UsageError
from accredit.model.openapi import misdeeds
from accredit.model.origin import examples_of, operations_of, undocumented
from accredit.model.schema import faults, misfits
from accredit.suite.catalogue import Dossier, read_toml

RECORD = "operations.toml"


def complaints(dossier: Dossier) -> list[str]:
    """Everything that is wrong with a provider's contract. Empty when it is sound.

    Raises:
        UsageError: a file cannot be read at all.
    """
    files = dict(zip(dossier.provider.services, dossier.provider.contracts, strict=True))
    found = [*_twice(dossier)]
    for service, document in dossier.documents.items():
        where = f"contracts/{dossier.name}/{files[service]}"
        wrong = misdeeds(document)  # the rest takes a valid document for granted
        found += [f"{where} {said}" for said in wrong or (*undocumented(document), *_examples(document))]
    return found or [*_names(dossier), *_used(dossier), *_recorded(dossier)]


def _twice(dossier: Dossier) -> Iterator[str]:
    for path in dossier.contract_files:
        for line, name in named_twice(path.read_bytes()):
            yield f"contracts/{dossier.name}/{path.name} line {line}: {name} stands twice in one object, so one value is lost; keep one"


def _examples(document: Mapping[str, Any]) -> Iterator[str]:
    for where, schema, example in examples_of(document):
        whole = {**schema, "components": document.get("components", {})}
        if wrong := faults(whole):
            yield f"{where}: its schema cannot be used ({wrong}); correct it"
        else:
            yield from (
                f"{where}: does not fit its schema, {said}; correct one of the two" for said in misfits(whole, example)
            )


def _names(dossier: Dossier) -> Iterator[str]:
    """What every command that reads the contract would stumble over."""
    try:
        _ = dossier.contract
    except UsageError as wrong:
        yield str(wrong)
        return
    ids = [told.get("operationId") for _, told in _operations(dossier)]
    for twice in sorted({str(id_) for id_ in ids if id_ and ids.count(id_) > 1}):
        yield f"contracts/{dossier.name}: the operationId {twice} stands in it more than once; give each its own"


def _used(dossier: Dossier) -> Iterator[str]:
    """Every operation is named by a step, or excused. The token is asked for by accredit itself."""
    named = {dossier.provider.auth.operation, *_texts(dossier)}
    for said, told in _operations(dossier):
        id_, kind = told.get("operationId", ""), said.partition(" ")
        used = id_ in named or (kind[0] in ("callback", "webhook") and kind[2] in named)
        name, excuse = id_ or said, told.get("x-unused")
        if used and excuse is not None:
            yield f"contracts/{dossier.name}: {name} is excused by x-unused, yet steps use it; remove the excuse"
        elif not used and excuse is None:
            yield f"contracts/{dossier.name}: no step uses {name}; write a scenario that does, or give the reason in x-unused"
        elif not used and (not isinstance(excuse, str) or not excuse.strip()):
            yield f"contracts/{dossier.name}: x-unused of {name} gives no reason; say why no scenario uses it"


def _recorded(dossier: Dossier) -> Iterator[str]:
    """operationIds are what steps and old evidence speak in: none is lost, renamed or moved without the record saying so."""
    path = dossier.folder / RECORD
    where = f"contracts/{dossier.name}/{RECORD}"
    record: Mapping[str, Any] = read_toml(path) if path.is_file() else {}
    now = {told["operationId"]: said for said, told in _operations(dossier) if told.get("operationId")}
    for id_, said in record.items():
        if id_ not in now:
            heir = next((other for other, place in now.items() if place == said and other not in record), "")
            renamed = f"is called {heir} now" if heir else "is gone from the contract"
            yield f"{where}: {id_} ({said}) {renamed}; put it back, or remove it here and say so in the changelog"
        elif now[id_] != said:
            yield f"{where}: {id_} was {said} and is {now[id_]}; put it back, or correct it here and say so in the changelog"
    for id_, said in now.items():
        if id_ not in record:
            yield f'{where}: does not record {id_}, so it could be lost unnoticed; add: {id_} = "{said}"'


def _operations(dossier: Dossier) -> list[tuple[str, Mapping[str, Any]]]:
    return [(said, told) for document in dossier.documents.values() for _, said, told in operations_of(document)]


def _texts(dossier: Dossier) -> set[str]:
    """Every text that stands in the steps of this provider's scenarios, what only explains left out."""
    return {
        text
        for name in dossier.step_modules()
        for text in _texts_in(dossier.root.joinpath(*name.split(".")).with_suffix(".py"))
    }


def _texts_in(path: Path) -> Iterator[str]:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError) as wrong:
        raise UsageError(f"{path} is not Python: {wrong}. Correct it and try again.") from None
    explains = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explains:
            yield node.value
