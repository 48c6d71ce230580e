"""Headers that matter: those that an HTTP client heeds, and those the provider named. All others are the servers' own affair."""

from collections.abc import Collection, Iterator

from accredit.model.contract import Contract
from accredit.model.parity.differences import Difference, difference
from accredit.model.parity.formats import normal
from accredit.model.parity.messages import Message

_OURS = frozenset(
    {"host", "user-agent", "content-length", "connection", "accept-encoding", "date", "transfer-encoding"}
)
"""Of a request: what says where it goes, who sends it and how it is packed."""
_HEEDED = frozenset({
    "content-type", "content-encoding", "content-language", "cache-control", "pragma", "vary", "www-authenticate", "allow",
    "accept-ranges", "deprecation", "sunset",
})  # fmt: skip
_THERE = frozenset({"location", "etag", "last-modified", "retry-after", "set-cookie", "link", "content-disposition"})
"""Of these only that they are there: what they say differs from call to call. So do limits, whatever their names."""
_LIMITS = ("ratelimit", "x-ratelimit", "x-rate-limit")
_SENT_BY_THEM = frozenset({"content-type", "authorization", "digest", "signature", "content-digest", "signature-input", "idempotency-key"})  # fmt: skip
"""Of a request that the provider sends."""


class Headers:
    """Compares headers by their names in lower case. `named` are the provider's own."""

    def __init__(self, contract: Contract, named: Collection[str]) -> None:
        self._contract, self._named = contract, frozenset(named)

    def compare(self, operation: str, first: Message, second: Message, *, status: int = 0, incoming: bool = False) -> Iterator[Difference]:  # fmt: skip
        """One difference a header. `status` is that of the answer, so that what the contract documents of it is compared too."""
        for name in sorted({*first.headers, *second.headers}):
            if not self._counts(operation, name, first.root, status, incoming):
                continue
            place = f"{first.root}.header.{name}"
            ours, theirs = first.headers.get(name), second.headers.get(name)
            if theirs is None:
                yield difference("header-missing", operation, place, _said(ours or ""), "not there")
            elif ours is None:
                yield difference("header-extra", operation, place, "not there", _said(theirs))
            elif not _only_there(name) and _said(ours) != _said(theirs):
                yield difference("header", operation, place, _said(ours), _said(theirs))

    def _counts(self, operation: str, name: str, root: str, status: int, incoming: bool) -> bool:
        if name in self._named:
            return True
        if root == "request":
            return name in _SENT_BY_THEM if incoming else name not in _OURS
        promise = self._contract.promises.get(operation)
        answer = promise.answer(status) if promise else None
        return name in _HEEDED or _only_there(name) or bool(answer and name in answer.headers)


def _only_there(name: str) -> bool:
    return name in _THERE or name.startswith(_LIMITS)


def _said(value: str) -> str:
    return " ".join(normal(value).split())
