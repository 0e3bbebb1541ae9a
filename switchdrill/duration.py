"""Durations as people write them: `50ms`, `90s`, `2m30s`, `1h`; calendar periods as ISO 8601 (`P6M`)."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

from switchdrill.clock import NS_PER_S
from switchdrill.text import _

_UNITS_NS = {"us": 1_000, "ms": 1_000_000, "s": NS_PER_S, "m": 60 * NS_PER_S, "h": 3600 * NS_PER_S}
_PART = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h)", re.ASCII)
_WHOLE = re.compile(r"(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+", re.ASCII)
_PERIOD = re.compile(r"P(?=\d)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?", re.ASCII)
MAX_NS = 366 * 24 * 3600 * NS_PER_S
"""No drill, promise or probe takes longer than a year; calendar periods are another field."""
MAX_CHARACTERS = 60


def parse_ns(text: object) -> int:
    """Nanoseconds of a duration such as `2m30s`; ValueError for a bare number, `2:30`, an unknown unit, over a year."""
    if isinstance(text, str) and len(text) <= MAX_CHARACTERS and _WHOLE.fullmatch(text):
        ns = sum(round(Decimal(amount) * _UNITS_NS[unit]) for amount, unit in _PART.findall(text))
        if ns > MAX_NS:
            raise ValueError(_("a duration of at most 366 days is expected, not {text!r}").format(text=text))
        return ns
    raise ValueError(
        _("a duration with its unit is expected, such as 50ms, 90s or 2m30s, not {text!r}").format(text=text)
    )


def _above_zero(ns: int) -> int:
    if ns <= 0:
        raise ValueError(_("a duration above zero is expected, not {text!r}").format(text=written(ns)))
    return ns


def written(ns: int) -> str:
    """The shortest exact way to write a duration: 1500000000 -> `1500ms`, 150 s -> `2m30s`."""
    if ns % NS_PER_S:
        for unit in ("ms", "us"):
            if ns % _UNITS_NS[unit] == 0:
                return f"{ns // _UNITS_NS[unit]}{unit}"
        return f"{ns / 1000:g}us"
    seconds = ns // NS_PER_S
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else "", f"{left}s" if left else ""]
    return "".join(parts) or "0s"


def _parse_period(text: object) -> str:
    if isinstance(text, str) and _PERIOD.fullmatch(text):
        return text
    raise ValueError(_("a calendar period is expected, such as P6M or P1Y, not {text!r}").format(text=text))


Duration = Annotated[int, BeforeValidator(parse_ns), PlainSerializer(written, return_type=str)]
"""A pydantic field: a string with units in the file, integer nanoseconds in the program."""

PositiveDuration = Annotated[Duration, AfterValidator(_above_zero)]
"""A `Duration` for what makes no sense in no time."""

Period = Annotated[str, BeforeValidator(_parse_period)]
"""A pydantic field: an ISO 8601 calendar period."""
