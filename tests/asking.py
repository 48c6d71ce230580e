"""A plugin of pytest's that writes down which scenario asks the partner for which role: `-p tests.asking`, into the file $ASKED."""

import os
from pathlib import Path
from typing import Any

import pytest

from accredit.suite.collect import id_of
from accredit.suite.partner import Partner

_asked: set[str] = set()
_under_way = ""
_role = Partner._role


def _noted(self: Partner, kind: str, role: str) -> Any:
    _asked.add(f"{_under_way}\t{kind}\t{role}")
    return _role(self, kind, role)


Partner._role = _noted


def pytest_runtest_setup(item: pytest.Item) -> None:
    global _under_way
    _under_way = id_of(item)


def pytest_unconfigure() -> None:
    Path(os.environ["ASKED"]).write_text("\n".join(sorted(_asked)), encoding="utf-8")
