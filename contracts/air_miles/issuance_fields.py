"""What the fields of a request to Issuance hold: the types that the samples show, for fields that nothing else looks at."""

from collections.abc import Callable, Iterator, Mapping

from .reading import Fields, is_whole, objects_at


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _are_notes(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _is_offer_id(value: object) -> bool:
    """Text in one sample, a number in another."""
    return value is not None and not isinstance(value, bool | list | dict)


Holds = Mapping[str, tuple[Callable[[object], bool], str]]
_OF_TRANSACTION: Holds = {
    "context": (_are_notes, "an object of texts"),
    "coupon": (_are_texts, "a list of texts"),
}
_OF_ITEM: Holds = {
    **dict.fromkeys(("id", "name", "departmentId", "categoryId"), (_is_text, "text")),
    "number": (is_whole, "a whole number"),
}
_OF_ISSUANCE: Holds = {
    **dict.fromkeys(("issuanceOfferCode", "locationCode", "offerDescription"), (_is_text, "text")),
    "contributingItemIds": (_are_texts, "a list of texts"),
    "offerId": (_is_offer_id, "text or a number"),
}


def wrong_fields(told: Fields) -> Iterator[str]:
    """Each as `<field> must be <what>`. A field that is not there is not wrong."""
    yield from _wrong(told, _OF_TRANSACTION)
    for name, holds in (("items", _OF_ITEM), ("issuances", _OF_ISSUANCE)):
        for part in objects_at(told, name):
            yield from _wrong(part, holds)


def _wrong(part: Fields, holds: Holds) -> Iterator[str]:
    return (f"{name} must be {what}" for name, (fits, what) in holds.items() if name in part and not fits(part[name]))
