"""Members that exist nowhere but here: synthetic people, each able to play one or more of the suite's roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PARTNER_ID = "00990099000199"
PRODUCTS = {"standard": "001", "slow": "007"}
UNKNOWN_PRODUCT = "099"
# Who a defect credits, or shows, in place of the right member.
STRANGER, SOMEBODY_ELSE = "90000001111", "90000001212"
BANKS = {"issuer": "BANK-ONE", "another issuer": "BANK-TWO"}
CARDS = {
    "first": {"product": "GOLD", "brand": "VISA", "lastDigits": "0017", "token": "card-token-first-0017"},
    "second": {"product": "BLACK", "brand": "MASTERCARD", "lastDigits": "0025", "token": "card-token-second-0025"},
}


@dataclass
class Member:
    """A member of the programme. `number` is the identity document's, which in Brazil and Chile is also the code."""

    ffn: str
    number: str
    name: str
    country: str = "BR"
    status: str = "ACTIVE"
    category: str = "LATAM"
    balance: int = 0
    banks: set[str] = field(default_factory=set)

    @property
    def document(self) -> dict[str, str]:
        return {
            "type": {"BR": "CPF", "CL": "RUT"}.get(self.country, "PASSPORT"),
            "number": self.number,
            "country": self.country,
        }

    def released(self) -> dict[str, Any]:
        """Scope → what it releases."""
        given, _, family = self.name.partition(" ")
        mail = f"{given}.{family}@example.test".lower()
        return {
            "member-balance": self.balance,
            "member-coalition": "LATAM PASS",
            "member-enrollment": "2019-03-14",
            "member-language": ["pt-BR" if self.country == "BR" else "es-CL"],
            "member-segment": ["GENERAL", *(f"COBRAND-{bank}" for bank in sorted(self.banks))],
            "member-status": self.status,
            "member-tier": {"category": self.category, "expirationDate": "2027-03-31"},
            "member-address": [
                {"kind": "home", "street": f"Rua {family} 17", "city": "Cidade de Teste", "country": self.country}
            ],
            "member-birthdate": f"1980-01-{10 + int(self.ffn[-1])}",
            "member-document": [self.document],
            "member-email": [mail],
            "member-gender": "X",
            "member-marital": "SINGLE",
            "member-name": {"first": given, "last": family},
            "member-nationality": self.country,
            "member-phone": [{"kind": "mobile", "number": f"+550000{self.ffn[-6:]}"}],
        }


def seed() -> dict[str, Member]:
    """Members by code, fresh."""
    people = [
        Member("90000000101", "90000000101", "Alba Prova"),
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


def roles() -> Mapping[str, Any]:
    """Who plays which role, in the shape of the partner's `accredit.toml`."""
    alba, bento, carla, dario, elisa, fabio, gilda, hugo, ines, joana, *_ = (as_role(m) for m in seed().values())
    return {
        "members": {
            "known by member code": {"ffn": alba["ffn"]},
            "known by document only": carla,
            "known by both": bento,
            "another member": dario,
            "nobody": {"ffn": "99999999999", "document": {"type": "CPF", "number": "99999999998", "country": "BR"}},
            "not active": {**elisa, "status": "BLOCKED"},
            "code beginning with zero": {"ffn": fabio["ffn"]},
            "with a tier": {"ffn": gilda["ffn"]},
            "collecting": hugo,
            "repeating": ines,
            "with a cobrand card": joana,
        },
        "products": {**PRODUCTS, "unknown": UNKNOWN_PRODUCT},
        "banks": BANKS,
        "cards": CARDS,
    }


def as_role(member: Member) -> dict[str, Any]:
    """What a partner is told of a member."""
    return {"ffn": member.ffn, "document": member.document}
