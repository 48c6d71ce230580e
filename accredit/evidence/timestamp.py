"""The doorman of rfc3161-client: what is asked of a time stamp authority, and what its answer proves. Sends nothing by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from rfc3161_client import (  # fmt: skip
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from accredit.evidence.der import with_certificates_in_order
from accredit.model.errors import BundleRefused, CannotJudge, UsageError
from accredit.model.keys import Certificate, certificate_from, certificates_in, owner

STAMP = "manifest.tsr"
MOST_BYTES = 1024**2


@dataclass(frozen=True, slots=True)
class Authority:
    """Who is asked for time stamps. `ask` sends a request to `url` and gives the answer, or raises CannotJudge."""

    url: str
    ask: Callable[[str, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a time stamp says. `by` is the name in the certificate that signed it; whether to trust it is another question."""

    by: str
    at: datetime

    def __str__(self) -> str:
        """`Example TSA, at 2026-11-21T13:30:00+00:00`."""
        return f"{self.by}, at {self.at.isoformat()}"


def stamped(data: bytes, authority: Authority) -> bytes:
    """The authority's answer, in DER, its certificates put in order: a time stamp over the SHA-256 of `data`.

    Raises:
        CannotJudge: it could not be reached, refused, or answered about something else.
    """
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = with_certificates_in_order(authority.ask(authority.url, request.as_bytes()))
    try:
        response = _response(answer, data)
        if response.tst_info.nonce != request.nonce:
            raise ValueError("it stamps another request")
    except (ValueError, BundleRefused) as wrong:
        raise CannotJudge(f"{authority.url} gave no time stamp: {wrong}; try another authority.") from None
    return answer


def told(answer: bytes, data: bytes) -> Stamp:
    """What a time stamp says of `data`, whoever made it.

    Raises:
        BundleRefused: it is none, or is over something else.
    """
    try:
        response = _response(answer, data)
        signer = _signer(response)
    except ValueError as wrong:
        raise BundleRefused(
            f"{STAMP} is no time stamp over this bundle ({str(wrong)[:100]}); it was altered."
        ) from None
    return Stamp(owner(signer) if signer else "nobody named", response.tst_info.gen_time.astimezone(UTC))


def proven(answer: bytes, data: bytes, trusted: bytes) -> Stamp:
    """The same, once it is proven that an authority whose root certificate is among `trusted` (PEM) made it.

    Raises:
        BundleRefused: none of them did.
        UsageError: there is no certificate in `trusted`.
    """
    try:
        roots = certificates_in(trusted)
    except ValueError:
        raise UsageError(
            "--tsa-cert holds no certificate in PEM; ask the authority for its root certificate."
        ) from None
    found, response = told(answer, data), decode_timestamp_response(answer)
    builder = VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    for between in (certificate_from(der) for der in response.signed_data.certificates):
        if between not in roots and between != _signer(response):
            builder = builder.add_intermediate_certificate(between)
    try:
        builder.build().verify(response, sha256(data).digest())
    except (VerificationError, ValueError) as wrong:
        raise BundleRefused(f"stamped by {found}, and that is not proven: {str(wrong)[:200]}") from None
    return found


def _response(answer: bytes, data: bytes) -> TimeStampResponse:
    """The answer, granted and over `data`; ValueError says what it is instead."""
    response = _decoded(answer)
    if response.status not in (0, 1):
        raise ValueError(f"refused, {'; '.join(response.status_string) or f'status {response.status}'}")
    if response.tst_info.message_imprint.message != sha256(data).digest():
        raise ValueError("it is over something else")
    if response.as_bytes() != answer:
        raise ValueError("bytes stand around it")
    return response


def _decoded(answer: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(answer)
    except ValueError as wrong:
        raise ValueError(
            f"its answer cannot be read ({wrong}): either it is no RFC 3161 authority, or it does not keep to DER"
        ) from None


def _signer(response: TimeStampResponse) -> Certificate | None:
    told = {(signer.issuer, signer.serial_number) for signer in response.signed_data.signer_infos}
    carried = map(certificate_from, response.signed_data.certificates)
    return next((c for c in carried if (c.issuer, c.serial_number) in told), None)
