"""What the stock command `schemathesis run` finds of a simulator's flaws: the other side of the figure in `make bench`.

It is given its best chance. All phases, all checks, valid and invalid data; it goes on after a failure, since without
that the first false alarm of an operation hides what comes after it. It has a good token and whatever else every call
must carry, as `-H`, Basic where the contract asks for that, and in its configuration the identifiers that a partner was
given. It writes its HAR, as ours writes a journal. A flaw counts as found when a failure is reported on its operation
that is not reported on the same simulator without flaws, whatever kind of failure it is. Flaws of different operations
do not touch each other, so that one run tries one flaw of each operation of a document.
"""

import base64
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from accredit.model.contract import Operation  # noqa: E402
from accredit.suite.catalogue import Dossier  # noqa: E402
from accredit.suite.flaws.flawed import flaws_of, spread  # noqa: E402

SEED, CASES = 2026, 30
PHASES = "examples,coverage,fuzzing,stateful"
LONGEST_SECONDS = 180
LIKELY = 0.8
"""How often an identifier is one that a partner was given, where it could be anything."""
KNOWN: Mapping[str, Mapping[str, str | list[str]]] = {
    "points": {
        "path.endpoint": "point-endpoint",
        "path.orgId": "org-demo",
        "path.programme": "default",
        "path.userId": ["user-0001"],
        "body.userId": ["user-0001"],
        "body.ruleId": ["rule-earn-open"],
    },
    "latam_pass": {
        "header.x-scope": ["member-status"],
        "header.x-issue-bank": ["BANK-ONE"],
        "query.partnerIdentifier": ["00990099000199"],
        "body.partner.id": ["00990099000199"],
        "body.ffn": ["90000000202"],
        "body.member.ffn": ["90000000202"],
        "body.productId": ["001"],
    },
    "air_miles": {
        "query.sponsorList": ["SIMU"],
        "query.collectorNumber": ["80000000007"],
        "body.collectorNumber": ["80000000007"],
        "body.checkoutDateTime": [f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"],
        "body.issuances[*].issuanceOfferCode": ["STANDARD", "THANKS"],
        "body.issuances[*].locationCode": ["0037"],
    },
}
"""By provider the identifiers that its simulator knows, by where they go: a text goes there always, one of a list mostly."""


class Failure(NamedTuple):
    """What the stock command reports."""

    operation: str
    check: str
    title: str


@dataclass(frozen=True)
class Served:
    """A provider served by a process of its own: where each base URL is found, and what a client needs."""

    urls: Mapping[str, str]
    folder: Path

    @property
    def access(self) -> Mapping[str, str]:
        access: Mapping[str, str] = json.loads((self.folder / "access.json").read_text())["certification"]
        return access


@contextmanager
def served(provider: str, flaws: Iterable[str] = (), speed: int = 1) -> Iterator[Served]:
    """`accredit simulate`, with those flaws, until the block ends."""
    with tempfile.TemporaryDirectory() as name:
        command = [
            sys.executable,
            "-u",
            "-m",
            "accredit",
            "simulate",
            provider,
            "--speed",
            str(speed),
            "--folder",
            name,
        ]
        command += [part for flaw in flaws for part in ("--flaw", flaw)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            urls: dict[str, str] = {}
            for line in server.stdout:
                if found := re.fullmatch(r"  certification +(\S+)  as (\S+)\n", line):
                    urls[found[2]] = found[1]
                if line.startswith("CA,"):
                    break
            assert server.poll() is None, "the simulator ended before it was ready"
            try:
                yield Served(urls, Path(name))
            finally:
                server.send_signal(signal.SIGINT)


class Stock:
    """The stock command on one provider. The flawless simulator is run once a document, under two seeds, so that what comes
    and goes with chance is not taken for a flaw."""

    def __init__(
        self,
        dossier: Dossier,
        seed: int = SEED,
        cases: int = CASES,
        *,
        phases: str = PHASES,
        reports: str = "har,ndjson",
        workers: int = 1,
    ) -> None:
        self.dossier, self.seed, self.cases, self.phases, self.reports, self.workers = (
            dossier,
            seed,
            cases,
            phases,
            reports,
            workers,
        )
        self._usual: dict[str, set[Failure]] = {}

    def found(self, names: Iterable[str]) -> Iterator[tuple[str, set[Failure]]]:
        """Each of these flaws, and what is reported on its operation because of it."""
        for service, flaws in rounds(names, self.dossier):
            if service not in self._usual:
                self._usual[service] = self._failures(service, (), self.seed, self.seed + 1)
            seen = self._failures(service, flaws, self.seed) - self._usual[service]
            for flaw in flaws:
                operation = self.dossier.contract[_operation_of(flaw)]
                yield flaw, {failure for failure in seen if _is_of(failure, operation)}

    def _failures(self, service: str, flaws: Iterable[str], *seeds: int) -> set[Failure]:
        found: set[Failure] = set()
        for seed in seeds:
            with served(self.dossier.name, flaws) as there:
                found |= set(_reported(next(self.run(service, there, seed).glob("*.ndjson"))))
        return found

    def run(self, service: str, there: Served, seed: int) -> Path:
        """Runs the command on one document; the folder of its reports."""
        reports, provider = there.folder / "reports", self.dossier.provider
        [base] = provider.facts_of("certification").services_by_url([service], {})
        document = self.dossier.folder / provider.contracts[provider.services.index(service)]
        (there.folder / "schemathesis.toml").write_text(self._settings(there))
        command = [str(Path(sys.executable).with_name("schemathesis")), "run", str(document), "--url", there.urls[base]]
        command += ["--checks", "all", "--phases", self.phases, "--continue-on-failure"]
        command += [
            "--seed",
            str(seed),
            "--max-examples",
            str(self.cases),
            "--tls-verify",
            str(there.folder / "ca.pem"),
        ]
        command += [
            "--report",
            self.reports,
            "--report-dir",
            str(reports),
            "--no-color",
            "--workers",
            str(self.workers),
        ]
        for header, value in self._headers(there).items():
            command += ["--header", f"{header}:{value}"]
        with (
            (there.folder / "said.txt").open("w") as said,
            subprocess.Popen(
                command, cwd=there.folder, stdout=said, stderr=subprocess.STDOUT, env={**os.environ, "CI": "1"}
            ) as stock,
        ):
            try:
                stock.wait(LONGEST_SECONDS)
            except subprocess.TimeoutExpired:
                stock.kill()  # what it has reported by then counts
        assert list(reports.glob("*")), (there.folder / "said.txt").read_text()
        return reports

    def _headers(self, there: Served) -> Mapping[str, str]:
        auth = self.dossier.provider.auth
        return {**self._usual_headers(there), auth.token_header: f"{auth.token_prefix}{self._token(there)}"}

    def _usual_headers(self, there: Served) -> dict[str, str]:
        provider = self.dossier.provider
        required = provider.facts_of("certification").required_headers
        return {**required, **{name: there.access[secret] for name, secret in provider.auth.headers.items()}}

    def _settings(self, there: Served) -> str:
        """The `schemathesis.toml` of a partner: identifiers, and the credentials of the token call."""
        auth, access = self.dossier.provider.auth, there.access
        form = {name: access[secret] for name, secret in auth.grant_secrets.items()} | self._granting()
        known = {**KNOWN.get(self.dossier.name, {}), **{f"body.{name}": [value] for name, value in form.items()}}
        lines, bound = [], []
        for number, (where, values) in enumerate(known.items()):
            told = json.dumps(values)
            if isinstance(values, list):
                lines.append(f"[dictionaries.d{number}]\nvalues = {told}")
                told = f'{{ dictionary = "d{number}", probability = {LIKELY} }}'
            bound.append(f'"{where}" = {told}')
        lines += ["[parameters]", *bound]
        if auth.basic:
            lines += ["[[operations]]", f'include-operation-id = "{auth.operation}"']
            lines += [f"headers = {{ Authorization = {json.dumps(_basic(access, auth.basic))} }}"]
        return "\n".join(lines) + "\n"

    def _granting(self) -> dict[str, str]:
        settings = self.dossier.provider.settings
        return {field: str(settings[name].value) for field, name in self.dossier.provider.auth.grant_settings.items()}

    def _token(self, there: Served) -> str:
        auth, access = self.dossier.provider.auth, there.access
        operation = self.dossier.contract[auth.operation]
        [base] = self.dossier.provider.facts_of("certification").services_by_url([operation.service], {})
        secrets = {name: access[secret] for name, secret in auth.grant_secrets.items()}
        form = urlencode({**auth.grant, **secrets, **self._granting()}).encode()
        headers = self._usual_headers(there) | ({"authorization": _basic(access, auth.basic)} if auth.basic else {})
        request = urllib.request.Request(there.urls[base] + operation.path, form, headers)
        trusted = ssl.create_default_context(cafile=str(there.folder / "ca.pem"))
        with urllib.request.urlopen(request, context=trusted) as answer:
            return str(json.load(answer)[auth.token_field])


def share_found(names: Iterable[str], found: Callable[[str], bool]) -> float:
    """The share of these flaws that are found, between 0 and 1."""
    seen = [found(name) for name in names]
    return sum(seen) / len(seen)


def names_of(dossier: Dossier) -> list[str]:
    """The flaws that both sides are tried on."""
    return [flaw.name for flaw in spread(flaws_of(dossier))]


def rounds(names: Iterable[str], dossier: Dossier) -> Iterator[tuple[str, list[str]]]:
    """Service by service, at most one flaw of each of its operations at a time."""
    left = list(names)
    while left:
        service = dossier.contract[_operation_of(left[0])].service
        here = [name for name in left if dossier.contract[_operation_of(name)].service == service]
        chosen = list({_operation_of(name): name for name in reversed(here)}.values())
        left = [name for name in left if name not in chosen]
        yield service, chosen


def _operation_of(flaw: str) -> str:
    return flaw.partition(":")[2]


def _basic(access: Mapping[str, str], pair: tuple[str, ...]) -> str:
    return "Basic " + base64.b64encode(":".join(access[name] for name in pair).encode()).decode()


def _is_of(failure: Failure, operation: Operation) -> bool:
    return failure.operation == f"{operation.method} {operation.path}"


def _reported(path: Path) -> Iterator[Failure]:
    """Every failure in an NDJSON report, at whatever depth; a line that was cut short has none."""
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield from _failed(json.loads(line))
        except json.JSONDecodeError:
            continue


def _failed(node: Any) -> Iterator[Failure]:
    if isinstance(node, list):
        for inner in node:
            yield from _failed(inner)
    elif isinstance(node, dict):
        failure = node.get("failure_info", {}) and node["failure_info"].get("failure")
        if failure:
            yield Failure(failure["operation"], node["name"], failure["title"])
        for inner in node.values():
            yield from _failed(inner)


def main(providers: list[str]) -> None:
    """Prints which flaws of these providers the stock command finds, and what it says."""
    for name in providers:
        stock, found = Stock(Dossier(name, ROOT)), dict[str, bool]()
        flaws = names_of(stock.dossier)
        for flaw, said in stock.found(flaws):
            found[flaw] = bool(said)
            told = "; ".join(sorted(f"{failure.check} ({failure.title})" for failure in said))
            print(f"{name:<11} {flaw:<40} {'found' if said else 'NOT FOUND':<10} {told}", flush=True)
        share = share_found(flaws, found.__getitem__)
        print(f"{name}: stock finds {sum(found.values())} of {len(flaws)} flaws, {share:.0%}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or list(KNOWN))
