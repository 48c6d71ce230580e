"""Places in an OpenAPI document, by JSON pointer, references followed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """One place. False when nothing stands there.

    Attributes:
        pointer: Where it stands, once references are followed.
        name: Its key where it was first named: `200` for an answer that refers to a shared one.
    """

    document: Document
    pointer: str = ""
    name: str = ""

    def __bool__(self) -> bool:
        return bool(self.told)

    @property
    def told(self) -> Mapping[str, Any]:
        """What stands here; empty when it is nothing, or no mapping."""
        found = find(self.document, self.pointer)
        return found if isinstance(found, Mapping) else {}

    def text(self, key: str) -> str:
        """A word that stands here; empty when there is none."""
        return str(self.told.get(key, ""))

    def child(self, key: str) -> "Node":
        """What stands below, references followed.

        Raises:
            ValueError: a reference leads nowhere.
        """
        return self._followed(f"{self.pointer}/{escaped(key)}", key) if key in self.told else Node({}, "", key)

    def children(self) -> Iterator["Node"]:
        """Each of what stands below by name; extensions left out."""
        for key in self.told:
            if not str(key).startswith("x-") or isinstance(self.told[key], Mapping):
                yield self._followed(f"{self.pointer}/{escaped(str(key))}", str(key))

    def items(self) -> Iterator["Node"]:
        """Each of what stands in a list."""
        found = find(self.document, self.pointer) if self.pointer else []
        for number in range(len(found) if isinstance(found, list) else 0):
            yield self._followed(f"{self.pointer}/{number}", str(number))

    def _followed(self, pointer: str, name: str) -> "Node":
        seen: set[str] = set()
        while isinstance(told := find(self.document, pointer), Mapping) and "$ref" in told:
            if pointer in seen or not str(told["$ref"]).startswith("#"):
                raise ValueError(f"{pointer}: {told['$ref']} does not lead to a place of this document")
            seen.add(pointer)
            pointer = str(told["$ref"]).removeprefix("#")
        return Node(self.document, pointer, name)


def find(document: Document, pointer: str) -> Any:
    """What a JSON pointer leads to.

    Raises:
        ValueError: nothing.
    """
    found: Any = document
    for part in pointer.split("/")[1:]:
        key: Any = part.replace("~1", "/").replace("~0", "~")
        try:
            found = found[int(key) if isinstance(found, list) else key]
        except (KeyError, IndexError, TypeError, ValueError):
            raise ValueError(f"{pointer} leads nowhere in this document") from None
    return found


def escaped(key: str) -> str:
    """A key as it stands in a pointer."""
    return key.replace("~", "~0").replace("/", "~1")
