"""Locks by name between the workers of one run: what the provider wants apart is kept apart."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def lock(folder: Path, name: str) -> Iterator[None]:
    """Holds the lock of that name in the run's folder; a worker that dies lets go of it."""
    path = folder / f".lock-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    path.unlink(missing_ok=True)
