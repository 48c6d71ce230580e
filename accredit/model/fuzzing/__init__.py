"""What fuzzing is asked to do and what it found: profiles, a provider's facts for it, cases, findings, the baseline."""

from accredit.model.fuzzing.baseline import Accepted
from accredit.model.fuzzing.cases import CaseRecord, Ended, Reached, Round, Tally, tally
from accredit.model.fuzzing.entries import Binding, Books, First, Left, Login, Refusal, Tolerance, TurnedAway
from accredit.model.fuzzing.facts import FuzzFacts
from accredit.model.fuzzing.findings import Fuzzed, FuzzFinding, finding_id
from accredit.model.fuzzing.profiles import PHASES, PROFILES, SEED, Phase, Profile, usual_profile

__all__ = [
    "PHASES",
    "PROFILES",
    "SEED",
    "Accepted",
    "Binding",
    "Books",
    "CaseRecord",
    "Ended",
    "First",
    "FuzzFacts",
    "FuzzFinding",
    "Fuzzed",
    "Left",
    "Login",
    "Phase",
    "Profile",
    "Reached",
    "Refusal",
    "Round",
    "Tally",
    "Tolerance",
    "TurnedAway",
    "finding_id",
    "tally",
    "usual_profile",
]
