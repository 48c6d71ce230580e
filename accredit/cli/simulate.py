"""`accredit simulate`: serves a provider's simulator, for partners' own clients and for rehearsals."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from shlex import quote
from typing import Any

import click

from accredit.cli.options import PROVIDER, SUITE
from accredit.model.errors import UsageError
from accredit.model.provider import Provider
from accredit.model.simulation import Setup, Simulation
from accredit.suite.catalogue import dossier
from accredit.suite.flaws.flawed import flawed
from accredit.suite.init import rehearsal_toml, variable
from accredit.suite.live import entrances_of
from accredit.suite.places import suite_root
from accredit.suite.simulation import load_simulation
from accredit.wire.clock import RealClock
from accredit.wire.server import Simulator


@click.command()
@PROVIDER
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1 [default: any free one].")
@click.option(
    "--speed", type=click.FloatRange(min=1), default=1, help="How many times faster than real time its clock runs."
)
@click.option("--defect", "defects", multiple=True, metavar="NAME", help="Make it wrong in this way; repeatable.")
@click.option(
    "--flaw", "flaws", multiple=True, hidden=True, metavar="NAME", help="Have it break its contract in this way."
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("simulator"),
    show_default=True,
    help="Where to write what a client needs: CA certificate, access, an accredit.toml for a rehearsal.",
)
@SUITE
def command(provider: str, port: int, speed: float, defects: tuple[str, ...], flaws: tuple[str, ...], folder: Path,
            suite: Path | None) -> None:  # fmt: skip
    """Serve the simulator of PROVIDER on loopback, under localhost and under the provider's own host name, until interrupted.

    What a client needs is written into the folder. Nobody can control it but by its interface, so that a run with
    `--env certification --partner FOLDER/accredit.toml` is a rehearsal of the real thing.
    """
    subject = dossier(suite_root(suite), provider)
    simulation = load_simulation(subject.root, provider)
    if unknown := sorted(set(defects) - set(simulation.DEFECTS)):
        raise UsageError(
            f"{', '.join(unknown)}: no such defect; the simulator has {', '.join(sorted(simulation.DEFECTS))}."
        )
    settings = {name: setting.value for name, setting in subject.provider.settings.items()}
    origin = datetime.now(UTC)
    clock, chance = RealClock(speed, origin), Random()  # noqa: S311 - it draws synthetic data, and tokens that open nothing real
    enacted: Simulation = simulation(Setup(settings, clock.now, frozenset(defects), chance))
    for flaw in flaws:
        enacted = flawed(enacted, subject, flaw)
    entrances = entrances_of(subject.provider)
    server = Simulator(enacted, subject.contract, entrances, clock, port)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ca.pem").write_text(server.ca_pem, encoding="ascii")
    access = {name: dict(enacted.access(name)) for name in subject.provider.environments}
    _write_private(folder / "access.json", json.dumps(access, indent=1).encode())
    _write_private(folder / "secrets.env", _exports(subject.provider, access).encode())
    _write_private(folder / "receiver.pem", server.authority.issue_pem("localhost"))
    server.courier.trust(server.ca_pem)
    (folder / "accredit.toml").write_text(
        rehearsal_toml(subject, enacted.roles, f"127.0.0.1:{server.port}", folder, speed, origin), encoding="utf-8"
    )
    click.echo(f"{subject.provider.title} since {origin:%H:%M:%S} UTC, until interrupted (Ctrl-C):")
    for entrance in entrances:
        click.echo(f"  {entrance.environment:<14} {server.url_of(entrance)}  as {entrance.base_url}")
    click.echo(f"CA, access and a rehearsal's accredit.toml: {folder}")
    click.echo(f"rehearse: . {quote(str(folder / 'secrets.env'))} && accredit run {provider} --env certification "
               f"--partner {quote(str(folder / 'accredit.toml'))} --make-key {quote(str(folder / 'rehearsal.key'))}")  # fmt: skip
    with suppress(KeyboardInterrupt):
        server.serve()


def _exports(provider: Provider, access: Mapping[Any, Mapping[str, str]]) -> str:
    """Shell lines that set the variables by which a rehearsal's accredit.toml names its secrets."""
    return "".join(f"export {variable(provider, door, name)}={quote(value)}\n"
                   for door, known in access.items() for name, value in known.items())  # fmt: skip


def _write_private(path: Path, data: bytes) -> None:
    """For its owner's eyes alone, though it opens nothing but this simulator."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(data)
