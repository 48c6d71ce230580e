"""The command line. Each command is a module, imported only when it is called: `accredit --help` waits for none."""

import os
from importlib import import_module
from typing import Any

import click

from accredit import __version__

COMMANDS = {
    "preflight": "Ask whether a run could judge anything: credentials, network, token, test data.",
    "run": "Certify providers: run their scenarios, judge, seal the evidence.",
    "fuzz": "Fuzz contracts by generated requests, as evidence.",
    "requirements": "Print a provider's requirements and how each is verified.",
    "lint": "Check that features, steps and registers agree.",
    "contract": "Check our contracts; compare them with what a provider published.",
    "falsify": "Prove that each requirement's scenario can fail.",
    "report": "Render and seal a run again from its journal.",
    "compare": "Hold production against certification: technically and commercially.",
    "verify": "Check a bundle: intact, authentic, complete, judged again.",
    "attest": "Keep a named person's word that a requirement is met.",
    "waive": "Accept a failure for a while.",
    "sign": "Sign a bundle or a budget in a role.",
    "gate": "Say yes, no or unknown over everything a provider asks for.",
    "cutover": "Where a partner is on its way to going live; plan, record, watch.",
    "budget": "Show what production may be sent, and what was.",
    "simulate": "Serve a provider's simulator on loopback.",
    "init": "Write accredit.toml and a signing key for a partner.",
}


_PIPE_CLOSED = 128 + 13
"""As of a program that SIGPIPE ended: whoever stopped reading must not take it for a yes."""


class _Lazy(click.Group):
    """Knows the commands by name and one line each; loads the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"accredit.cli.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        from accredit.model.errors import AccreditError

        try:
            return super().invoke(ctx)
        except AccreditError as wrong:
            click.echo(f"accredit: {wrong}", err=True)
            ctx.exit(wrong.exit_code)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whoever read has had enough
            ctx.exit(_PIPE_CLOSED)
        except OSError as wrong:
            click.echo(
                f"accredit: {wrong}; nothing was lost that had been recorded. Put it right and try again.", err=True
            )
            ctx.exit(2)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if os.environ.get("ACCREDIT_TRACEBACK"):
                raise
            click.echo(
                f"accredit: our own fault, {type(error).__name__}: {error}. Please report it; with ACCREDIT_TRACEBACK=1 it shows where.",
                err=True,
            )
            ctx.exit(4)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="accredit")
def main() -> None:
    """Certification evidence and contract tests for integrations with loyalty programmes.

    Exit codes: 0 passed or yes, 1 failed or no, 2 usage or configuration, 3 cannot judge or unknown, 4 our own fault.
    """
