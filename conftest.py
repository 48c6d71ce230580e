"""Lets plain `pytest features/<provider>` run the suite."""

pytest_plugins = ["accredit.suite.plugin"]
