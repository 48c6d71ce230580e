"""Members that exist nowhere but here: synthetic people, each able to play one or more of the suite's roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accredit import Canaries

PARTNER_ID = "00990099000199"
PRODUCTS = {"standard": "001", "slow": "007"}
UNKNOWN_PRODUCT = "099"
BANKS = {"issuer": "BANK-ONE", "another issuer": "BANK-TWO"}
CARDS = {
    "first": {"product": "GOLD", "brand": "VISA", "lastDigits": "0017", "token": "card-token-first-0017"},
    "second": {"product": "BLACK", "brand": "MASTERCARD", "lastDigits": "0025", "token": "card-token-second-0025"},
}
KNOWN_BY_CODE = "90000000101"
# Who a defect credits, or shows, in place of the right member.
STRANGER, SOMEBODY_ELSE = "90000001111", "90000001212"
_NOBODY, _NOBODYS_NUMBER = "99999999999", "99999999998"
UNSEARCHABLE = {
    "gender": "X, one letter: it stands everywhere",
    "maritalStatus": "a word such as SINGLE, which stands where nobody is meant",
    "nationality": "two letters: they stand everywhere",
    "card.lastDigits": "four digits: they stand in any number",
}
"""Personal data that cannot be told from what stands there by chance → why."""
_KINDS = {"BR": "CPF", "CL": "RUT"}


@dataclass
class Member:
    """A member of the programme.

    Attributes:
        number: The identity document's; in Brazil and Chile the member code is the same.
        banks: Those that have given the member a cobrand benefit.
    """

    ffn: str
    number: str
    name: str
    country: str = "BR"
    status: str = "ACTIVE"
    category: str = "LATAM"
    balance: int = 0
    banks: set[str] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """Of document: `CPF`."""
        return _KINDS.get(self.country, "PASSPORT")

    @property
    def email(self) -> str:
        return f"{self.name.replace(' ', '.')}@example.test".lower()

    @property
    def document(self) -> dict[str, str]:
        """The identity document. What others call its fields is a setting: see `named`."""
        return {"type": self.kind, "number": self.number, "country": self.country}

    def released(self) -> dict[str, Any]:
        """Scope → what it releases, all sixteen (seed:001). How values are shaped is inferred."""
        given, _, family = self.name.partition(" ")
        address = {"kind": "home", "street": f"Rua {family} 17", "city": "Cidade de Teste", "country": self.country}
        return {
            "member-balance": self.balance,
            "member-coalition": "LATAM PASS",
            "member-enrollment": "2019-03-14",
            "member-language": ["pt-BR" if self.country == "BR" else "es-CL"],
            "member-segment": ["GENERAL", *(f"COBRAND-{bank}" for bank in sorted(self.banks))],
            "member-status": self.status,
            "member-tier": {"category": self.category, "expirationDate": "2027-03-31"},
            "member-address": [address],
            "member-birthdate": f"1980-01-{10 + int(self.ffn[-1])}",
            "member-document": [self.document],
            "member-email": [self.email],
            "member-gender": "X",
            "member-marital": "SINGLE",
            "member-name": {"first": given, "last": family},
            "member-nationality": self.country,
            "member-phone": [{"kind": "mobile", "number": f"+550000{self.ffn[-6:]}"}],
        }


SCOPES = frozenset({
    "member-balance", "member-coalition", "member-enrollment", "member-language", "member-segment", "member-status",
    "member-tier", "member-address", "member-birthdate", "member-document", "member-email", "member-gender",
    "member-marital", "member-name", "member-nationality", "member-phone",
})  # fmt: skip


def named(document: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """A document, its fields called what the setting `member.request.schema` calls them."""
    return {names[name]: value for name, value in document.items()}


def seed() -> dict[str, Member]:
    """Members by code, fresh. The eleven-digit codes fail the check digits of a CPF, so they can be nobody's."""
    people = [
        Member(KNOWN_BY_CODE, KNOWN_BY_CODE, "Alba Prova"),
        Member("90000000202", "90000000202", "Bento Prova"),
        Member("90000000303", "AB9000303", "Carla Prova", country="PE"),
        Member("90000000404", "90000000404", "Dario Prova"),
        Member("90000000505", "90000000505", "Elisa Prova", status="BLOCKED"),
        Member("00000000606", "00000000606", "Fabio Prova"),
        Member("90000000707", "90000000707", "Gilda Prova", category="GOLD PLUS"),
        Member("90000000808", "AB9000808", "Hugo Prova", country="PE", balance=1000),
        Member("90000000909", "90000000909", "Ines Prova", balance=2000),
        Member("90000001010", "AB9001010", "Joana Prova", country="PE"),
        Member(STRANGER, STRANGER, "Karin Prova"),
        Member(SOMEBODY_ELSE, SOMEBODY_ELSE, "Lauro Prova"),
    ]
    return {member.ffn: member for member in people}


def roles(names: Mapping[str, str], canaries: Canaries) -> dict[str, Any]:
    """Who plays which role, in the shape of the partner's `accredit.toml`.

    Args:
        names: What a document's fields are called: the setting `member.request.schema`.
        canaries: Draws e-mail addresses.
    """
    alba, bento, carla, dario, elisa, fabio, gilda, hugo, ines, joana, *_ = seed().values()

    def whole(member: Member) -> dict[str, Any]:
        return {"ffn": member.ffn, "document": named(member.document, names), "email": email(member)}

    def email(member: Member) -> str:
        return canaries.like("email", member.email)

    nobody = named({"type": "CPF", "number": _NOBODYS_NUMBER, "country": "BR"}, names)
    return {
        "members": {
            "known by member code": {"ffn": alba.ffn, "email": email(alba)},
            "known by document only": whole(carla),
            "known by both": whole(bento),
            "another member": whole(dario),
            "nobody": {"ffn": _NOBODY, "document": nobody, "email": "nobody@example.test"},
            "not active": {"ffn": elisa.ffn, "status": elisa.status},
            "code beginning with zero": {"ffn": fabio.ffn},
            "with a tier": {"ffn": gilda.ffn, "email": email(gilda)},
            "collecting": whole(hugo),
            "repeating": whole(ines),
            "with a cobrand card": {"ffn": joana.ffn},
        },
        "products": {**PRODUCTS, "unknown": UNKNOWN_PRODUCT},
        "banks": BANKS,
        "cards": CARDS,
    }
