"""Puts the certificates of a time stamp into the order that DER asks for: many authorities send them as they like. Pure.

No signature is over them (RFC 5652, section 5.4: it is over the signed attributes), so that their order says nothing and may be changed.
"""

from collections.abc import Iterator

_SEQUENCE, _FIRST = 0x30, 0xA0
"""Tags: a sequence, and what is tagged [0], which both the content of a token and the certificates in it are."""
_MOST_LENGTH_BYTES = 4


def with_certificates_in_order(answer: bytes) -> bytes:
    """The answer of an authority (RFC 3161, TimeStampResp), otherwise the same; one that is built otherwise is given back as it is."""
    try:
        _, token = _parts(answer, 0, len(answer), _SEQUENCE)
        _, content = _parts(answer, *token, _SEQUENCE)
        [signed] = _parts(answer, *content, _FIRST)
        certificates = next(part for part in _parts(answer, *signed, _SEQUENCE) if answer[part[0]] == _FIRST)
        each = [answer[start:end] for start, end in _parts(answer, *certificates, _FIRST)]
    except (ValueError, LookupError, StopIteration):
        return answer
    end = certificates[1]
    return answer[: end - sum(map(len, each))] + b"".join(sorted(each)) + answer[end:]


def _parts(data: bytes, start: int, end: int, tag: int) -> list[tuple[int, int]]:
    """Where each element stands within the one at `start`, which must have that tag and end at `end`.

    Raises:
        ValueError: it is not built so.
    """
    first, last = _within(data, start)
    if data[start] != tag or last != end:
        raise ValueError(f"no element of the tag {tag:#x} from {start} to {end}")
    return list(_elements(data, first, end))


def _elements(data: bytes, at: int, end: int) -> Iterator[tuple[int, int]]:
    while at < end:
        _, after = _within(data, at)
        if after > end:
            raise ValueError("an element is longer than what holds it")
        yield at, after
        at = after


def _within(data: bytes, at: int) -> tuple[int, int]:
    """From where to where the content of the element at `at` stands."""
    length, first = data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        if not 0 < count <= _MOST_LENGTH_BYTES:
            raise ValueError("a length that DER does not know")
        length, first = int.from_bytes(data[first : first + count]), first + count
    return first, first + length
