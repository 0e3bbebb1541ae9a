"""Figures: no more digits than were measured, and what is printed still holds the truth."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchdrill.clock import Anchor
from switchdrill_reports.result import Span
from switchdrill_reports.shown import figures

MS = 1_000_000
S = 1_000_000_000


@pytest.mark.parametrize(
    ("lo", "hi", "english", "chinese"),
    [
        (8_240 * MS, 8_310 * MS, "8.2–8.4 s", "8.2–8.4 秒"),
        (8_210 * MS, 8_290 * MS, "8.2–8.3 s", "8.2–8.3 秒"),
        (8_000 * MS, 8_000 * MS, "8.0 s", "8.0 秒"),
        (8_260 * MS, 8_260 * MS, "8.3 s", "8.3 秒"),
        (0, 0, "0 s", "0 秒"),
        (12_300_000, 45 * MS, "12–45 ms", "12–45 毫秒"),
        (50 * MS, 130 * MS, "0.0–0.2 s", "0.0–0.2 秒"),
        (599 * S, 600 * S + 1, "9 min 59 s–10 min 01 s", "9 分 59 秒–10 分 01 秒"),
        (3600 * S, 3660 * S, "1 h 00 min–1 h 01 min", "1 小时 00 分–1 小时 01 分"),
        (3600 * S, 3661 * S, "1 h 00 min–1 h 02 min", "1 小时 00 分–1 小时 02 分"),
    ],
)
def test_an_interval_is_rounded_outwards(lo: int, hi: int, english: str, chinese: str) -> None:
    assert english == figures.span(Span(lo=lo, hi=hi), "en")
    assert chinese == figures.span(Span(lo=lo, hi=hi), "zh")


@given(st.integers(0, 590 * S), st.integers(1, 5 * S))
def test_the_printed_interval_holds_the_measured_one(lo: int, width: int) -> None:
    shown = figures.interval(lo, lo + width, "en")
    amount, unit = shown.split(" ")
    low, _dash, high = amount.partition("–")
    scale = {"s": S, "ms": MS}[unit]

    assert round(float(low) * scale) <= lo
    assert lo + width <= round(float(high or low) * scale)


def test_what_was_not_recovered_or_not_measured_says_so() -> None:
    assert "> 30 s (not over by then)" == figures.span(Span(lo=30 * S, hi=None), "en")
    assert "> 31.2 s (not over by then)" == figures.span(Span(lo=31_270 * MS, hi=None), "en")
    assert "> 30 秒（到那时仍未结束）" == figures.span(Span(lo=30 * S, hi=None), "zh")
    assert "> 30 s" == figures.brief_span(Span(lo=30 * S, hi=None), "en")
    assert "not measured" == figures.span(None, "en")
    assert "未测得" == figures.count(None, "zh")
    assert "not measured" == figures.share(None, "en")
    assert "not measured" == figures.maybe_duration(None, "en")


@pytest.mark.parametrize(
    ("ns", "english"),
    [
        (20 * S, "20 s"), (1_500 * MS, "1.5 s"), (100 * MS, "100 ms"), (0, "0 s"), (90 * S, "90 s"),
        (750 * S, "12 min 30 s"),
    ],
)  # fmt: skip
def test_a_promise_is_written_as_it_was_made(ns: int, english: str) -> None:
    assert english == figures.exact(ns, "en")


@pytest.mark.parametrize(
    ("lo", "hi", "english"),
    [
        (5_940, 5_940, "+5.9 s"), (5_880, 5_960, "+5.8–6.0 s"), (-60, 40, "−0.1 to +0.1 s"), (0, 60, "0.0–0.1 s"),
        (-18_000, -18_000, "−18.0 s"), (31_270, None, "later than +31.2 s"),
    ],
)  # fmt: skip
def test_an_instant_is_told_from_t0(lo: int, hi: int | None, english: str) -> None:
    zero = 7_000 * S
    at = Span(lo=zero + lo * MS, hi=None if hi is None else zero + hi * MS)

    assert english == figures.instant(at, zero, "en")


def test_a_share_is_never_rounded_up_to_a_whole() -> None:
    assert "99.9%" == figures.share(0.99996, "en")
    assert "100%" == figures.share(1.0, "en")
    assert "97.5%" == figures.share(0.975, "zh")


def test_a_date_names_its_zone() -> None:
    anchor = Anchor(mono_ns=5 * S, wall="2026-11-21T03:12:05.250000+00:00", boot_id="x")

    assert "2026-11-21 03:12:15 UTC" == figures.date(15 * S, anchor)


@pytest.mark.parametrize(
    ("measured", "bound", "shown"),
    [
        (104 * MS, 100 * MS, ("104 ms", "100 ms")),
        (100 * MS + 1, 100 * MS, ("100.000001 ms", "100 ms")),
        (99_900_000, 100 * MS, ("100 ms", "100 ms")),
        (1_204 * MS, 100 * MS, ("1.2 s", "0.1 s")),
        (20_040 * MS, 20 * S, ("20.04 s", "20 s")),
        (600_400 * MS, 600 * S, ("10 min 00.4 s", "10 min 00 s")),
        (3_600_400 * MS, 3600 * S, ("1 h 00 min 00.4 s", "1 h 00 min")),
    ],
)
def test_figures_that_are_compared_have_one_unit_and_show_the_comparison(
    measured: int, bound: int, shown: tuple[str, str]
) -> None:
    assert shown == (figures.duration(measured, "en", [bound]), figures.exact(bound, "en", [measured]))


@given(st.integers(1, 700 * S), st.integers(1, 5 * S), st.integers(1, 700 * S))
def test_whoever_compares_what_is_printed_comes_to_the_judges_result(lo: int, width: int, bound: int) -> None:
    shown = figures.interval(lo, lo + width, "en", [bound])
    low, high = seconds(shown)

    assert (lo > bound) == (low * S > bound)
    assert (lo + width > bound) == (high * S > bound)


def seconds(shown: str) -> tuple[Fraction, Fraction]:
    """What a reader reads, exactly."""
    first, _dash, last = shown.partition("–")
    unit = shown.rpartition(" ")[2]
    ends = [first if first.endswith(unit) else f"{first} {unit}", last or first]
    low, high = (_read(end) for end in ends)
    return low, high


def _read(words: str) -> Fraction:
    scale = {"h": 3600, "min": 60, "s": 1, "ms": Fraction(1, 1000)}
    parts = words.split(" ")
    return sum(
        (Fraction(amount) * scale[unit] for amount, unit in zip(parts[::2], parts[1::2], strict=True)), Fraction()
    )


def test_a_share_that_misses_its_bound_never_looks_as_if_it_kept_it() -> None:
    assert ("94.9%", "95%") == (figures.share(0.94996, "en", [0.95]), figures.exact_share(0.95, "en"))
    assert ("95%", "95.05%") == (figures.share(0.9504, "en", [0.9505]), figures.exact_share(0.9505, "en"))
    assert "95.05%" == figures.share(0.9505, "en", [0.9505])
