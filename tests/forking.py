"""The command line in a process of its own, forked from one that has imported everything: nobody waits for imports a thousand times."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path

from accredit.cli import main

READ_AT_START = ("PYTHON", "TZ", "LANG", "LC_")
"""Variables that an interpreter reads when it starts. Who sets one needs a process that starts anew."""
SECONDS = 120

_PATH = tuple(sys.path)
"""Where modules are found, before any test has put a suite there."""
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.warm"])


def forked(arguments: Sequence[str], cwd: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What `python -m accredit` with these arguments says, and how it ends."""
    with tempfile.TemporaryDirectory(prefix="accredit-said-") as folder:
        said = [Path(folder, name) for name in ("out", "err")]
        process = _FORKS.Process(target=_command, args=(arguments, cwd, env, said, _PATH))
        process.start()
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(list(arguments), SECONDS)
        out, err = (path.read_text() for path in said)
        return subprocess.CompletedProcess(list(arguments), process.exitcode, out, err)


def _command(
    arguments: Sequence[str], cwd: Path, env: Mapping[str, str], said: Sequence[Path], modules: Sequence[str]
) -> None:
    for number, path in enumerate(said, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.path[:] = modules
    sys.argv[1:] = arguments
    main(prog_name="accredit")
