"""Durations and sizes of a fault, as people write them: `50ms`, `64B`, `2MB`."""

import re
from decimal import Decimal

from switchdrill.clock import NS_PER_MS, NS_PER_S
from switchdrill.duration import parse_ns
from switchdrill.errors import BadInput
from switchdrill.text import _

LONGEST_MS = 3_600_000
_LONGEST_WAIT_NS = 60 * NS_PER_S
_LEAST_WAIT_US = 10
_SIZES = {"B": 1, "kB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(B|kB|MB|GB)", re.ASCII)
_LARGEST_BYTES = 1_000_000_000_000
_SHARE = re.compile(r"(\d{1,2})%", re.ASCII)


def milliseconds(text: str, *, where: str, least: int = 1) -> int:
    """BadInput for what is no duration, no whole milliseconds, below `least` or above an hour."""
    try:
        ns = parse_ns(text)
    except ValueError as problem:
        raise BadInput(str(problem), where=where) from problem
    if ns % NS_PER_MS or not least * NS_PER_MS <= ns <= LONGEST_MS * NS_PER_MS:
        raise BadInput(
            _("whole milliseconds from {least} ms to an hour are expected, not {text}").format(least=least, text=text),
            where=where,
        )
    return ns // NS_PER_MS


def wait_ns(text: str, *, where: str, least_us: int = _LEAST_WAIT_US) -> int:
    """How long packets are held back. BadInput for what is no duration, or not from `least_us` to a minute."""
    try:
        ns = parse_ns(text)
    except ValueError as problem:
        raise BadInput(str(problem), where=where) from problem
    if not least_us * 1000 <= ns <= _LONGEST_WAIT_NS:
        raise BadInput(
            _("from {least} us to a minute is expected, not {text}").format(least=least_us, text=text), where=where
        )
    return ns


def size_bytes(text: str, *, where: str) -> int:
    """BadInput for a bare number, an unknown unit, and nothing at all."""
    found = _SIZE.fullmatch(text) if isinstance(text, str) else None
    size = Decimal(found[1]) * _SIZES[found[2]] if found else Decimal(0)
    if size % 1 or not 1 <= size <= _LARGEST_BYTES:
        raise BadInput(
            _("a size with its unit is expected, such as 64B, 100kB or 2MB, not {text!r}").format(text=text),
            where=where,
        )
    return int(size)


def share(text: str, *, where: str) -> float:
    """Of 1; BadInput for anything but 1% to 99%."""
    found = _SHARE.fullmatch(text) if isinstance(text, str) else None
    if found is None or int(found[1]) == 0:
        raise BadInput(_("a share from 1% to 99% is expected, not {text!r}").format(text=text), where=where)
    return int(found[1]) / 100
