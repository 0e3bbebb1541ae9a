"""The certificate that a client is shown: one TLS handshake, nothing verified, the end of its validity read."""

import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime

from switchdrill.platform.address import split_endpoint

_WITHIN_S = 2.0
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_VERSION, _UTC_TIME = 0xA0, 0x17


def shown(at: str, name: str) -> bytes:
    """DER. OSError when there is no handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # an expired one is to be seen, too
    with (
        socket.create_connection(split_endpoint(at), timeout=_WITHIN_S) as plain,
        context.wrap_socket(plain, server_hostname=name or None) as secure,
    ):
        return secure.getpeercert(binary_form=True) or b""


def first_of(pem: bytes) -> bytes:
    """DER of the first certificate in a file; empty when there is none."""
    found = _PEM.search(pem)
    return ssl.PEM_cert_to_DER_cert(found[0].decode("ascii")) if found else b""


def ends(der: bytes) -> datetime:
    """Until when it is valid. ValueError when this is no certificate."""
    try:
        whole = next(_parts(der))[1]
        parts = list(_parts(next(_parts(whole))[1]))
        validity = parts[4 if parts[0][0] == _VERSION else 3]  # version?, serial, algorithm, issuer, validity
        _begins, (kind, text) = _parts(validity[1])
    except (StopIteration, IndexError) as problem:
        raise ValueError("no certificate") from problem
    year = "%y" if kind == _UTC_TIME else "%Y"
    return datetime.strptime(text.decode("ascii"), f"{year}%m%d%H%M%SZ").replace(tzinfo=UTC)


def _parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element, one after the other (X.690, definite lengths)."""
    at = 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(der[at : at + count], "big"), at + count
        yield tag, der[at : at + length]
        at += length
