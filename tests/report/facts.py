"""What results made by hand are told in: instants, durations, and sentences with their numbers."""

from switchdrill_reports.result import Said, Span

S = 1_000_000_000
BEGAN = 5_000 * S
FAULT = BEGAN + 18 * S + 123_456_789
ENDED = BEGAN + 76 * S + 400_000_000


def at(seconds: float, width: float = 0.1) -> Span:
    """An instant that is `seconds` after the fault, known to `width`."""
    late = FAULT + round(seconds * S)
    return Span(lo=late - round(width * S), hi=late)


def lasting(low: float, high: float | None) -> Span:
    return Span(lo=round(low * S), hi=None if high is None else round(high * S))


def moment(seconds: float) -> int:
    return FAULT + round(seconds * S)


def said(code: str, **facts: str | float | None) -> Said:
    return Said(code=code, facts=facts)


def recovered(code: str, low: float, high: float, **facts: str | float) -> Said:
    """A sentence with a measured interval and a promise."""
    interval = {"measured_lo_ns": round(low * S), "measured_hi_ns": round(high * S)}
    return Said(code=code, facts={"promised_ns": 20 * S, **interval, **facts})
