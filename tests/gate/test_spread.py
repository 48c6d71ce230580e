"""What is done side by side comes back as if it had been done in turn."""

import os
from functools import partial
from pathlib import Path

import pytest

from accredit.release import spread as spreading
from accredit.release.spread import spread


def test_results_have_the_order_of_their_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the first job ends last: it reads what the last one writes."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    os.mkfifo(pipe := tmp_path / "pipe")
    powers = [partial(pow, 2, n) for n in range(spreading._FEW + 5)]

    came = spread([partial(pipe.read_text), *powers, partial(pipe.write_text, "from the last")])

    assert came == ["from the last", *(power() for power in powers), len("from the last")]
