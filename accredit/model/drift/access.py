"""How a call shows who it comes from, whatever a document calls its security schemes."""

from collections.abc import Mapping

from accredit.model.drift.document import Document, Node

Way = Mapping[str, frozenset[str]]
"""What a call must carry → the scopes it needs. Empty: nothing."""
Alternatives = tuple[Way, ...]

_BEARER = "the header authorization (a token)"
_BASIC = "the header authorization (name and password)"


def access_of(document: Document, operation: Node) -> Alternatives | None:
    """The ways of one operation, one of which a call must go; None when the document says nothing."""
    told = operation.get("security", document.raw.get("security"))
    if told is None:
        return None
    known = (
        document.raw.get("securityDefinitions")
        if document.version == "2.0"
        else document.table(document.raw.get("components"), "components").get("securitySchemes")
    )
    schemes = document.table(known, "the security schemes")
    ways = []
    for choice in document.items(told, "security"):
        way: dict[str, frozenset[str]] = {}
        for name, scopes in document.table(choice, "security").items():
            carried = _carried(document, schemes.get(name), str(name))
            way[carried] = way.get(carried, frozenset()) | frozenset(map(str, document.items(scopes, "scopes")))
        ways.append(way)
    return tuple(ways) or ({},)


def in_words(ways: Alternatives) -> str:
    """`the header client_id and the header access_token; or nothing`."""
    return "; or ".join(" and ".join(sorted(way)) or "nothing" for way in ways)


def narrowing(ours: Alternatives, theirs: Alternatives, sent: frozenset[str]) -> tuple[bool, frozenset[str]]:
    """Whether a way of ours is not taken any more, and which scopes are asked for that were not.

    Args:
        sent: What each of our calls carries anyway.
    """
    refused, scopes = False, frozenset[str]()
    for way in ours:
        taken = [t for t in theirs if set(t) <= set(way) | sent]
        refused |= not taken
        if taken:
            scopes |= min((_more(way, t) for t in taken), key=lambda more: (len(more), sorted(more)))
    return refused, scopes


def _more(ours: Way, theirs: Way) -> frozenset[str]:
    return frozenset().union(*(scopes - ours.get(name, frozenset()) for name, scopes in theirs.items()))


def _carried(document: Document, scheme: object, name: str) -> str:
    told = document.chain(scheme, f"the security scheme {name}")[-1]
    kind, way = str(told.get("type")), str(told.get("scheme", "")).lower()
    if kind == "apiKey":
        place, key = str(told.get("in")), str(told.get("name"))
        key = key.lower() if place == "header" else key
        # Swagger 2.0 has no other word for a bearer token.
        return _BEARER if (place, key) == ("header", "authorization") else f"the {place} {key}"
    if kind == "basic" or (kind == "http" and way == "basic"):
        return _BASIC
    if kind in ("oauth2", "openIdConnect") or (kind == "http" and way == "bearer"):
        return _BEARER
    return f"{kind} {way}".strip() if kind != "None" else f"{name} (not explained)"
