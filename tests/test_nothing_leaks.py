"""Of no provider's run is a secret or a personal value found in any file it wrote, in whatever form."""

import tomllib
from pathlib import Path

import pytest

from accredit.model.disguise import disguises
from accredit.suite.catalogue import Dossier, provider_names
from accredit.wire.mask import Mask
from tests.conftest import ROOT, accredit, served

MOST = 10
"""Requirements. A few of each topic; the whole runs are hunted through by `make bench`."""


def _values(dossier: Dossier, folder: Path, secrets: list[str]) -> set[str]:
    """What the partner was given, and what of its roles is declared personal; a key also line by line."""
    mask = Mask(dossier.provider.masking, b"test")
    told = tomllib.loads((folder / "accredit.toml").read_text())[dossier.name]
    for environment in ("certification", "production"):
        mask.data(told[environment]["roles"])
    lines = {line for secret in secrets for line in secret.splitlines() if not line.startswith("-----")}
    return {*mask.learned, *lines}


@pytest.mark.parametrize("name", provider_names(ROOT))
def test_no_file_holds_a_secret_or_a_person(name: str, tmp_path: Path) -> None:
    dossier = Dossier(name, ROOT)
    driven = [r.id for r in dossier.register.driven if "certification" in r.environments]
    only = [part for id_ in driven[:: max(1, len(driven) // MOST)] for part in ("--only", id_)]
    with served(name, tmp_path / "sim", speed=40) as there:
        ended = accredit("run", name, "--env", "certification", "--partner", tmp_path / "sim" / "accredit.toml", *only, "--output", tmp_path / "out",
                         "--allure", tmp_path / "out" / "allure", "--make-key", tmp_path / "key", env=there.env)  # fmt: skip
        secrets = [value for door in there.access.values() for key, value in door.items() if not key.endswith("_id")]
    values = _values(dossier, tmp_path / "sim", secrets)
    judged_by = [path.read_bytes() for path in dossier.folder.iterdir() if path.is_file()]

    assert ended.returncode in (0, 1, 3), ended.stderr
    assert len(values) > 5
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for carried in (
                judged_by
            ):  # the simulator's own people, whom nobody has to hide, stand in its code and in the contract's examples
                data = data.replace(carried, b"")
            found = [form for value in values for form in disguises(value) if form.encode() in data]
            assert not found, (path.name, found)
