"""What makes a bundle's files: the same engine makes the same bytes of the same records."""

import hashlib
import platform
import zlib
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from accredit import __version__

_OURS = Path(__file__).resolve().parent.parent
_SUITE = "_suite"
"""Where an installed accredit keeps its suite, templates included: they are told apart from its own modules."""


def engine(templates: Path) -> dict[str, str]:
    """Name → version of everything that has a say in how a file comes out; `source` is a SHA-256 over our own modules and templates."""
    libraries = {name: version(name) for name in ("jinja2", "markupsafe", "typst", "xlsxwriter")}
    python = ".".join(platform.python_version_tuple()[:2])
    return {
        "accredit": __version__,
        "source": _digest(templates),
        "python": python,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **libraries,
    }


def differences(told: object, ours: Mapping[str, str]) -> str:
    """`typst 0.14.1 there, 0.15.0 here`; empty when nothing differs. `told` is what a stranger's bundle says."""
    theirs: Mapping[str, object] = told if isinstance(told, dict) else {}
    apart = {name: str(theirs.get(name, "unknown"))[:12] for name in ours if theirs.get(name) != ours[name]}
    return ", ".join(f"{name} {there} there, {ours[name][:12]} here" for name, there in apart.items())


def _digest(templates: Path) -> str:
    told = hashlib.sha256()
    for name, path in sorted([*_files(_OURS, "*.py"), *_files(templates, "*")]):
        told.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return told.hexdigest()


def _files(folder: Path, pattern: str) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob(pattern):
        name = path.relative_to(folder)
        if path.is_file() and _SUITE not in name.parts and not path.name.startswith("."):
            yield f"{folder.name}/{name.as_posix()}", path
