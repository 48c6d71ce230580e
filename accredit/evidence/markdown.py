"""Text from anywhere as Markdown that stays text: no markup, link, row or line of its own. Pure."""

import re

from accredit.model.visible import visible

MOST = 400
"""Characters of one value; what is cut off is in the report."""
_ACTIVE = re.compile(r"[\\`*{}\[\]<>|#~$&@]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_LINKS = re.compile(r"(?i)(?<=:)//|(?<=www)\.")


class Written(str):
    """Markdown already: our own, or escaped."""

    __slots__ = ()


def written(value: object, most: int = MOST) -> Written:
    """`value` as one line of Markdown that shows it as it is."""
    if isinstance(value, Written):
        return value
    text = _ACTIVE.sub(lambda m: "\\" + m.group(), _one_line(value, most))
    text = _LINKS.sub(lambda m: "\\" + m.group(), text)
    # Entities, since a backslash before an angle bracket is not honoured inside HTML that stands around it.
    return Written(text.replace("\\<", "&lt;").replace("\\>", "&gt;").replace("\\&", "&amp;"))


def whole(value: object) -> Written:
    """As `written`, however long: for texts of ours."""
    return written(value, len(str(value)))


def plain(value: object) -> Written:
    """One line within a block of code, where nothing is markup."""
    return Written(_one_line(value, MOST))


def code(value: object) -> Written:
    """`value` between backticks, more of them than it holds itself; also within a table."""
    text = _one_line(value, MOST).replace("|", "\\|")
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text[:1] in ("`", " ", "") or text[-1:] in ("`", " ") else ""
    return Written(f"{ticks}{pad}{text}{pad}{ticks}")


def _one_line(value: object, most: int) -> str:
    text = str(value)
    text = text if len(text) <= most else f"{text[:most]}…"
    return visible(" ".join(text.split()))
