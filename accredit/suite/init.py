"""Writes `accredit.toml`: the partner's own facts, each explained, secrets only as names of environment variables."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from accredit.model.errors import UsageError
from accredit.model.provider import Provider
from accredit.suite.catalogue import PARTNER_FILE, Dossier, read_toml

_TOP = """\
# The partner's own facts for accredit. No secret belongs in this file: secrets are named by environment variables.

[signing]
# The private key that seals bundles. Keep it; give the .pub file beside it to the reviewer, apart from any bundle.
key = "accredit.key"

# Whose word and signature counts. The key is the id of their public key, got from them in person; roles are those of gates.toml, and approver.
# [people.ada]
# name = "Ada Example"
# roles = ["integration-lead"]
# key = "…"
# attests = ["…"]      the chapters or requirements on which their word counts; without it on all
"""


def add_provider(folder: Path, dossier: Dossier, example: Mapping[str, Any]) -> Path:
    """Writes the provider's section into `folder/accredit.toml`, and the file itself when there is none.

    Args:
        example: Roles as the simulator plays them; they show the shape.

    Raises:
        UsageError: the file has that section already; nothing of the partner's is ever overwritten.
    """
    path, provider = folder / PARTNER_FILE, dossier.provider
    if path.is_file() and provider.name in read_toml(path):
        raise UsageError(f"{path} has a section [{provider.name}] already; edit it, or remove it first.")
    folder.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.is_file() else _TOP
    path.write_text(before + "\n" + "\n".join(_section(dossier, example)) + "\n", encoding="utf-8")
    return path


def variable(provider: Provider, environment: str, secret: str) -> str:
    """`LATAM_PASS_CERTIFICATION_CLIENT_ID`: where a secret is looked for unless the partner says otherwise."""
    return f"{provider.name}_{environment}_{secret}".upper()


def rehearsal_toml(
    dossier: Dossier,
    roles: Callable[[str], Mapping[str, Any]],
    address: str,
    folder: Path,
    speed: float,
    origin: datetime,
) -> str:
    """An `accredit.toml` by which certification and production are reached at a simulator on this machine.

    Args:
        roles: Who plays which role in an environment.
        folder: Holds `ca.pem`, and `receiver.pem` for whoever is called back.
        origin: From when on the simulator's clock runs so many times faster.
    """
    provider, ca_file = dossier.provider, folder / "ca.pem"
    lines = [f"# A rehearsal: {provider.title}'s host names, reached at {address}.", f"[{provider.name}]"]
    partner = roles("certification")
    lines += [f"partner_id = {_toml(partner['partner_id'])}", f"capabilities = {_toml(partner['capabilities'])}"]
    for environment, facts in provider.environments.items():
        lines += ["", f"[{provider.name}.{environment}]", f"connect_to = {_toml(address)}"]
        lines += [
            f"ca_file = {_toml(str(ca_file.resolve()))}",
            f"time_scale = {speed:g}",
            f"time_origin = {origin.isoformat()}",
        ]
        if facts.stand_in:
            lines.append(f"base_urls = {_toml(_urls(provider, environment))}")
        if dossier.contract.callbacks:
            lines.append(f"callbacks = {_toml({'certificate': str((folder / 'receiver.pem').resolve())})}")
        lines += _secrets(provider, environment)
        lines += [f"\n[{provider.name}.{environment}.roles]", *_roles(roles(environment))]
    return "\n".join(lines) + "\n"


def _section(dossier: Dossier, example: Mapping[str, Any]) -> Iterator[str]:
    provider = dossier.provider
    yield f"[{provider.name}]"
    yield f"# The identifier that {provider.title} gave you, the same in every environment."
    yield 'partner_id = ""'
    yield "# The contract that you had accepted, by the digest that `accredit preflight` tells: a run by any other does not begin."
    yield '# contract = ""'
    yield "# What you claim, one by one; what is not claimed is not applicable, and shown as such. Everything there is:"
    yield f"capabilities = {_toml(list(example['capabilities']))}"
    yield ""
    yield f"[{provider.name}.settings]"
    yield f"# What {provider.title} did not publish, with the default that is assumed. Uncomment what you know better."
    for name, setting in provider.settings.items():
        choice = f" One of {', '.join(map(str, setting.options))}." if setting.options else ""
        question = f"{setting.unknown}: " if setting.unknown else ""
        yield f"# {question}{setting.why}{choice}"
        yield f'# "{name}" = {_toml(setting.value)}'
    for environment, facts in provider.environments.items():
        yield f"\n# {facts.label}: {', '.join(facts.services_by_url(provider.services, {}))}"
        if facts.stand_in:
            yield f"[{provider.name}.{environment}]"
            yield f"# {provider.title} publishes no host names, so these only stand in. Name yours, one for each service."
            yield f"# base_urls = {_toml(_urls(provider, environment))}"
        if dossier.contract.callbacks:
            yield f"\n# {provider.title} calls back. We listen on loopback; how it gets there, by proxy or tunnel, is yours to arrange."
            yield "# public_url is what it is told; certificate is one PEM file with private key and certificate chain."
            yield f"# [{provider.name}.{environment}.callbacks]"
            yield '# listen = "127.0.0.1:9443"'
            yield '# public_url = "https://callbacks.partner.example"'
            yield '# certificate = "callbacks.pem"'
        yield from _secrets(provider, environment)
        yield f"\n[{provider.name}.{environment}.roles]"
        yield "# Who plays each role. Replace every value by a test member, product … of yours; the ones here only show the shape."
        yield from (f"# {line}" for line in _roles(example))


def _secrets(provider: Provider, environment: str) -> Iterator[str]:
    yield f"\n[{provider.name}.{environment}.secrets]"
    yield "# Names of environment variables, never the secrets themselves."
    for secret in provider.secrets_for(("signing",)):
        yield f"{secret} = {_toml(variable(provider, environment, secret))}"


def _urls(provider: Provider, environment: str) -> dict[str, str]:
    urls = provider.facts_of(environment).services_by_url(provider.services, {})
    return {service: url for url, services in urls.items() for service in services}


def _roles(roles: Mapping[str, Any]) -> Iterator[str]:
    for kind, players in roles.items():
        if isinstance(players, Mapping):
            for role, value in players.items():
                yield f'{kind}."{role}" = {_toml(value)}'


def _toml(value: object) -> str:
    """A value on one line of TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(str(key))} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
