"""What keeps the house in order: locks, README, public names, and the suite carried by the package."""

import re
import tomllib
from importlib import import_module

import click
import pytest

import accredit
from accredit.cli import COMMANDS, main
from accredit.suite.catalogue import Dossier, provider_names
from accredit.suite.gherkin import declared_in
from tests.conftest import ROOT
from tests.conftest import accredit as run


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt"])
def test_locks_have_hashes_and_no_address(lock):
    """Each pinned package has hashes, and no line names a host or a path."""
    text = (ROOT / "requirements" / lock).read_text()

    assert "://" not in text
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert "==" in entry.splitlines()[0]
        assert "--hash=sha256:" in entry


def test_every_command_has_help_and_is_in_the_readme():
    """A command that nobody is told of does not exist."""
    readme = (ROOT / "README.md").read_text()
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert command.help
        assert f"accredit {name}" in readme, name


def test_every_public_name_can_be_had():
    """What `accredit` exports is there, and documented."""
    for name in accredit.__all__:
        assert getattr(accredit, name)
    assert import_module("accredit.suite.places").suite_root() == ROOT


def test_help_imports_nothing_heavy():
    """`accredit --help` imports neither pytest nor httpx nor pydantic."""
    code = "import sys; from accredit.cli import main; print(sorted({'pytest', 'httpx', 'pydantic', 'rich', 'cryptography'} & set(sys.modules)))"
    import subprocess
    import sys

    assert (
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )


@pytest.mark.parametrize("name", provider_names(ROOT))
def test_the_readme_tells_the_right_numbers(name):
    """Requirements, scenarios and defects are counted, not remembered."""
    dossier = Dossier(name, ROOT)
    scenarios = sum(len(d.scenarios) for d in declared_in(dossier.features))
    defects = len({d for r in dossier.register.requirements for d in r.defects})
    counts = (len(dossier.register.ids), len(dossier.register.driven), scenarios, defects)
    row = f"| {dossier.provider.title} | `{name}` | " + " | ".join(map(str, counts)) + " |"

    assert row in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", provider_names(ROOT))
def test_the_readme_names_every_purpose(name):
    """Whoever is to be asked for something is told of the ticket, and of what the bundle must show before."""
    readme = (ROOT / "README.md").read_text()
    for purpose in Dossier(name, ROOT).correspondence.purposes:
        assert f"| `{name}.{purpose.name}` |" in readme


def test_the_wheel_carries_the_whole_suite():
    """Everything a run is judged by is put into the package."""
    carried = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"][
        "force-include"
    ]

    assert {"features", "steps", "contracts", "reports", "conftest.py", "pyproject.toml"} == set(carried)


def test_nothing_lists_providers():
    """A provider exists when its folder does: no engine module names one."""
    for path in (ROOT / "accredit").rglob("*.py"):
        text = path.read_text().lower()
        for name in provider_names(ROOT):
            assert f'"{name}"' not in text, path


def test_requirements_prints_every_row():
    """The matrix leaves no requirement out."""
    said = run("requirements", "latam_pass").stdout

    for id_ in Dossier("latam_pass", ROOT).register.ids:
        assert id_ in said
