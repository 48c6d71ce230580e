"""What the contract promises of an operation: its parameters, the bodies it takes, its answers. Compares what came with it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from accredit.model.keywords import EXCUSE, keywords_met
from accredit.model.pointers import Node
from accredit.model.schema import Schema, Schemas

FORM = "application/x-www-form-urlencoded"
STATUS_SETTING = "x-status-setting"
"""Beside an answer: the settings (`member.errors.nobody`, or a list of them) that say under which status it comes, where
nobody published that. One that is a table is named to its field: `gateway.errors.noToken.status`. Where a reference has no room beside it, the operation
has a table: status → settings."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """`place` is `query`, `header`, `path` or `cookie`."""

    name: str
    place: str
    required: bool = False
    excuse: str = ""

    @property
    def key(self) -> str:
        """`query size`."""
        return f"{self.place} {self.name}"

    @property
    def sent_as(self) -> str:
        """As its name is compared: a header's in lower case."""
        return self.name.lower() if self.place == "header" else self.name


@dataclass(frozen=True, slots=True)
class Body:
    """A body of one media type. `at` is where its schema stands, and None when anything may be in it."""

    kind: str
    at: Node | None = None
    schemas: Schemas | None = None

    def misfits(self, value: Any) -> list[str]:
        """Where and why a value does not fit, one line each."""
        return self.schemas.at(self.at.pointer).misfits(value) if self.schemas and self.at else []

    def fits(self, value: Any) -> bool:
        return not self.schemas or not self.at or self.schemas.at(self.at.pointer).fits(value)

    def reached(self, value: Any) -> tuple[set[str], set[str]]:
        """Where the keywords stand, as JSON pointers into the document, that a value keeps, and those that it breaks."""
        if not self.schemas or not self.at:
            return set(), set()
        broken = self.schemas.at(self.at.pointer).broken(value)
        return keywords_met(self.at, self.schemas, value) - broken, broken

    def value(self, data: bytes) -> Any:
        """What it holds: JSON as data, a form as a mapping, anything else as text.

        Raises:
            ValueError: it is no JSON.
        """
        if is_json(self.kind):
            return json.loads(data, parse_constant=_refused)
        text = data.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True)) if self.kind == FORM else text


@dataclass(frozen=True, slots=True)
class PromisedAnswer:
    """One documented answer.

    Attributes:
        status: `200`, `2XX` or `default`.
        bodies: Empty when nothing is promised of its body; then there is nothing to hold it to.
        headers: Name → whether it must be there, and its schema.
        settings: Those that may give it another status.
    """

    status: str
    bodies: tuple[Body, ...] = ()
    headers: Mapping[str, tuple[bool, Schema | None]] = field(default_factory=dict)
    excuse: str = ""
    settings: tuple[str, ...] = ()

    def statuses(self, settings: Mapping[str, Any]) -> list[str]:
        """Where it stands by these settings: a success where they say, an error there as well, for there may be other reasons."""
        told = [status for name in self.settings for status in _statuses(_setting(settings, name))]
        return told if told and self.status.startswith("2") else [self.status.upper(), *told]


@dataclass(frozen=True, slots=True)
class Comparison:
    """An answer beside what was promised.

    Attributes:
        answer: None when its status is not documented.
        body: None when there is no body to compare it with.
        misfits: One line each; never the value itself.
    """

    answer: PromisedAnswer | None
    body: Body | None = None
    value: Any = None
    misfits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """What stands in the contract of one operation. `answers` by their status in upper case."""

    parameters: tuple[Parameter, ...] = ()
    bodies: tuple[Body, ...] = ()
    answers: Mapping[str, PromisedAnswer] = field(default_factory=dict)
    excuse: str = ""

    def answer(self, status: int) -> PromisedAnswer | None:
        """The documented answer of that status: the very one, else its class, else the default."""
        known = self.answers
        return known.get(str(status)) or known.get(f"{status // 100}XX") or known.get("DEFAULT")

    def under(self, settings: Mapping[str, Any]) -> "Promise":
        """The same, with each answer under the status that the settings give it."""
        answers: dict[str, PromisedAnswer] = {}
        for answer in self.answers.values():
            for status in answer.statuses(settings):
                answers[status] = _either(answers.get(status), replace(answer, status=status))
        return replace(self, answers=answers)

    def compare(self, status: int, headers: Sequence[tuple[str, str]], data: bytes) -> Comparison:
        """Holds an answer to its promise."""
        answer = self.answer(status)
        if answer is None:
            documented = ", ".join(a.status for a in self.answers.values()) or "none"
            return Comparison(None, misfits=(f"this status is not documented; documented are {documented}",))
        told = {name.lower(): value for name, value in headers}
        wrong = list(_header_misfits(answer, told))
        if not answer.bodies:
            return Comparison(answer, misfits=tuple(wrong))
        kind = media_type(told.get("content-type", ""))
        body = fitting(answer.bodies, kind)
        if body is None:
            documented = ", ".join(b.kind for b in answer.bodies)
            wrong.append(
                f"the content type {kind[:80] or 'that is missing'} is not documented; documented is {documented}"
            )
            return Comparison(answer, misfits=tuple(wrong))
        try:
            value = body.value(data)
        except (ValueError, RecursionError):
            return Comparison(answer, misfits=(*wrong, "the body: is no JSON"))
        return Comparison(answer, body, value, (*wrong, *body.misfits(value)))


def promise_of(path: Node, operation: Node, schemas: Schemas) -> Promise:
    """What is promised of the operation that stands below a path.

    Raises:
        ValueError: something refers to nothing, or is no schema; says where.
    """
    told = [_parameter(node, operation) for below in (path, operation) for node in below.child("parameters").items()]
    own = {parameter.key: parameter for parameter in told}
    answers = {node.name.upper(): _answer(node, operation, schemas) for node in operation.child("responses").children()}
    excuse = operation.told.get(EXCUSE)
    return Promise(
        tuple(own.values()), bodies_of(operation, schemas), answers, excuse if isinstance(excuse, str) else ""
    )


def bodies_of(operation: Node, schemas: Schemas) -> tuple[Body, ...]:
    """The bodies that an operation takes, or a callback brings."""
    return tuple(_bodies(operation.child("requestBody"), schemas))


def fitting(bodies: Sequence[Body], kind: str) -> Body | None:
    """The body of that media type: the very one, else `text/*`, else `*/*`."""
    for wanted in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
        for body in bodies:
            if body.kind == wanted:
                return body
    return None


def media_type(text: str) -> str:
    """`Application/JSON; charset=utf-8` → `application/json`."""
    return text.partition(";")[0].strip().lower()


def is_json(kind: str) -> bool:
    return kind == "application/json" or kind.endswith("+json")


def _parameter(node: Node, operation: Node) -> Parameter:
    name = node.text("name")
    return Parameter(name, node.text("in"), node.told.get("required") is True, _excuse(node, operation, name))


def _excuse(node: Node, operation: Node, name: str) -> str:
    return operation.child(EXCUSE).text(name) or node.text(EXCUSE)


def _answer(node: Node, operation: Node, schemas: Schemas) -> PromisedAnswer:
    headers = {
        header.name.lower(): (header.told.get("required") is True, _schema(header, schemas))
        for header in node.child("headers").children()
        if header.name.lower() != "content-type"
    }
    settings = (*_names(operation.child(STATUS_SETTING).told.get(node.name)), *_names(node.told.get(STATUS_SETTING)))
    return PromisedAnswer(
        node.name, tuple(_bodies(node, schemas)), headers, _excuse(node, operation, node.name), settings
    )


def _names(told: Any) -> tuple[str, ...]:
    return (told,) if isinstance(told, str) else tuple(told or ())


def _setting(settings: Mapping[str, Any], name: str) -> Any:
    """`a.b` is the setting of that name; `a.b.c` may be the field `c` of it."""
    whole, _, field_name = name.rpartition(".")
    return (
        settings[name] if name in settings else settings.get(whole, {}).get(field_name) if whole in settings else None
    )


def _statuses(value: Any) -> list[str]:
    return [str(value)] if str(value).isdigit() and len(str(value)) == 3 else []


def _either(one: PromisedAnswer | None, other: PromisedAnswer) -> PromisedAnswer:
    """What two answers of one status promise together. Where one of them promises nothing of its body, neither do both."""
    if one is None:
        return other
    kinds = {body.kind for body in one.bodies}
    bodies = (
        (*one.bodies, *(body for body in other.bodies if body.kind not in kinds)) if one.bodies and other.bodies else ()
    )
    headers = {name: told for name, told in one.headers.items() if name in other.headers}
    return replace(one, bodies=bodies, headers=headers, excuse=one.excuse or other.excuse)


def _bodies(node: Node, schemas: Schemas) -> Iterator[Body]:
    for content in node.child("content").children():
        schema = _schema(content, schemas)
        at = Node(content.document, f"{content.pointer}/schema", "schema") if schema else None
        yield Body(media_type(content.name), at, schemas if schema else None)


def _schema(node: Node, schemas: Schemas) -> Schema | None:
    if "schema" not in node.told:
        return None
    try:
        return schemas.at(f"{node.pointer}/schema")
    except ValueError as wrong:
        raise ValueError(f"{node.pointer}/schema: {wrong}") from None


def _header_misfits(answer: PromisedAnswer, told: Mapping[str, str]) -> Iterator[str]:
    for name, (required, schema) in answer.headers.items():
        if name not in told:
            if required:
                yield f"the header {name}: is missing"
        elif schema and (wrong := _as_header(schema, told[name], f"the header {name}")):
            yield wrong[0]


def _as_header(schema: Schema, text: str, subject: str) -> list[str]:
    """A header is text; where a number or a boolean is promised, the text of one fits."""
    wrong = schema.misfits(text, subject)
    try:
        return wrong and schema.misfits(json.loads(text), subject)
    except (ValueError, RecursionError):
        return wrong


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")
