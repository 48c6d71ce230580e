"""Where the suite is: in the checkout, or carried by the installed package. The only one that knows there are two."""

from pathlib import Path

from accredit.model.errors import UsageError

_PACKAGE = Path(__file__).resolve().parent.parent
_PARTS = ("features", "steps", "contracts", "conftest.py")


def suite_root(chosen: Path | None = None) -> Path:
    """The folder that holds `features steps contracts conftest.py`.

    Args:
        chosen: Another suite, such as a miniature one.
    """
    for place in [chosen.resolve()] if chosen else [_PACKAGE.parent, _PACKAGE / "_suite"]:
        if all((place / part).exists() for part in _PARTS):
            return place
    where = chosen or _PACKAGE.parent
    raise UsageError(
        f"{where} is no suite: it needs {', '.join(_PARTS)}. Install accredit again, or name another folder."
    )


def reports_folder() -> Path:
    """The templates that evidence is rendered with: always accredit's own, whichever suite was run."""
    return suite_root() / "reports"
