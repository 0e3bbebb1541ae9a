"""Addresses in a platform's file: always numeric, so that a drill never depends on somebody's resolver."""

import ipaddress
from typing import Annotated

from pydantic import AfterValidator

from switchdrill.text import _


def _address(text: str) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        text = ""
    if not text.isprintable() or not text:  # a scope, `fe80::1%...`, may be anything
        raise ValueError(_("a numeric address is expected, such as 127.0.0.1"))
    return text


def _endpoint(text: str) -> str:
    host, separator, port = text.rpartition(":")
    is_number = port.isascii() and port.isdecimal() and len(port) <= 5
    if not separator or not is_number or not 0 < int(port) < 65536:
        raise ValueError(_("ADDRESS:PORT is expected, not {text!r}").format(text=text[:100]))
    _address(host)
    return text


NET_MARK = "${net}"
"""Stands in a platform's file until `switchdrill up`, or a drill, has given it a range of addresses of its own."""
Address = Annotated[str, AfterValidator(_address)]
Endpoint = Annotated[str, AfterValidator(_endpoint)]
"""`ADDRESS:PORT`, the address numeric: a drill never depends on somebody's resolver to find what it breaks."""


def split_endpoint(endpoint: str) -> tuple[str, int]:
    host, _separator, port = endpoint.rpartition(":")
    return host, int(port)
