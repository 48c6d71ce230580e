"""Searches a run's records before anything is made of them, in the process that knows what they may not hold."""

from collections.abc import Mapping
from pathlib import Path

from accredit.evidence.journal import read_run, segment_paths
from accredit.evidence.judged_by import collect
from accredit.evidence.leaks import LeakGate, published_texts
from accredit.evidence.masked_again import mask_again
from accredit.model.leaks import SCAN, Hidden, Leak
from accredit.model.run import Run


def searched(
    folder: Path, run: Run, carried: Mapping[str, bytes], templates: Path, hidden: Hidden
) -> tuple[Run, LeakGate]:
    """The run as its records stand afterwards, and a gate that has gone through them: they are masked once more where the run
    learned too late what to hide.

    Args:
        carried: What the run was judged by.
    """
    gate = LeakGate(hidden, published_texts(carried, templates))
    _take(gate, folder)
    if gate.leaks and run.is_complete and (count := mask_again(folder, hidden, gate.common)):
        gate.forget(count)
        _take(gate, folder)
        run = read_run(folder)
    return run, gate


def leave_scan(folder: Path, root: Path, templates: Path, hidden: Hidden) -> list[Leak]:
    """Searches the records, and leaves what came of it beside them for whoever makes evidence of them later and knows no value.

    Args:
        root: The suite that the run was made with.
    """
    run = read_run(folder)
    _, gate = searched(folder, run, collect(root, run), templates, hidden)
    (folder / SCAN).write_bytes(gate.told)
    return gate.leaks


def _take(gate: LeakGate, folder: Path) -> None:
    for path in segment_paths(folder):
        gate.take(path.name, path)
