"""Lets plain `pytest features/<provider>` run the suite, and production only where the partner's own record says that it may be called."""

pytest_plugins = ["accredit.suite.plugin", "accredit.release.plugin"]
