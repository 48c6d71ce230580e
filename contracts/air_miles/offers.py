"""Offers and locations that AIR MILES registered for the partner (public:ENGAGE), invented here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Offer:
    """One offer of the partner.

    Attributes:
        kind: `base`, the standing earn rate, or `bonus`, for specific purchases (public:POS).
        last_day: The last Transaction Day on which it can be issued; None while there is no end to it.
    """

    code: str
    kind: str
    last_day: date | None = None


STANDARD, BONUS, THANKS, EXPIRED = "STANDARD", "BONUS5X", "THANKS", "SPRING19"
OFFERS: Mapping[str, Offer] = {
    STANDARD: Offer(STANDARD, "base"),
    BONUS: Offer(BONUS, "bonus"),
    THANKS: Offer(THANKS, "bonus"),
    EXPIRED: Offer(EXPIRED, "bonus", date(2019, 6, 30)),
}
LOCATIONS = {"first store": "1100", "store with leading zeros": "0037"}

AMRP_OFFER = ""
"""Stands where an offer code would, when AIR MILES itself calculated the miles."""


def roles() -> dict[str, dict[str, str]]:
    """What the partner calls them, in the shape of accredit.toml."""
    products = {
        "standard offer": STANDARD,
        "bonus offer": BONUS,
        "event offer": THANKS,
        "expired offer": EXPIRED,
        "unknown offer": "NOSUCH",
    }
    return {"products": {**products, **LOCATIONS}}
