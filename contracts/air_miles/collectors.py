"""Collectors who exist nowhere but here: synthetic people with well-formed numbers, and those who enrol during a run.

No number of these may ever be sent to production: a well-formed one may belong to a person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from accredit import Canaries

ACTIVE, INACTIVE, CLOSED, MERGED = "ACTIVE", "INACTIVE", "CLOSED", "MERGED"
CAPABILITIES = (
    "collector_service", "native_or_spa", "web_application", "back_end_service",
    "scope:collector:summary:read", "scope:collector:profile:read", "scope:collector:enrollment:write",
)  # fmt: skip
WATCHING, NEIGHBOUR = "80000000306", "89999999999"
"""Whose Summary a defect may leave behind; whose data a defect may mix up with somebody else's."""
_WEIGHTS = (6, 5, 4, 3, 8, 7, 6, 5, 4, 3)
_PERSONAL, _CONTACT = "personalDetails", "contactDetails"
_UNKNOWN = "80000009999"
_FIRST_OF_THE_NEW = 8_100_000_000


def check_digit(number: str) -> bool:
    """True for eleven digits that begin with 8 and end in their check digit: modulus 11 (public:NUMBER)."""
    if len(number) != 11 or not number.isascii() or not number.isdigit() or number[0] != "8":
        return False
    return number[-1] == _digit(number[:-1])


@dataclass
class Collector:
    """A collector, with the data of their enrolment.

    Attributes:
        personal, contact: As sent when they enrolled: `personalDetails` and `contactDetails` (public:ENROL).
        merged_into: The surviving account's number when the status is MERGED.
        saves: Which of the account's two balances their miles go to.
        enrolled_at: None for those who have been there all along.
    """

    number: str
    personal: Mapping[str, Any]
    contact: Mapping[str, Any]
    status: str = ACTIVE
    merged_into: str = ""
    tier: str = "BLUE"
    saves: str = "dream"
    enrolled_at: datetime | None = None

    @property
    def name(self) -> str:
        """`Alma Exemple`; empty for who enrolled without personal details."""
        return " ".join(str(self.personal[key]) for key in ("firstName", "lastName") if key in self.personal)

    @property
    def email(self) -> str:
        """By which they log in; no two collectors share one. Upper and lower case are the same."""
        return str(self.contact.get("email", "")).casefold()


@dataclass
class Collectors(Mapping[str, Collector]):
    """Everybody by number. Opens accounts, and decides nothing about who may have one."""

    people: dict[str, Collector] = field(default_factory=dict)

    def __getitem__(self, number: str) -> Collector:
        return self.people[number]

    def __iter__(self) -> Iterator[str]:
        return iter(self.people)

    def __len__(self) -> int:
        return len(self.people)

    def by_email(self, email: str) -> list[Collector]:
        """Who has that e-mail address, oldest account first."""
        return [collector for collector in self.people.values() if collector.email == email.casefold()]

    def next_number(self) -> str:
        """A number nobody has."""
        return _numbered(str(_FIRST_OF_THE_NEW + len(self.people)))

    def open(self, collector: Collector) -> None:
        """Adds an account; ValueError when its number is taken."""
        if collector.number in self.people:
            raise ValueError(f"{collector.number} is taken")
        self.people[collector.number] = collector


def seed(canaries: Canaries) -> Collectors:
    """Fresh collectors, each able to play one role of the suite. Their names, days of birth and addresses are drawn."""
    canaries.excuse("a word of a closed list, which the contract prints", "gender")
    born = partial(_drawn, canaries)
    survivor = _numbered("8000000028")
    people = [
        born("80000000007", "Alma"),
        born("80000000014", "Basile"),
        born("80000000021", "Corinne"),
        born("80000000039", "Damien", saves="cash"),
        born("80000000046", "Elodie"),
        born("81234567898", "Fabrice"),
        born("80000000060", "Gisele", tier="GOLD"),
        born(NEIGHBOUR, "Hector", tier="ONYX", saves="cash"),
        born(WATCHING, "Irene", saves="cash"),
        born("80000000150", "Jules", status=INACTIVE),
        born(_numbered("8000000026"), "Karine", status=CLOSED),
        born(_numbered("8000000027"), "Leon", status=MERGED, merged_into=survivor),
        born(survivor, "Margot"),
    ]
    return Collectors({person.number: person for person in people})


def roles(canaries: Canaries) -> dict[str, dict[str, Any]]:
    """Role → what the partner's `accredit.toml` would say of who plays it."""
    names = (
        "collecting", "issuing", "returning", "reversing", "busy", "never credited", "existing", "another member",
        "watching", "inactive", "closed", "merged", "survivor",
    )  # fmt: skip
    people = seed(canaries)
    told: dict[str, dict[str, Any]] = {
        name: {"number": number} for name, number in zip(names, people.people, strict=True)
    }
    existing, merged = people[told["existing"]["number"]], people[told["merged"]["number"]]
    told["existing"] |= {"personalDetails": dict(existing.personal), "contactDetails": dict(existing.contact)}
    told["merged"]["survivor"] = merged.merged_into
    return told | {"unknown": {"number": _UNKNOWN}}


def _drawn(canaries: Canaries, number: str, first: str, **other: Any) -> Collector:
    canaries.mark("collectorNumber", number, "collector-number", "memberId", "cardNumber")
    like = canaries.like
    personal = {
        "firstName": like("firstName", f"{first}-{number[-4:]}", _PERSONAL),
        "lastName": like("lastName", f"Exemple-{number[-4:]}", _PERSONAL),
        "dateOfBirth": like("dateOfBirth", "1980-01-15", _PERSONAL),
    }
    email = like("email", f"{first}.{number}@example.test".lower(), _CONTACT)
    phone = {"type": "Home", "number": like("phones", f"41655501{number[-3:-1]}", _CONTACT)}  # 555-01xx is fiction's
    return Collector(number, personal, {"email": email, "phones": [phone]}, **other)


def _numbered(body: str) -> str:
    return body + _digit(body)


def _digit(body: str) -> str:
    """The check digit of ten digits."""
    rest = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
    return "0" if rest < 2 else str(11 - rest)
