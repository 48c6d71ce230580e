"""The contract coverage of a run, from its journal and the contract it was judged by."""

from accredit.model.contract import Contract
from accredit.model.coverage import Circumstances, Coverage, coverage_of, generated_in
from accredit.model.exercised import exercised_from
from accredit.model.provider import Provider
from accredit.model.run import Run


def contract_coverage(run: Run, provider: Provider, contract: Contract) -> Coverage:
    """What of the contract the run exercised; empty when its journal does not say, as of runs that were broken off."""
    if not run.coverage:
        return Coverage(())
    exercised = exercised_from(run.coverage)
    settings = {name: setting.value for name, setting in provider.settings.items()} | dict(run.header["settings"])
    known = Circumstances(run.environment, tuple(run.header["only"]), generated_in(exercised))
    return coverage_of(contract, exercised, settings, known)
