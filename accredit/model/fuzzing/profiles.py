"""How much is sent: the phases, and the profiles by which an environment is fuzzed. Pure."""

from dataclasses import dataclass
from typing import Literal

Phase = Literal["examples", "coverage", "fuzzing", "stateful"]
PHASES: tuple[Phase, ...] = ("examples", "coverage", "fuzzing", "stateful")


@dataclass(frozen=True, slots=True)
class Profile:
    """How much is sent.

    Attributes:
        cases: Of each operation in the phase fuzzing. Examples and coverage are as many as the contract gives.
        chains: Sequences of each link in the phase stateful.
        types: Of the coverage cases that give a place a value of another type (text, number, list …), one in so many.
        smaller: How many requests may go into making one finding's request smaller.
    """

    name: str
    cases: int
    chains: int
    types: int
    smaller: int


PROFILES = {
    "ci": Profile("ci", cases=8, chains=3, types=3, smaller=40),
    "certification": Profile("certification", cases=100, chains=10, types=1, smaller=15),
}


SEED = 2026
"""Of the cases, unless another is asked for."""


def usual_profile(environment: str) -> str:
    """The profile by which an environment is fuzzed: what is no simulator is somebody else's machine, and is asked once."""
    return "ci" if environment == "simulator" else "certification"
