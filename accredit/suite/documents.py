"""Reads a document that describes an API from a file, ours or a stranger's."""

from pathlib import Path
from typing import Any

from accredit.model.documents import document_from
from accredit.model.errors import UsageError

LARGEST = 20_000_000
"""Bytes of a file, far above what any API takes to describe."""


def read_document(path: Path) -> tuple[dict[str, Any], bytes]:
    """An object from a JSON or YAML file, and the file's bytes.

    Raises:
        UsageError: it is not there, too large, neither JSON nor YAML, no object, or made to blow up.
    """
    raw = _bytes(path)
    return document_from(raw, str(path)), raw


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise UsageError(
            f"{path} does not exist, and nothing is fetched; name the file that the provider published."
        ) from None
    except OSError as failed:
        raise UsageError(f"{path} cannot be read ({failed}).") from None
    if len(raw) > LARGEST:
        raise UsageError(f"{path} is longer than {LARGEST:,} bytes; no description of an API is. Is it the right file?")
    return raw
