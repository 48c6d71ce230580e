"""Whether production may be called: by the provider's process, and the partner's own record of where they are in it."""

from collections.abc import Iterable
from pathlib import Path

from accredit.model.errors import CannotJudge, UsageError
from accredit.model.process import Process
from accredit.release.course import Course, course_of
from accredit.release.standing import standing
from accredit.suite.catalogue import Dossier

PRODUCTION = "production"


def must_be_allowed_for(dossiers: Iterable[Dossier], environment: str, partner_file: Path | None) -> None:
    """Asks for each provider before anything leaves for any of them; raises as `must_be_allowed` does."""
    if environment == PRODUCTION:
        for dossier in dossiers:
            must_be_allowed(course_of(dossier, partner_file), environment)


def must_be_allowed(course: Course, environment: str) -> None:
    """Passes where the provider itself is not called in production (a rehearsal is not), or nothing is known of its process.

    Raises:
        UsageError: by the record, production must not be called.
        CannotJudge: nothing is recorded, so nobody knows.
        BundleRefused: the record was altered.
    """
    process, title = course.dossier.process, course.dossier.provider.title
    if environment != PRODUCTION or process is None or course.facts.access(environment).connect_to:
        return
    at = standing(course.log)
    if not at.state:
        raise CannotJudge(f"nobody knows whether production of {title} may be called: nothing is recorded in {course.log}. It may be from "
                          f"{_opening(process)} on; record how you came there, accredit cutover move. Nothing was sent.")  # fmt: skip
    if not process.state(at.state).production:
        raise UsageError(f"by {course.log} you are in {at.state} ({process.state(at.state).name}), where production must not be called; "
                         "record the move that allows it first: accredit cutover move. Nothing was sent.")  # fmt: skip


def _opening(process: Process) -> str:
    """`S7 (PROD_APPROVED)`: the first state in which production may be called."""
    return next((f"{name} ({state.name})" for name, state in process.states.items() if state.production), "no state")
