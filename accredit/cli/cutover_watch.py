"""`accredit cutover watch`."""

import click


@click.command()
def watch() -> None:
    """Watch."""
