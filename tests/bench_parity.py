"""How many differences between two runs are found, and how many that are none: part of `make bench`."""

import copy
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from accredit.model.parity.differences import grouped  # noqa: E402
from tests.differing import cases  # noqa: E402
from tests.test_parity import ONLY, compared, recorded_in  # noqa: E402


def differences() -> None:
    """Each injected alone into one of two runs of a simulator; and the two as they are, either way round."""
    with tempfile.TemporaryDirectory() as name:
        places = {(provider, run): Path(name) / provider / run for provider in ONLY for run in ("first", "second")}
        for folder in places.values():
            folder.mkdir(parents=True)
        runs = {(provider, run): recorded_in(provider, folder) for (provider, run), folder in places.items()}
    found = false = 0
    every = list(cases())
    for case in every:
        second = copy.deepcopy(runs[case.provider, "second"])
        case.change(second)
        kinds = [
            f.first.kind for f in grouped(compared(case.provider, runs[case.provider, "first"], second).differences)
        ]
        found, false = found + (case.kind in kinds), false + len([kind for kind in kinds if kind != case.kind])
    equal = sum(
        len(compared(provider, runs[provider, one], runs[provider, other]).differences)
        for provider in ONLY
        for one, other in (("first", "second"), ("second", "first"))
    )
    kinds_tried = len({case.kind for case in every})
    print(f"differences found          {found} of {len(every)} injected, of {kinds_tried} kinds; others told beside them {false}; "
          f"on equal runs {equal}      goal all, 0 and 0")  # fmt: skip


if __name__ == "__main__":
    differences()
