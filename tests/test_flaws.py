"""The flaws are there in every kind, and each shows to whoever has the contract: they are what fuzzing is measured by."""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from accredit.evidence.journal import read_run
from accredit.model.schema import misfits
from accredit.model.simulation import Answer, Call
from accredit.suite.catalogue import Dossier, provider_names
from accredit.suite.flaws.flawed import KINDS, Flaw, Flawed, flawed, flaws_of, spread
from accredit.suite.flaws.surface import Surface
from tests import stock
from tests.air_miles.collector_bench import CollectorBench
from tests.conftest import ROOT, accredit
from tests.latam_pass.bench import Bench as LatamBench
from tests.points.bench import Bench as PointsBench

DOSSIERS = {name: Dossier(name, ROOT) for name in provider_names(ROOT)}
BENCHES: Mapping[str, Callable[[], Any]] = {
    "air_miles": CollectorBench,
    "latam_pass": LatamBench,
    "points": PointsBench,
}
RIGHT: Mapping[str, Mapping[str, Callable[[Any], Answer]]] = {
    "points": {
        "requestToken": lambda bench: bench.grant(),
        "requestPoints": lambda bench: bench.ask(),
        "getBalance": lambda bench: bench.read(),
    },
    "latam_pass": {
        "requestToken": lambda bench: bench.grant(),
        "searchMember": lambda bench: bench.anyone(),
        "requestAccrual": lambda bench: bench.report(),
        "getAccruals": lambda bench: bench.report() and bench.ask(),
        "beginCobrand": lambda bench: bench.begin(),
        "endCobrand": lambda bench: bench.begin() and bench.end(),
    },
    "air_miles": {
        "requestToken": lambda bench: bench.grant(),
        "authorize": lambda bench: bench.authorize(),
        "enroll": lambda bench: bench.enrol(),
        "getSummary": lambda bench: bench.summary(bench.member()),
        "getProfile": lambda bench: bench.profile(bench.member()),
        "calculateMiles": lambda bench: bench.keyed("calculateMiles", bench.lines(40)),
        "issueMiles": lambda bench: bench.keyed("issueMiles", bench.lines(40)),
        "returnItems": lambda bench: (
            bench.keyed("issueMiles", bench.lines(40)) and bench.keyed("returnItems", bench.lines(40))
        ),
        "recordTransaction": lambda bench: bench.call("recordTransaction", bench.basket()),
        "postMiles": lambda bench: bench.post(),
        "postEvent": lambda bench: bench.keyed("postEvent", bench.event()),
        "reverseMiles": lambda bench: bench.post() and bench.keyed("reverseMiles", bench.sale()),
        "reverseEvent": lambda bench: (
            bench.keyed("postEvent", bench.event()) and bench.keyed("reverseEvent", bench.event())
        ),
        "findActivity": lambda bench: bench.call(
            "findActivity",
            query={"from": "2026-11-20", "to": "2026-11-21", "sponsorList": "TEST", "collectorNumber": bench.number()},
            method="GET",
        ),
    },
}
"""For each operation what brings about a right call of it."""
EVERY = [(name, flaw) for name, dossier in DOSSIERS.items() for flaw in flaws_of(dossier)]
OPERATIONS = [(name, operation) for name, acts in RIGHT.items() for operation in acts]
TRACE = re.compile(r'File "[^"]+", line \d+|\.java:\d+')


class Heard:
    """A simulation whose calls are kept."""

    def __init__(self, simulation: Any) -> None:
        self.simulation = simulation
        self.calls: list[Call] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.simulation, name)

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        answer: Answer = self.simulation.answer(call)
        return answer


def surface_of(provider: str, operation: str) -> Surface:
    return next(flaw.surface for name, flaw in EVERY if name == provider and flaw.operation == operation)


def seen(provider: str, surface: Surface, flaw: Flaw | None = None) -> Iterator[str]:
    """What somebody with the contract finds wrong, in a right call, a wrong one, and those of strangers."""
    bench, operation = BENCHES[provider](), surface.operation.id
    bench.simulator = Heard(Flawed(bench.simulator, flaw) if flaw else bench.simulator)
    answer = RIGHT[provider][operation](bench)
    yield from breaks(surface, answer)
    call = next(call for call in reversed(bench.simulator.calls) if call.operation == operation)
    asked = replace(call, body=b"{}", query={}, path=f"{call.path}-x")
    if surface.is_reached:
        yield from breaks(surface, bench.simulator.answer(asked), shown=secret(surface, call))
        if surface.can_be_misused and surface.refusals & {400} and bench.simulator.answer(asked).status < 300:
            yield "accepts what breaks the contract"
    if surface.operation.schemes:
        header = surface.auth.token_header if operation != surface.auth.operation else "authorization"
        for changed in ({}, {header: f"{surface.auth.token_prefix}worthless"}):
            known = {name: value for name, value in call.headers.items() if name != header}
            answer = bench.simulator.answer(replace(call, headers=known | changed))
            yield from breaks(surface, answer)
            if answer.status != 401 and not (answer.status == 400 and operation == surface.auth.operation):
                yield "lets anybody in"


def breaks(surface: Surface, answer: Answer, shown: str = "") -> Iterator[str]:
    """In what the answer is not as the contract says."""
    if answer.status not in surface.documented or answer.status >= 500:
        yield f"status {answer.status}"
        return
    kind, text = answer.headers.get("content-type", "").partition(";")[0], answer.body.decode()
    if surface.kinds(answer.status) and kind not in surface.kinds(answer.status):
        yield f"content type {kind}"
    schema = surface.schema(answer.status)
    if schema is not None and kind == "application/json":
        yield from misfits(schema, json.loads(text))
    if TRACE.search(text.replace('\\"', '"')):
        yield "trace"
    if shown and shown in text:
        yield "secret"


def secret(surface: Surface, call: Call) -> str:
    """What the caller showed and nobody may repeat."""
    if surface.operation.id == surface.auth.operation:
        shown = call.headers.get("authorization", "").removeprefix("Basic ")
        return base64.b64decode(shown).decode().partition(":")[2]
    return call.headers.get(surface.auth.token_header, "").removeprefix(surface.auth.token_prefix)


@pytest.mark.parametrize("provider", DOSSIERS)
def test_every_provider_can_be_flawed_in_at_least_twelve_ways(provider):
    """Twelve or more, each of another name, spread over all operations and over nearly all kinds."""
    flaws = flaws_of(DOSSIERS[provider])
    chosen = spread(flaws)

    assert len({flaw.name for flaw in flaws}) == len(flaws)
    assert len(chosen) >= 12
    assert {flaw.operation for flaw in flaws} == {o.id for o in DOSSIERS[provider].contract.operations}
    assert {flaw.kind for flaw in chosen} == {flaw.kind for flaw in flaws}
    assert all(flaw.says.endswith(".") for flaw in flaws)


def test_each_kind_is_there():
    """No kind is without a flaw, and the ones that every provider has room for are in each."""
    everywhere = set.intersection(*({flaw.kind for flaw in flaws_of(dossier)} for dossier in DOSSIERS.values()))

    assert {flaw.kind for _, flaw in EVERY} == set(KINDS)
    assert everywhere >= {
        "wrong_type",
        "missing_required",
        "extra_status",
        "wrong_content_type",
        "leaking_500",
        "ignored_auth",
        "accepted_invalid_input",
    }


@pytest.mark.parametrize(("provider", "operation"), OPERATIONS)
def test_nothing_is_seen_without_a_flaw(provider, operation):
    """The same looks at the simulation as it is find nothing."""
    assert list(seen(provider, surface_of(provider, operation))) == []


@pytest.mark.parametrize(("provider", "flaw"), EVERY, ids=lambda value: value if isinstance(value, str) else value.name)
def test_each_flaw_shows(provider, flaw):
    """Whoever has the contract and a token finds something wrong."""
    assert list(seen(provider, flaw.surface, flaw))


@pytest.mark.parametrize(("provider", "operation"), OPERATIONS)
def test_what_is_shown_in_place_of_a_refusal_is_right(provider, operation):
    """What the contract shows of a success fits its own schema, so that an accepted wrong request is all that is wrong."""
    surface = surface_of(provider, operation)
    for status in surface.successes:
        schema = surface.schema(status)

        assert schema is None or misfits(schema, surface.sample(status)) == []


def test_a_flawed_simulation_is_the_same_in_everything_else():
    """Access, roles, defects, outbox and control channel are the simulation's."""
    simulation = PointsBench().simulator
    made = flawed(simulation, DOSSIERS["points"], "wrong_type:getBalance")

    assert made.access("certification") == simulation.access("certification")
    assert made.roles("certification") == simulation.roles("certification")
    assert (made.DEFECTS, made.outbox, made.balance_of("user-0001")) == (
        simulation.DEFECTS,
        simulation.outbox,
        simulation.balance_of("user-0001"),
    )
    assert flawed(simulation, DOSSIERS["points"], "") is simulation


@pytest.mark.parametrize("name", ["wrong_type", "wrong_enum", "wrong_format", "out_of_range"])
def test_a_wrong_field_is_all_that_is_wrong(name):
    """Where an answer has nothing to hold the field, what is made to hold it is as the contract shows it."""
    bench, surface = LatamBench(), surface_of("latam_pass", "getAccruals")
    bench.simulator = flawed(bench.simulator, DOSSIERS["latam_pass"], f"{name}:getAccruals")

    assert len(list(breaks(surface, bench.ask()))) == 1


def test_flaws_of_different_operations_do_not_touch_each_other():
    """One simulation may have several; a right call of a third operation is answered as without."""
    bench = PointsBench()
    for name in ("wrong_type:getBalance", "extra_status:requestPoints"):
        bench.simulator = flawed(bench.simulator, DOSSIERS["points"], name)

    assert list(breaks(surface_of("points", "requestToken"), bench.grant())) == []
    assert list(breaks(surface_of("points", "requestPoints"), bench.ask())) == ["status 200"]
    assert list(breaks(surface_of("points", "getBalance"), bench.read())) == ["the body: userId: is no string"]


@pytest.mark.parametrize("provider", DOSSIERS)
def test_the_stock_command_is_tried_on_one_flaw_of_an_operation_at_a_time(provider):
    """Every flaw has its turn, in the company of other operations' flaws only."""
    names = stock.names_of(DOSSIERS[provider])
    rounds = [flaws for _, flaws in stock.rounds(names, DOSSIERS[provider])]

    assert sorted(name for flaws in rounds for name in flaws) == sorted(names)
    for flaws in rounds:
        assert len({name.partition(":")[2] for name in flaws}) == len(flaws)


def test_a_run_against_a_flawed_simulator_says_so(tmp_path):
    """The journal names the flaw, and the run cannot pass."""
    ended = accredit("run", "points", "--only", "PT-AUTH-01", "--flaw", "extra_status:getBalance", "--output", tmp_path)
    [folder] = [path for path in tmp_path.iterdir() if path.is_dir()]

    assert ended.returncode == 3
    assert "made defective on purpose: extra_status:getBalance" in ended.stdout
    assert read_run(folder).header["flaws"] == ["extra_status:getBalance"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--flaw", "laughs:getBalance"), "no such flaw"), (("--flaw", "x", "--env", "certification"), "simulator only")],
)
def test_a_flaw_that_cannot_be_is_refused(tmp_path, arguments, said):
    """An unknown name, or a real endpoint, is a mistake in the use."""
    ended = accredit("run", "points", *arguments, "--output", tmp_path)

    assert ended.returncode == 2
    assert said in ended.stderr
