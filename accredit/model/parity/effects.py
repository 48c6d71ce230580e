"""The business effect: points asked for, told, credited and in the balance; product, rule, currency. Compared by value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accredit.model.parity.differences import Difference, difference
from accredit.model.parity.formats import identity, normal
from accredit.model.parity.messages import Message

Pair = tuple[Message, Message]
_BY_EQUALITY = ("member", "id")


@dataclass(frozen=True, slots=True)
class Told:
    """One value with a meaning, on both sides: a line of the table that people read."""

    operation: str
    place: str
    means: str
    wanted: str
    got: str

    @property
    def is_same(self) -> bool:
        return self.wanted == self.got


@dataclass
class Effects:
    """What moved in one scenario. Asked for otherwise in production, points are compared by what was asked for there."""

    told: list[Told] = field(default_factory=list)
    _asked: dict[str, str] = field(default_factory=dict)
    _balances: dict[tuple[str, str, str], tuple[Any, Any]] = field(default_factory=dict)

    def compare(
        self, operation: str, request: Pair, message: Pair, means: Mapping[str, str], refused: bool
    ) -> Iterator[Difference]:
        """Compares one message on both sides.

        Args:
            request: Of the same exchange: says whose balance it is.
            refused: Nothing moved. What was asked for may have been made up for the run, so that ids count by their format.
        """
        ours, theirs = (m.places for m in message)
        for place, meaning in means.items():
            if place not in ours or place not in theirs or meaning in _BY_EQUALITY:
                continue
            if meaning == "balance":
                yield from self._balance(operation, place, request, ours[place], theirs[place])
            else:
                both = (
                    [normal(str(v)) for v in values] if refused else values for values in (ours[place], theirs[place])
                )
                yield from self._value(operation, place, meaning, *both)

    def _value(self, operation: str, place: str, meaning: str, ours: Sequence[Any], theirs: Sequence[Any]) -> Iterator[Difference]:  # fmt: skip
        wanted, got = _listed(ours), _listed(theirs)
        is_asked = place.startswith("request.") and meaning == "quantity"
        same = got if is_asked else ", ".join(self._asked.get(value, value) for value in map(_plain, theirs))
        if is_asked:
            self._asked |= {there: here for here, there in zip(map(_plain, ours), map(_plain, theirs), strict=False) if here != there}  # fmt: skip
        self.told.append(Told(operation, place, meaning, wanted, got))
        if wanted != same:
            yield difference(meaning, operation, place, wanted, got)

    def _balance(
        self, operation: str, place: str, request: Pair, ours: Sequence[Any], theirs: Sequence[Any]
    ) -> Iterator[Difference]:
        """Only how it moves from one reading of a member to the next: what members own is their own."""
        key = (operation, place, _asked_for(request[0]))
        now = (_number(ours), _number(theirs))
        before = self._balances.get(key)
        self._balances[key] = now
        if before is None or None in (*now, *before):
            return
        wanted, got = (f"{now[side] - before[side]:+}" for side in (0, 1))
        self.told.append(Told(operation, place, "balance", wanted, got))
        if wanted != self._in_our_points(got):
            yield difference("balance", operation, place, wanted, got)

    def _in_our_points(self, moved: str) -> str:
        sign, points = moved[:1], moved[1:]
        return f"{sign}{self._asked.get(points, points)}"


def _asked_for(request: Message) -> str:
    """Whose balance it is: everything that the question tells, but for how it is shown who asks."""
    told = [f"{place}={identity(str(v))}" for place, values in request.places.items() for v in values
            if place.startswith(("request.body.", "request.query.", "request.path."))]  # fmt: skip
    return "&".join(sorted(told)) or request.headers.get("authorization", "")


def _number(values: Sequence[Any]) -> Any:
    value = values[0] if len(values) == 1 else None
    return None if isinstance(value, bool) or not isinstance(value, int | Decimal) else value


def _listed(values: Sequence[Any]) -> str:
    return ", ".join(map(_plain, values))


def _plain(value: Any) -> str:
    """12 and 12.00 are the same points."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return str(int(value))
    return str(value)
