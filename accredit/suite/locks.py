"""Locks by name between the workers of one run: what the provider wants apart is kept apart."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


@contextmanager
def lock(folder: Path, name: str) -> Iterator[None]:
    """Holds the lock of that name in the run's folder; a worker that dies lets go of it."""
    path = folder / f".lock-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    with ExitStack() as attempts:
        while True:
            held = attempts.enter_context(path.open("w"))
            fcntl.flock(held, fcntl.LOCK_EX)
            if _is_still(held.fileno(), path):
                break
            attempts.close()  # whoever held it before has removed the file, and somebody else may hold the next
        try:
            yield
        finally:
            path.unlink()


def _is_still(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
