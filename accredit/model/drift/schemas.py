"""Compares two schemas field by field, by the direction their values travel in."""

from collections.abc import Iterator, Mapping

from accredit.model.drift.difference import Difference, shown
from accredit.model.drift.document import Document
from accredit.model.drift.rules import RULES, Direction
from accredit.model.drift.shape import ANYTHING, Nodes, Shape
from accredit.model.drift.shapes import Shapes
from accredit.model.drift.values import value_differences
from accredit.model.errors import UsageError

MOST = 200_000
"""So many pairs of schemas at the most: a document can be written that would never end."""


class Schemas:
    """Compares schemas of our document with those of theirs, for one operation."""

    def __init__(self, ours: Document, theirs: Document, operation: str) -> None:
        self._ours, self._theirs, self._operation, self._called = Shapes(ours), Shapes(theirs), operation, theirs.called
        self._alike: set[tuple[object, ...]] = set()
        self._open: set[tuple[object, ...]] = set()
        self._compared = 0

    def compare(self, direction: Direction, place: str, ours: Nodes, theirs: Nodes, *, inferred: bool = False, agrees: bool = True,
                component: str = "") -> list[Difference]:  # fmt: skip
        """Every difference at and below a place.

        Args:
            inferred: What surrounds ours was inferred, and so was it.
            agrees: Nothing was found to differ about the place itself so far.
            component: As in `Difference`.
        """
        a, b = self._ours.of(ours), self._theirs.of(theirs)
        inferred = inferred or a.inferred
        pair = (direction, a.key, b.key, inferred, agrees)
        if pair in self._alike or pair in self._open:
            return []
        self._compared += 1
        if self._compared > MOST:
            raise UsageError(
                f"{self._called}: its schemas are too entangled to be compared; ask the provider for a plainer document."
            )
        self._open.add(pair)
        try:
            found = self._found(direction, place, a, b, inferred, agrees, a.name or component)
        finally:
            self._open.discard(pair)
        if not found:
            self._alike.add(pair)
        return found

    def are_lists(self, ours: Nodes, theirs: Nodes) -> bool:
        """Whether both can hold several values."""
        return all(
            shape.types & {"array", "object"} and shape.types < ANYTHING
            for shape in (self._ours.of(ours), self._theirs.of(theirs))
        )

    def _found(
        self, direction: Direction, place: str, a: Shape, b: Shape, inferred: bool, agrees: bool, component: str
    ) -> list[Difference]:
        def difference(code: str, ours: object, theirs: object) -> Difference:
            code = code if code in RULES else f"{direction}-{code}"
            return Difference(code, self._operation, _at(place), shown(ours), shown(theirs), inferred, component)

        if a.choices or b.choices:
            return self._choices(direction, place, a, b, inferred, component)
        own = [difference(*told) for told in value_differences(direction, a, b)]
        if direction == "request" and a.default and b.default and a.default != b.default:
            own.append(difference("default-changed", a.default, b.default))
        if not own and agrees and inferred:
            own.append(difference("now-published", a.in_words, b.in_words))
        return [
            *own,
            *self._fields(direction, place, a, b, component),
            *self._inside(direction, place, a, b, component),
        ]

    def _fields(self, direction: Direction, place: str, a: Shape, b: Shape, component: str) -> Iterator[Difference]:
        if "object" not in a.types or "object" not in b.types or (not b.fields and b.types >= ANYTHING):
            return  # where they say nothing at all, that is said once
        ours, theirs = self._travelling(self._ours, a, direction), self._travelling(self._theirs, b, direction)
        for name in sorted({*ours, *theirs}):
            where = _join(place, f".{shown(name)}")
            inner = f"{component}.{shown(name)}" if component else ""
            code = _presence(direction, a, b, ours.get(name), theirs.get(name), name)
            if code:
                inferred = self._ours.of(ours[name]).inferred if name in ours else False
                told = (_told(a, ours, name), _told(b, theirs, name))
                yield Difference(f"{direction}-{code}", self._operation, where, *told, inferred, inner)
            against = theirs.get(name, b.others if direction == "request" and isinstance(b.others, tuple) else None)
            if name in ours and against is not None:
                yield from self.compare(direction, where, ours[name], against, agrees=not code, component=inner)

    @staticmethod
    def _travelling(shapes: Shapes, shape: Shape, direction: Direction) -> dict[str, Nodes]:
        """The fields that go this way, those included that are only said to be required."""
        found = {}
        for name in {*shape.fields, *shape.required}:
            field = shapes.of(nodes := shape.fields.get(name, ()))
            if not (field.read_only if direction == "request" else field.write_only):
                found[name] = nodes
        return found

    def _inside(self, direction: Direction, place: str, a: Shape, b: Shape, component: str) -> Iterator[Difference]:
        """Items of lists, and fields beyond those listed."""
        if "array" in a.types and "array" in b.types and (a.items or b.items):
            yield from self.compare(
                direction, _join(place, "[]"), a.items, b.items, component=component and f"{component}[]"
            )
        if (
            "object" in a.types
            and "object" in b.types
            and (isinstance(a.others, tuple) or isinstance(b.others, tuple))
            and a.others
            and b.others
        ):
            ours, theirs = (others if isinstance(others, tuple) else () for others in (a.others, b.others))
            yield from self.compare(
                direction, _join(place, ".*"), ours, theirs, component=component and f"{component}.*"
            )

    def _choices(
        self, direction: Direction, place: str, a: Shape, b: Shape, inferred: bool, component: str
    ) -> list[Difference]:
        """Each shape that must be covered, against the one that covers it best."""
        left = [(_name_of(nodes), self._ours.of(nodes)) for nodes in a.choices] or [("", a)]
        right = [(_name_of(nodes), self._theirs.of(nodes)) for nodes in b.choices] or [("", b)]
        names = [name for name, _ in left], [name for name, _ in right]
        told = [", ".join(name or "one without a name" for name in side) for side in names]
        must, may = names if direction == "request" else names[::-1]
        lost, more = (
            ("request-choice-gone", "request-choice-new")
            if direction == "request"
            else ("answer-choice-new", "answer-choice-gone")
        )
        found: list[Difference] = []
        used: set[int] = set()
        for number, name in enumerate(must):
            tried = []
            for other, other_name in enumerate(may):
                (our_name, one), (_, two) = (
                    (left[number], right[other]) if direction == "request" else (left[other], right[number])
                )
                differences = self._tried(direction, _as(place, our_name), one, two, inferred, component)
                breaking = sum(d.kind == "breaking" for d in differences)
                tried.append(((breaking, name != other_name, abs(number - other), other), differences))
            (breaking, _, _, best), differences = min(tried, key=lambda t: t[0])
            if breaking and name and len(must) > 1 and all(may) and name not in may:
                found.append(Difference(lost, self._operation, _at(place), told[0], told[1], inferred, component))
            else:
                used.add(best)
                found += differences
        if len(used) < len(may) and (len(must) > 1 or all(may)):
            found.append(Difference(more, self._operation, _at(place), told[0], told[1], inferred, component))
        return list(dict.fromkeys(found))

    def _tried(
        self, direction: Direction, place: str, a: Shape, b: Shape, inferred: bool, component: str
    ) -> list[Difference]:
        self._compared += 1
        if self._compared > MOST:
            raise UsageError(
                f"{self._called}: its schemas are too entangled to be compared; ask the provider for a plainer document."
            )
        pair = (direction, a.key, b.key, "choice")
        if pair in self._open:
            return []
        self._open.add(pair)
        try:
            return self._found(direction, place, a, b, inferred or a.inferred, True, a.name or component)
        finally:
            self._open.discard(pair)


def _join(place: str, more: str) -> str:
    """`answer 200: members[]`: after the colon no dot is needed."""
    return f"{place} {more.removeprefix('.') if more != '.*' else more}" if place.endswith(":") else place + more


def _at(place: str) -> str:
    return f"{place} body" if place.endswith(":") else place


def _as(place: str, name: str) -> str:
    """`answer 200 as Member:`."""
    if not name:
        return place
    return f"{place[:-1]} as {name}:" if place.endswith(":") else f"{place} as {name}"


def _name_of(nodes: Nodes) -> str:
    ref = nodes[-1].get("$ref") if nodes else None
    return shown(ref.rpartition("/")[2]) if isinstance(ref, str) else ""


def _told(shape: Shape, fields: Mapping[str, Nodes], name: str) -> str:
    if name not in fields:
        return "no such field"
    return "required" if name in shape.required else "optional"


def _presence(direction: Direction, a: Shape, b: Shape, ours: Nodes | None, theirs: Nodes | None, name: str) -> str:
    """The code, without its direction, of what changed about a field being there at all; empty for nothing."""
    before, now = ours is not None and name in a.required, theirs is not None and name in b.required
    if direction == "request":
        if theirs is None:  # where others have a schema, it is held to that
            refused = b.others is False or name in b.fields
            gone = "field-unread" if name in a.required else "field-gone"
            return "field-refused" if refused else "" if isinstance(b.others, tuple) else gone
        if now and not before:
            return "field-required"
        return "field-new" if ours is None else "field-optional" if before and not now else ""
    if theirs is None:
        return "field-gone"
    if ours is None:
        return "field-unexpected" if a.others is False else "field-new"
    return "field-optional" if before and not now else "field-always" if now and not before else ""
