"""An OpenAPI 3.0, 3.1 or Swagger 2.0 document, read leniently and never beyond itself: a stranger wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from accredit.model.drift.difference import shown
from accredit.model.errors import UsageError

Node = Mapping[str, Any]
Version = Literal["2.0", "3.0", "3.1"]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True, eq=False)
class Document:
    """A parsed document.

    Attributes:
        called: What errors call it: a file's name.
    """

    raw: Node
    called: str

    @property
    def version(self) -> Version:
        """Which specification it is written by.

        Raises:
            UsageError: none that can be read.
        """
        told = self.raw.get("swagger", self.raw.get("openapi"))
        known: tuple[Version, ...] = ("2.0",) if "swagger" in self.raw else ("3.0", "3.1")
        for version in known:
            if isinstance(told, str) and f"{told}.".startswith(f"{version}."):
                return version
        raise UsageError(f"{self.called}: is neither Swagger 2.0 nor OpenAPI 3.0 or 3.1 (it says {shown(told)}); "
                         "ask the provider for one of these, or convert it.")  # fmt: skip

    def table(self, value: Any, where: str) -> Node:
        """`value`, made sure to be an object; nothing at all is an empty one."""
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise UsageError(f"{self.called}: {where} must be an object, got {shown(value)}; it cannot be compared.")
        return value

    def items(self, value: Any, where: str) -> Sequence[Any]:
        """`value`, made sure to be a list; nothing at all is an empty one."""
        if value is None:
            return ()
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise UsageError(f"{self.called}: {where} must be a list, got {shown(value)}; it cannot be compared.")
        return value

    def chain(self, value: Any, where: str) -> list[Node]:
        """An object and, where it refers to another, that as well, and so on. What is said stands in the last."""
        found = [self.table(value, where)]
        while "$ref" in found[-1]:
            target = self.table(self.at(found[-1]["$ref"]), shown(found[-1]["$ref"]))
            if any(target is earlier for earlier in found):
                raise UsageError(f"{self.called}: {shown(found[-1]['$ref'])} refers to itself; it cannot be compared.")
            found.append(target)
        return found

    def at(self, ref: Any) -> Any:
        """What a reference within the document refers to. No other document is ever fetched.

        Raises:
            UsageError: it leads elsewhere, or nowhere.
        """
        if not isinstance(ref, str) or not (ref == "#" or ref.startswith("#/")):
            raise UsageError(f"{self.called}: refers to {shown(ref)}, outside itself, and nothing else is fetched; bundle it into one "
                             "file first (with `npx @redocly/cli bundle`, for one).")  # fmt: skip
        found: Any = self.raw
        for part in ref[2:].split("/") if ref != "#" else ():
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(found, Mapping) and name in found:
                found = found[name]
            elif isinstance(found, list) and name.isdecimal() and len(name) < 7 and int(name) < len(found):
                found = found[int(name)]
            else:
                raise UsageError(
                    f"{self.called}: refers to {shown(ref)}, which is not in it; ask the provider for a whole document."
                )
        return found

    def bases(self, *nodes: Node) -> tuple[str, ...]:
        """Paths that stand before those of its operations: `/v2`; an empty one when none is stated.

        Args:
            nodes: Path item and operation, whose servers count in place of the document's.
        """
        if self.version == "2.0":
            told = self.raw.get("basePath")
            return (told.rstrip("/") if isinstance(told, str) else "",)
        servers = next((n["servers"] for n in (*reversed(nodes), self.raw) if n.get("servers")), ())
        return tuple(dict.fromkeys(_path_of(self.table(s, "a server")) for s in self.items(servers, "servers"))) or (
            "",
        )


def _path_of(server: Node) -> str:
    url = str(server.get("url", ""))
    variables = server.get("variables")
    for name, told in variables.items() if isinstance(variables, Mapping) else ():
        url = url.replace(f"{{{name}}}", str(told.get("default", "")) if isinstance(told, Mapping) else "")
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""
