"""Compares one operation as our contract promises it with the same one as it was published."""

from collections.abc import Iterator, Mapping

from accredit.model.drift.access import in_words, narrowing
from accredit.model.drift.difference import Difference, shown
from accredit.model.drift.promised import JSON, Answer, Body, Parameter, Promised
from accredit.model.drift.rules import Direction
from accredit.model.drift.schemas import Schemas
from accredit.model.drift.shape import Nodes


def differences_of(ours: Promised, theirs: Promised) -> Iterator[Difference]:
    """Every difference between the two."""
    yield from _Pair(ours, theirs).differences()


def callback_differences(operation: str, name: str, a: Body, b: Body, schemas: Schemas) -> Iterator[Difference]:
    """What comes to the partner of the provider's own accord."""
    yield from _contents(schemas, operation, "answer", f"callback {shown(name)}", a.contents, b.contents, a.inferred)


class _Pair:
    def __init__(self, ours: Promised, theirs: Promised) -> None:
        self.ours, self.theirs, self.id = ours, theirs, ours.id
        self.schemas = Schemas(ours.document, theirs.document, ours.id)

    def differences(self) -> Iterator[Difference]:
        if self.theirs.deprecated and not self.ours.deprecated:
            yield self._difference("operation-deprecated", "the operation", "in use", "deprecated")
        if self.ours.inferred and self.ours.path == self.theirs.path:
            yield self._difference(
                "now-published", "the operation", f"{self.ours.method} {self.ours.path}", "the same", True
            )
        yield from self._access()
        yield from self._parameters()
        yield from self._body()
        yield from self._answers()
        for name, body in self.ours.callbacks.items():
            yield from self._callback(name, body)

    def _difference(self, code: str, place: str, ours: str, theirs: str, inferred: bool = False) -> Difference:
        return Difference(code, self.id, place, shown(ours), shown(theirs), inferred)

    def _access(self) -> Iterator[Difference]:
        ours, theirs = self.ours.access or ({},), self.theirs.access
        if theirs is None:
            if any(ours):
                yield self._difference("access-unstated", "access", in_words(ours), "nothing is said")
            return
        sent = frozenset(f"the {p.place} {key}" for (_, key), p in self.ours.parameters.items() if p.required)
        refused, scopes = narrowing(ours, theirs, sent)
        if refused:
            yield self._difference("access-changed", "access", in_words(ours), in_words(theirs))
        if scopes:
            yield self._difference("scope-new", "access", "not asked for", ", ".join(sorted(scopes)))

    def _parameters(self) -> Iterator[Difference]:
        carried = {carried for way in self.ours.access or () for carried in way}
        for key in sorted({*self.ours.parameters, *self.theirs.parameters}):
            a, b = self.ours.parameters.get(key), self.theirs.parameters.get(key)
            if a is None and any(
                told == f"the {key[0]} {key[1]}" or told.startswith(f"the {key[0]} {key[1]} (") for told in carried
            ):
                continue  # they list as a parameter what shows who the call comes from
            known = a or b
            assert known is not None
            yield from self._parameter(f"{known.place} parameter {shown(known.name)}", a, b)

    def _parameter(self, place: str, a: Parameter | None, b: Parameter | None) -> Iterator[Difference]:
        words = _needed("no such parameter", a), _needed("no such parameter", b)
        inferred = a is not None and a.inferred
        code = ""
        if b is None:
            assert a is not None
            code = "query-gone" if a.place == "query" else "" if a.place == "path" else "header-gone"
        elif b.required and not (a and a.required):
            code = "parameter-required"
        elif a is None:
            code = "parameter-new"
        elif a.required and not b.required:
            code = "parameter-optional"
        if code:
            yield self._difference(code, place, *words, inferred)
        if a is None or b is None:
            return
        yield from self.schemas.compare("request", place, a.schema, b.schema, inferred=inferred, agrees=not code)
        if a.style != b.style and self.schemas.are_lists(a.schema, b.schema):
            yield self._difference(
                "parameter-written-otherwise", place, _style_in_words(a), _style_in_words(b), inferred
            )

    def _body(self) -> Iterator[Difference]:
        a, b = self.ours.body, self.theirs.body
        words = _needed("no body", a), _needed("no body", b)
        if b is None:
            if a is not None:
                yield self._difference("body-gone", "request", *words, a.inferred)
            return
        if b.required and not (a and a.required):
            yield self._difference("body-required", "request", *words, a is not None and a.inferred)
        elif a is None:
            yield self._difference("body-new", "request", *words)
        elif a.required and not b.required:
            yield self._difference("body-optional", "request", *words, a.inferred)
        if a is not None:
            yield from _contents(self.schemas, self.id, "request", "request", a.contents, b.contents, a.inferred)

    def _answers(self) -> Iterator[Difference]:
        ours, theirs = self.ours.answers, self.theirs.answers
        for status in sorted({*ours, *theirs}):
            a, b = _answer_to(ours, status), _answer_to(theirs, status)
            place = f"answer {shown(status)}"
            if a is None:
                yield self._difference("status-new", place, "no such answer", "may come")
            elif b is None:
                code = "success-gone" if status.startswith("2") else "status-gone"
                yield self._difference(code, place, "comes", "not listed", a.inferred)
            else:
                if a.inferred and status in ours and status in theirs:
                    yield self._difference("now-published", place, "comes", "comes", True)
                yield from self._headers(place, a, b)
                published = b.contents
                if self.theirs.document.version == "2.0" and set(a.contents) & set(published):
                    # Swagger 2.0 cannot say which of an operation's content types an answer comes in.
                    published = {kind: schema for kind, schema in published.items() if kind in a.contents}
                yield from _contents(self.schemas, self.id, "answer", place, a.contents, published, False)

    def _headers(self, place: str, a: Answer, b: Answer) -> Iterator[Difference]:
        for name in sorted({*a.headers, *b.headers}):
            ours, theirs = a.headers.get(name), b.headers.get(name)
            where = f"{place}, header {shown(name)}"
            if theirs is None:
                assert ours is not None
                yield self._difference("answer-header-gone", where, "comes", "no such header", ours.inferred)
            elif ours is None:
                yield self._difference("answer-header-new", where, "no such header", "comes")
            else:
                if ours.required and not theirs.required:
                    yield self._difference(
                        "answer-header-optional", where, "always comes", "may be missing", ours.inferred
                    )
                yield from self.schemas.compare("answer", where, ours.schema, theirs.schema, inferred=ours.inferred,
                                                agrees=theirs.required or not ours.required)  # fmt: skip

    def _callback(self, name: str, body: Body) -> Iterator[Difference]:
        published = self.theirs.callbacks
        same = published.get(name) or (
            next(iter(published.values())) if len(published) == len(self.ours.callbacks) == 1 else None
        )
        if same is not None:
            yield from callback_differences(self.id, name, body, same, self.schemas)
        elif published:
            yield self._difference(
                "callback-gone", f"callback {shown(name)}", "comes", "no such callback", body.inferred
            )


def _answer_to(answers: Mapping[str, Answer], status: str) -> Answer | None:
    """What is promised for a status: by its number, by its hundred, else by default."""
    for said in (status, f"{status[:1]}XX", f"{status[:1]}xx", "default"):
        if said in answers:
            return answers[said]
    return None


def _contents(schemas: Schemas, operation: str, direction: Direction, place: str, ours: Mapping[str, Nodes], theirs: Mapping[str, Nodes],
              inferred: bool) -> Iterator[Difference]:  # fmt: skip
    named = (
        ", ".join(map(shown, sorted(ours))) or "none described",
        ", ".join(map(shown, sorted(theirs))) or "none described",
    )
    for kind in sorted({*ours, *theirs}):
        a, b = _content_of(kind, ours), _content_of(kind, theirs)
        where = f"{place}:" if kind == JSON else f"{place} ({shown(kind)}):"
        if a is None and b is not None:
            if kind not in ours and not any(_content_of(known, {kind: ()}) is not None for known in ours):
                yield Difference(f"{direction}-content-new", operation, where[:-1], *named)
        elif b is None and a is not None:
            yield Difference(f"{direction}-content-gone", operation, where[:-1], *named, inferred)
        elif kind in ours and a is not None and (b or kind == JSON):  # of a text nothing need be said
            assert b is not None
            yield from schemas.compare(direction, where, a, b, inferred=inferred)


def _content_of(kind: str, contents: Mapping[str, Nodes]) -> Nodes | None:
    for said in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
        if said in contents:
            return contents[said]
    return None


def _style_in_words(parameter: Parameter) -> str:
    return f"{parameter.style[0]}, {'each apart' if parameter.style[1] else 'in one'}"


def _needed(otherwise: str, told: Parameter | Body | None) -> str:
    return otherwise if told is None else "required" if told.required else "optional"
