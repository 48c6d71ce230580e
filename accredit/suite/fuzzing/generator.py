"""The doorman of schemathesis: draws cases from a contract, and holds answers to it. Sends nothing."""

import copy
import hashlib
import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import requests
import schemathesis
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.generation.drivers import CoverageGenerator, ExamplesGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.meta import CoverageScenario, coverage_scenario
from schemathesis.generation.overrides import Override

from accredit.suite.fuzzing import chance, wording

NOWHERE = "https://case.invalid"
"""Cases know no host: where they go is the client's business."""
CHECKED = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "positive_data_acceptance", "missing_required_header",
)  # fmt: skip
"""Of the stock checks those that look at one answer; none that sends requests of its own past our client."""
_TRIES = 25


@dataclass(frozen=True, slots=True)
class Drawn:
    """One generated case.

    Attributes:
        id: Of its content; see `CaseRecord`.
        mode: `positive` fits the contract, `negative` breaks it.
        request: As it would be sent, but for what the client adds and what is new in each run.
        case: What the generator knows of it.
    """

    id: str
    operation: str
    phase: str
    index: int
    mode: str
    description: str
    request: requests.PreparedRequest
    case: Any

    @property
    def target(self) -> str:
        """Path and query."""
        return str(self.request.url).removeprefix(NOWHERE)

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The generated ones, without those that some library adds by itself."""
        generated = {name.lower() for name in self.case.headers or {}} | {"content-type"}
        return [(name, value) for name, value in _texts(self.request.headers) if name.lower() in generated]

    @property
    def body(self) -> bytes:
        body: Any = self.request.body or b""
        return body.encode() if isinstance(body, str) else bytes(body)


@dataclass(frozen=True, slots=True)
class Failed:
    """One check that an answer did not pass. `signature` tells this failure from others of the check."""

    check: str
    signature: str
    message: str


class Generator:
    """Cases of one contract document. The same seed gives the same cases, each by itself: none depends on those before it."""

    def __init__(
        self,
        document: Mapping[str, Any],
        seed: int,
        allowed: Mapping[str, Mapping[str, Sequence[int]]],
        breaks: Callable[["Drawn"], bool] = lambda _: True,
    ) -> None:
        """
        Args:
            allowed: Check (`positive_data_acceptance`, `negative_data_rejection`) → operation → statuses it does not mind.
            breaks: Tells whether a case that breaks the document breaks the contract that it is narrowed from as well.
        """  # fmt: skip
        load_all_checks()
        config = SchemathesisConfig.from_dict(_config(seed))
        self._schema = schemathesis.openapi.from_dict(dict(document), config=config)
        self._schema.config.update(base_url=NOWHERE)
        self._seed = seed
        found: Any = self._schema.get_all_operations()
        self._operations = {o.definition.raw["operationId"]: o for o in (result.ok() for result in found)}
        self._checks = {name: CHECKS.get_one(name) for name in CHECKED}
        self._allowed, self._breaks = allowed, breaks
        self._strategies: dict[tuple[str, str], Any] = {}

    @property
    def operations(self) -> tuple[str, ...]:
        return tuple(self._operations)

    def examples(self, operation: str) -> Iterator[Drawn]:
        """The documented examples; without any, one case that fits."""
        source = ExamplesGenerator(
            operation=self._operations[operation], override=Override(), feedback=NO_FEEDBACK, fill_missing=True
        )
        for index, case in enumerate(source):
            yield self._drawn(case, operation, "examples", index, "positive")

    def coverage(self, operation: str, mode: str, types: int = 1) -> Iterator[Drawn]:
        """Every boundary of every constraint, one at a time.

        Args:
            types: Of those that give a place a value of another type, one in so many, of each place others.
        """
        about = self._operations[operation]
        settings = self._schema.config.generation_for(operation=about, phase="coverage")
        # Of negative ones alone, the parameters beside the one that is tried would break the contract as well.
        modes = [GenerationMode.POSITIVE] if mode == "positive" else list(GenerationMode)
        source = CoverageGenerator(
            operation=about, generation_modes=modes, generation_config=settings, auth_storage=None,
            override=Override(), feedback=NO_FEEDBACK)  # fmt: skip
        of_another_type = 0
        for index, case in enumerate(source):
            if coverage_scenario(case) is CoverageScenario.INCORRECT_TYPE:
                of_another_type += 1
                if of_another_type % types:
                    continue
            if not case.meta or case.meta.generation.mode.value != mode:
                continue
            drawn = self._drawn(case, operation, "coverage", index, mode)
            if self._is_as_told(drawn):
                yield drawn

    def arbitrary(self, operation: str, phase: str, index: int, mode: str) -> Drawn | None:
        """An arbitrary case, by its place alone; None when nothing can be drawn there."""
        if (operation, mode) not in self._strategies:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                strategy = self._operations[operation].as_strategy(generation_mode=GenerationMode(mode))
            self._strategies[operation, mode] = strategy
        for attempt in range(_TRIES):
            case = chance.drawn(
                self._strategies[operation, mode], f"{self._seed}/{operation}/{phase}/{mode}/{index}/{attempt}"
            )
            drawn = None if case is None else self._drawn(case, operation, phase, index, mode)
            if drawn is not None and self._is_as_told(drawn):
                return drawn
        return None

    def altered(self, drawn: Drawn, *, path: Mapping[str, Any] | None = None, query: Mapping[str, Any] | None = None,
                headers: Mapping[str, Any] | None = None, body: Any = ...) -> Drawn:  # fmt: skip
        """The case with other contents, as one of this contract, whether it fits decided anew."""
        changed = self._adopted(drawn.case, drawn.operation)
        if query is not None:
            changed.query = dict(query)
        if path is not None:
            changed.path_parameters = dict(path)
        if headers is not None:
            changed.headers = type(drawn.case.headers)(headers)
        if body is not ...:
            changed.body = body
        meta = changed.meta
        mode = meta.generation.mode.value if meta else drawn.mode
        return replace(
            self._drawn(changed, drawn.operation, drawn.phase, drawn.index, mode), description=drawn.description
        )

    def judge(self, drawn: Drawn, status: int, headers: Mapping[str, str], body: bytes, elapsed: float) -> list[Failed]:
        """What the stock checks have against an answer."""
        told = {name: [value] for name, value in headers.items()}
        response = Response(status, told, body, drawn.request, elapsed, True)
        try:
            drawn.case.validate_response(response, checks=list(self._checks.values()))
        except FailureGroup as group:
            failed = (
                _failed(failure, status, drawn.case.meta)
                for failure in group.exceptions
                if not self._is_allowed(failure, drawn, status)
            )
            return sorted(failed, key=lambda f: (f.check, f.signature))  # they come in any order
        return []

    def _adopted(self, case: Any, operation: str) -> Any:
        """A copy of a case, this contract's from now on: what is found out of the copy is not told of the case."""
        told = case.derive()
        told.operation = self._operations[operation]
        told._meta = copy.deepcopy(case.meta)
        return told

    def _is_as_told(self, drawn: Drawn) -> bool:
        """A negative case that only leaves what the document was narrowed to is none of the contract's."""
        return drawn.mode != "negative" or self._breaks(drawn)

    def _is_allowed(self, failure: Failure, drawn: Drawn, status: int) -> bool:
        return any(status in self._allowed.get(check, {}).get(drawn.operation, ()) for check in failure.checks)

    def _drawn(self, case: Any, operation: str, phase: str, index: int, mode: str) -> Drawn:
        told = case.as_transport_kwargs(base_url=NOWHERE)
        session_only = {"cookies": None}
        request = requests.Request(**{**told, **session_only}).prepare()
        meta = case.meta
        words = str(getattr(meta.phase.data, "description", "") or "") if meta else ""
        drawn = Drawn("", operation, phase, index, mode, words, request, case)
        return replace(drawn, id=_content_id(drawn))


def _config(seed: int) -> dict[str, Any]:
    # unexpected-methods: undeclared methods are no operations of the contract, and the guard lets nothing else leave.
    return {
        "seed": seed,
        "phases": {"coverage": {"unexpected-methods": []}},
        "generation": {"database": "none", "with-security-parameters": False},
    }


def _failed(failure: Failure, status: int, meta: Any) -> Failed:
    """The signature holds what a failure is about: of what a request broke, the place; of an answer, the place in its schema."""
    check = failure.checks[0] if failure.checks else type(failure).__name__
    place = _broken_at(meta) if check == "negative_data_rejection" else ""
    return Failed(check, wording.signature(failure, status, place), wording.message(failure, status, place))


def _broken_at(meta: Any) -> str:
    """`body.userId`, `header.Digest`, `body`: what of a request breaks the contract, as far as that is one thing."""
    data = meta.phase.data if meta else None
    location = getattr(data, "parameter_location", None)
    if location is None:
        return ""
    pointer = str(getattr(data, "location", None) or "").split("/")
    names = [name for above, name in pairwise(pointer) if above == "properties"]
    parameter = str(getattr(data, "parameter", None) or "")
    return ".".join([str(location.value), *(names or [parameter] * ("/" not in parameter and bool(parameter)))])


def _content_id(drawn: Drawn) -> str:
    content = [drawn.request.method, drawn.target, sorted((n.lower(), v) for n, v in drawn.headers), drawn.body.hex()]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]


def _texts(headers: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        yield _text(name), _text(value)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
