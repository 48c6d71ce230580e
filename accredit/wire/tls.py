"""Who stands at the other end of a line: names resolved, a TLS handshake made, the certificate read. Sends no request."""

import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from accredit.model.errors import CannotJudge, Unreachable

SECONDS = 10.0
_EXPIRED, _NOT_YET, _OTHER_NAME = 10, 9, 62
"""How OpenSSL numbers what is wrong with a certificate; all other numbers say that nobody we trust has signed it."""


class Untrusted(CannotJudge):
    """A TLS handshake that failed: certificate, name or version."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """A line that came about.

    Attributes:
        version: `TLSv1.3`.
        issuer: The organisation, else the name, that signed the certificate.
        last_moment: Aware, UTC: until when the certificate is good.
    """

    version: str
    issuer: str
    last_moment: datetime


def trusted(ca_pem: str = "") -> ssl.SSLContext:
    """Whom our client trusts: the machine's authorities, or this one alone. TLS 1.2 or newer, name and chain always verified."""
    context = ssl.create_default_context(cadata=ca_pem or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def addresses_of(host: str) -> Sequence[str]:
    """The addresses that a name stands for; empty when it resolves to none."""
    try:
        return sorted({str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})
    except (OSError, UnicodeError):
        return ()


def handshake(host: str, port: int, *, ca_pem: str = "", connect_to: str = "", seconds: float = SECONDS) -> Handshake:
    """Connects, as our client would, and hangs up.

    Args:
        connect_to: `127.0.0.1:8443`: connect there; name and certificate are still the host's.

    Raises:
        Unreachable: nobody listens there.
        Untrusted: no TLS came about that may be trusted; says why.
    """
    at, _, number = connect_to.rpartition(":")
    try:
        with (
            socket.create_connection((at or host, int(number or port)), timeout=seconds) as plain,
            trusted(ca_pem).wrap_socket(plain, server_hostname=host) as line,
        ):
            told = line.getpeercert() or {}
            return Handshake(line.version() or "", _issuer(told), _moment(str(told.get("notAfter", ""))))
    except ssl.SSLCertVerificationError as wrong:
        raise Untrusted(_certificate(host, wrong)) from None
    except (ssl.SSLError, ConnectionResetError) as wrong:
        raise Untrusted(_broken(host, wrong)) from None
    except (OSError, UnicodeError) as failed:
        raise Unreachable(
            f"{connect_to or f'{host}:{port}'} cannot be reached ({failed}); check the host, the network and the firewall"
        ) from None


def _certificate(host: str, wrong: ssl.SSLCertVerificationError) -> str:
    said = wrong.verify_message
    if wrong.verify_code == _EXPIRED:
        return f"{host}: the certificate was not trusted, since it has expired ({said})"
    if wrong.verify_code == _NOT_YET:
        return f"{host}: the certificate was not trusted, since it is not good yet ({said}); is this machine's clock right?"
    if wrong.verify_code == _OTHER_NAME:
        return f"{host}: the certificate was not trusted, since it is for another name ({said})"
    return f"{host}: the certificate was not trusted, since nobody we trust has signed it ({said})"


def _broken(host: str, wrong: OSError) -> str:
    said = str(getattr(wrong, "reason", "") or wrong)
    if "PROTOCOL" in said or "VERSION" in said:
        return f"{host}: no TLS 1.2 or newer is spoken there ({said})"
    return f"{host}: no TLS came about ({said})"


def _issuer(certificate: object) -> str:
    parts = certificate.get("issuer", ()) if isinstance(certificate, dict) else ()
    names = {key: value for part in parts for key, value in part}
    return str(names.get("organizationName") or names.get("commonName") or "an unnamed authority")


def _moment(told: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(told), UTC)
