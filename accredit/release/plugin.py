"""The pytest plugin that asks, before a session begins, whether production may be called: plain pytest is held to it as commands are."""

import pytest

from accredit.model.errors import AccreditError
from accredit.suite.session import SessionRecorder


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Once the session has its plans, before anything is sent. Workers do as the process that leads them: that one was asked."""
    session = config.pluginmanager.getplugin("accredit-session")
    if not isinstance(session, SessionRecorder) or hasattr(config, "workerinput"):
        return
    for plan in session.plans:
        if plan.choices.environment == "production":
            from accredit.release.permission import must_be_allowed_for  # a simulator's run waits for no calendar

            try:
                must_be_allowed_for([plan.dossier], plan.choices.environment, plan.choices.partner_file)
            except AccreditError as wrong:
                raise pytest.UsageError(str(wrong)) from wrong
    session.was_asked = True
