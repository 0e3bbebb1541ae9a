"""Which questions a fault of DNS means, as its author wrote it: checked, and with an example of one."""

import re
from typing import Protocol, cast

import dns.exception
import dns.rdatatype

from switchdrill.duration import parse_ns
from switchdrill.errors import BadInput
from switchdrill.platform.model import Platform
from switchdrill.text import _
from switchdrill_faults.names.rule import ANY, Transport

_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")
_TRANSPORTS = (ANY, "udp", "tcp")
_NOBODYS = "switchdrill.test"


class Meant(Protocol):
    """The parameters that all of them have."""

    @property
    def resolver(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def transport(self) -> str: ...
    @property
    def probability(self) -> float: ...
    @property
    def seed(self) -> int: ...


def check(fault: Meant) -> None:
    """BadInput for what can't be right."""
    who = fault.__class__.__name__
    for key, value in (("resolver", fault.resolver), ("name", fault.name), ("type", fault.type)):
        if not isinstance(value, str) or not value:
            raise BadInput(
                _("{fault}: {key} must be a name or *, not {value!r}").format(fault=who, key=key, value=value)
            )
    if fault.name != ANY and not _NAME.fullmatch(fault.name):
        raise BadInput(_("{fault}: {value!r} is no name that DNS is asked for").format(fault=who, value=fault.name))
    if fault.type != ANY:
        _known_type(fault.type, who)
    if fault.transport not in _TRANSPORTS:
        raise BadInput(
            _("{fault}: transport is one of {known}, not {value!r}").format(
                fault=who, known=", ".join(_TRANSPORTS), value=fault.transport
            )
        )
    if not isinstance(fault.probability, int | float) or not 0 < fault.probability <= 1:
        raise BadInput(
            _("{fault}: a probability above 0, up to 1, is expected, not {value!r}").format(
                fault=who, value=fault.probability
            )
        )
    if not isinstance(fault.seed, int):
        raise BadInput(_("{fault}: seed must be a whole number, not {value!r}").format(fault=who, value=fault.seed))


def _known_type(text: str, who: str) -> None:
    try:
        dns.rdatatype.from_text(text)
    except (dns.exception.DNSException, ValueError) as problem:
        raise BadInput(_("{fault}: DNS knows no type {value!r}").format(fault=who, value=text)) from problem


def transport(text: str) -> Transport:
    return cast(Transport, text)


def seconds(text: str, *, key: str, fault: Meant) -> int:
    """A TTL. BadInput when it is none, or more than a day: that long others would keep what we made up."""
    try:
        ns = parse_ns(text)
    except ValueError as problem:
        raise BadInput(f"{fault.__class__.__name__}: {key}: {problem}") from problem
    whole, rest = divmod(ns, 1_000_000_000)
    if rest or whole > 86400:
        raise BadInput(
            _("{fault}: {key} is expected in whole seconds, up to a day, not {value!r}").format(
                fault=fault.__class__.__name__, key=key, value=text
            )
        )
    return whole


def milliseconds(text: str, *, key: str, fault: Meant) -> int:
    """BadInput when it is no duration, or above ten seconds: longer is silence."""
    try:
        ns = parse_ns(text)
    except ValueError as problem:
        raise BadInput(f"{fault.__class__.__name__}: {key}: {problem}") from problem
    if ns % 1_000_000 or ns > 10_000_000_000:
        raise BadInput(
            _("{fault}: {key} is expected in whole milliseconds, up to 10s, not {value!r}").format(
                fault=fault.__class__.__name__, key=key, value=text
            )
        )
    return ns // 1_000_000


def names_of(name: str, platform: Platform) -> list[str]:
    """The names of the platform's entries that `name` means: what viewers ask for."""
    entries = dict.fromkeys(entry.name.rstrip(".") for entry in platform.entries.values())
    own = name.rstrip(".").lower()
    return [
        each
        for each in entries
        if _NAME.fullmatch(each) and not each.replace(".", "").isdecimal()
        if name == ANY or each.lower() == own or each.lower().endswith(f".{own}")
    ]


def example(name: str, platform: Platform) -> str:
    """A name that is one of those: an entry's, which exists, if there is one."""
    return next(iter(names_of(name, platform)), _NOBODYS if name == ANY else name)
