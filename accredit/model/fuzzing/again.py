"""The command that sends a case of a run again, to where it was sent."""

import re
import shlex
from collections.abc import Mapping
from typing import Any

_ID = re.compile(r"F-[0-9a-f]{8}|[0-9a-f]{12}")


def is_id(text: str) -> bool:
    """Whether this looks like the id of a finding (`F-1a2b3c4d`) or of a case (`1a2b3c4d5e6f`)."""
    return _ID.fullmatch(text) is not None


def again(header: Mapping[str, Any], id_: str) -> str:
    """`accredit fuzz points --replay F-1a2b3c4d`, and how the run was told to go elsewhere, or to a simulator made wrong.

    Args:
        header: Of the run's journal. Where the partner's accredit.toml lies is not in it.
    """
    parts = ["accredit", "fuzz", str(header["provider"]), "--replay", id_]
    if header["environment"] != "simulator":
        parts += ["--env", str(header["environment"]), "--consent", str(header["fuzz"]["consent"])]
    for option in ("defect", "flaw"):
        for name in header.get(f"{option}s", ()):
            parts += [f"--{option}", str(name)]
    return shlex.join(parts)
