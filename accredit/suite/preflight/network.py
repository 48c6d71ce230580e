"""What comes before the first request: credentials at hand, names that resolve, a line that may be trusted."""

from datetime import timedelta
from urllib.parse import urlsplit

from accredit.model.errors import AccreditError, Refused, Unreachable
from accredit.model.preflight import Check, no, yes
from accredit.suite.plan import unset_variables
from accredit.suite.preflight.asking import Asking
from accredit.wire.tls import Handshake, addresses_of, handshake

_SOON = timedelta(days=14)
_HTTPS = 443


def credentials(asking: Asking) -> Check:
    """Whether each environment variable that `accredit.toml` names holds something."""
    plan = asking.live.plan
    provider, where = plan.dossier.provider, plan.choices.environment
    if unset := unset_variables(plan):
        return no("credentials", f"not set: {', '.join(unset)}", f"put into these environment variables what {provider.title} gave for {where}; "
                  "for a rehearsal `accredit simulate` writes them into secrets.env")  # fmt: skip
    count = len(provider.secrets_for(plan.facts.capabilities))
    return yes("credentials", f"all {count} environment variables hold something")


def names(asking: Asking) -> Check:
    """Whether every host name stands for an address. A rehearsal looks up none."""
    hosts = _hosts(asking)
    if at := _connect_to(asking):
        return yes("dns", f"a rehearsal: {at} stands in for {', '.join(hosts)}, whose names were not looked up")
    found = {host: addresses_of(host) for host in hosts}
    if lost := [host for host, addresses in found.items() if not addresses]:
        return no(
            "dns", f"{', '.join(lost)} does not resolve", "check the name, this machine's name server and the network"
        )
    return yes("dns", "; ".join(f"{host}: {', '.join(addresses[:3])}" for host, addresses in found.items()))


def line(asking: Asking) -> Check:
    """Whether each host shows a certificate that our client would trust, by TLS 1.2 or newer. Nothing is sent before."""
    live, told, late = asking.live, [], []
    for url in dict.fromkeys(door.base_url for door in live.line.guard.doors):
        parts = urlsplit(url)
        try:
            if parts.scheme != "https":
                live.line.depart("GET", url, (), b"")  # the guard refuses it, and the refusal is on record
            made = handshake(
                parts.hostname or "", parts.port or _HTTPS, ca_pem=live.ca_pem, connect_to=_connect_to(asking)
            )
        except Refused as refused:
            return no("tls", str(refused), "correct the base URL")
        except Unreachable as failed:
            reason, _, step = str(failed).rpartition("; ")
            return no("tls", reason, step)
        except AccreditError as wrong:
            return no(
                "tls",
                str(wrong),
                "check the host, that no proxy stands between, and ca_file when accredit.toml names one; it is never accepted unverified",
            )
        told.append(_told(parts.hostname or "", made))
        if made.last_moment - asking.now() < _SOON:
            late.append(parts.hostname or "")
    warning = (
        f"tell the provider that the certificate of {', '.join(late)} ends within {_SOON.days} days" if late else ""
    )
    return yes("tls", "; ".join(dict.fromkeys(told)), warning)


def _told(host: str, made: Handshake) -> str:
    return f"{host}: {made.version}, a certificate of {made.issuer} until {made.last_moment:%Y-%m-%d}"


def _connect_to(asking: Asking) -> str:
    plan = asking.live.plan
    return plan.facts.access(plan.choices.environment).connect_to


def _hosts(asking: Asking) -> list[str]:
    return list(dict.fromkeys(urlsplit(door.base_url).hostname or "" for door in asking.live.line.guard.doors))
