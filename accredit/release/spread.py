"""Work done side by side by several processes, where there is enough of it."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

_FEW = 3
"""Jobs that are done sooner than other processes begin."""


def spread(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each came to, in their order. The longest should come first.

    Args:
        jobs: Partials of plain functions and values, which can go to another process.
    """
    if len(jobs) <= _FEW or (workers := min(os.cpu_count() or 1, len(jobs))) == 1:
        return [job() for job in jobs]
    # Forked where that can be done: a process that begins anew spends longer on imports than on a bundle.
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        return list(pool.map(_done, jobs))


def _done(job: Callable[[], Any]) -> Any:
    return job()
