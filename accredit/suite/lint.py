"""Checks that features, steps and register agree, before anything is run. Each complaint says where and what to do."""

import importlib
import inspect
import sys
from collections.abc import Iterator, Sequence

from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from accredit.model.gherkin import Declared
from accredit.model.requirement import Register
from accredit.model.scenario import SIMULATOR_ONLY, is_requirement_id
from accredit.suite.catalogue import Dossier
from accredit.suite.gherkin import declared_in, unknown_tags, unusable
from accredit.suite.simulation import strange_roles

_KEYWORD = {"Context": "given", "Action": "when", "Outcome": "then"}


def complaints(dossier: Dossier) -> list[str]:
    """Everything that is wrong with a provider's features, steps and register. Empty when they agree.

    Raises:
        UsageError: a file cannot be read at all.
    """
    declared = declared_in(dossier.features)
    return [
        *unusable(declared),
        *unknown_tags(declared, dossier.register),
        *_tags(declared, dossier.register),
        *_register(declared, dossier.register),
        *_budget(dossier),
        *_steps(declared, step_definitions(dossier)),
    ]


def _tags(declared: Sequence[Declared], register: Register) -> Iterator[str]:
    for d in declared:
        ids = [tag for tag in d.tags if is_requirement_id(tag)]
        if not ids:
            yield f"{d.place}: verifies no requirement; tag it with the id of one"
        for tag in ids:
            if tag in register and register[tag].verified != "driven":
                yield f"{d.place}: @{tag} is {register[tag].verified}, not driven; change the register, or the tag"


def _register(declared: Sequence[Declared], register: Register) -> Iterator[str]:
    anywhere = {tag for d in declared for tag in d.tags}
    beyond_simulator = {tag for d in declared if SIMULATOR_ONLY not in d.tags for tag in d.tags}
    for r in register.driven:
        if r.id not in anywhere:
            yield f"{r.id}: is driven, yet no scenario is tagged with it; write one, or say how else it is verified"
        elif ("certification" in r.environments) != (r.id in beyond_simulator):
            yield f"{r.id}: its environments are {', '.join(r.environments)}, its scenarios say otherwise; @{SIMULATOR_ONLY} ones are shown there only"
        if "simulator" not in r.environments:
            yield f"{r.id}: is driven, so it must be shown in the simulator too, where it is proved"
        if "certification" not in r.environments and not r.elsewhere:
            yield f"{r.id}: is shown in the simulator only; say in `elsewhere` how it is shown in certification"
    for r in register.requirements:
        if r.verified != "driven" and not r.reason:
            yield f"{r.id}: is {r.verified}, without a reason; say who shows it how"
        if r.verified != "driven" and (r.environments or r.defects):
            yield f"{r.id}: is {r.verified}, yet has environments or defects; those are for driven ones"


def _budget(dossier: Dossier) -> Iterator[str]:
    where, writing = (
        f"contracts/{dossier.name}/budget.toml",
        {o.id for o in dossier.contract.operations if o.effect == "writes"},
    )
    for name, facts in dossier.writes.items():
        if name not in writing:
            yield f"{where}: {name} is no operation that writes; correct or remove it"
        for id_ in (*facts.shows, *facts.kept_out):
            if id_ not in dossier.register:
                yield f"{where}, [{name}]: {id_} is no requirement; correct or remove it"
        asked = {id_ for players in facts.asks.values() for asking in players.values() for id_ in asking}
        if strange := sorted(asked - set(facts.shows)):
            yield f"{where}, [{name}.asks]: {', '.join(strange)} stands not in `shows`; correct one of the two"
        yield from strange_roles(facts.asks, dossier, f"{where}, {name}.asks")
        if not facts.never and not any(kind.startswith("members.") for kind in facts.named.values()):
            yield f"{where}, [{name}]: says nowhere for whom it is, and a budget names members; add it, or say why `never`"


def _steps(declared: Sequence[Declared], definitions: Sequence[StepFunctionContext]) -> Iterator[str]:
    used: set[int] = set()
    for d in declared:
        for kind, text in _concrete_steps(d):
            matching = [s for s in definitions if s.type in (None, kind) and s.parser.is_matching(text)]
            used |= {id(s) for s in matching}
            if not matching:
                yield f"{d.place}: nothing defines the step {text!r}; write it in steps/"
            if len(matching) > 1:
                yield f"{d.place}: {len(matching)} definitions fit the step {text!r}; make their words differ"
    for definition in definitions:
        where = f"{definition.step_func.__module__}.{definition.step_func.__name__}"
        if id(definition) not in used and where.split(".")[1] == _home(declared):
            yield f"{where}: no scenario says {definition.parser.name!r}; remove it"
        if inspect.iscoroutinefunction(definition.step_func) or inspect.isasyncgenfunction(definition.step_func):
            yield f"{where}: is async, which pytest-bdd never awaits, so it would always pass; make it a plain function"


def _concrete_steps(declared: Declared) -> Iterator[tuple[str, str]]:
    """Keyword and text of each step, example values put in; `And` takes the keyword before it."""
    for row in declared.rows if declared.rows is not None else ((),):
        kind = "given"
        for keyword, text in declared.steps:
            kind = _KEYWORD.get(keyword, kind)
            for column, value in zip(declared.columns, row, strict=False):
                text = text.replace(f"<{column}>", value)
            yield kind, text


def step_definitions(dossier: Dossier) -> list[StepFunctionContext]:
    """Every step definition that this provider's scenarios can use."""
    if str(dossier.root) not in sys.path:
        sys.path.insert(0, str(dossier.root))
    modules = [importlib.import_module(name) for name in dossier.step_modules()]
    # pytest-bdd keeps each definition as a fixture beside the function; the registry knows it by what the fixture wraps.
    fixtures = [
        value for module in modules for value in vars(module).values() if hasattr(value, "_get_wrapped_function")
    ]
    found = [step_function_context_registry.get(fixture._get_wrapped_function()) for fixture in fixtures]
    return [definition for definition in found if definition is not None]


def _home(declared: Sequence[Declared]) -> str:
    return declared[0].feature.partition("/")[0] if declared else ""
