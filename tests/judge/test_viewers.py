"""Downtime per viewer: weighted, clipped, censored, never dropped."""

from dataclasses import replace

from switchdrill.record.folder import RunFolder
from switchdrill.record.viewers import Outage, Second
from switchdrill_reports.measured.audience import alive
from switchdrill_reports.measured.course import course_of
from switchdrill_reports.measured.evidence import Evidence, nothing_read, read_evidence
from switchdrill_reports.measured.viewers import percentile, viewers
from tests.judge.story import FAULT, S, Story, at
from tests.judge.synthetic import tell


def line(t: float, planned: int = 4, here: int = 4) -> Second:
    return Second(t_ns=at(t), planned=planned, alive=here, good=here, late_p99_ns=1)


def outage(viewer: int, last: float, following: float | None) -> Outage:
    return Outage(
        t_ns=at(0), viewer=viewer, operator="telecom", last_good_ns=at(last),
        next_good_ns=None if following is None else at(following),
    )  # fmt: skip


def heard(tmp_path, *outages: Outage) -> tuple[Evidence, int]:
    """Evidence with an ordinary journal, and when the failback ended."""
    folder = tell(Story(every_ms=500), tmp_path / "run")
    found = read_evidence(folder)
    seconds = tuple(line(t) for t in range(-9, 40))
    return replace(found, seconds=seconds, outages=outages), course_of(found.journal.entries).failback_until_ns


def test_downtime_is_spread_over_all_viewers_not_only_those_that_were_hit(tmp_path) -> None:
    found, _until_ns = heard(tmp_path, outage(0, 1, 9), outage(1, 2, 6))
    shown = viewers(found, course_of(found.journal.entries), None)

    assert shown is not None
    assert (shown.planned, shown.touched, shown.stranded) == (4, 2, 0)
    assert shown.downtime_mean_ns == (8 + 4) * S // 4
    assert (shown.downtime_p50_ns, shown.downtime_p95_ns, shown.downtime_max_ns) == (0, 8 * S, 8 * S)


def test_only_the_time_from_the_fault_to_the_end_of_the_failback_counts(tmp_path) -> None:
    found, until_ns = heard(tmp_path, outage(0, -5, -2), outage(1, -2, 3), outage(2, 1, 500))
    shown = viewers(found, course_of(found.journal.entries), None)

    assert shown is not None
    assert shown.touched == 2
    assert shown.downtime_max_ns == until_ns - at(1)
    assert (shown.downtime_mean_ns or 0) * 4 == 3 * S + until_ns - at(1)


def test_a_viewer_that_never_came_back_counts_to_the_end_and_is_stranded(tmp_path) -> None:
    found, until_ns = heard(tmp_path, outage(0, 1, 2), outage(0, 3, None))
    shown = viewers(found, course_of(found.journal.entries), None)

    assert shown is not None
    assert (shown.touched, shown.stranded) == (1, 1)
    assert shown.downtime_max_ns == 1 * S + until_ns - at(3)


def test_no_line_is_not_measured(tmp_path) -> None:
    assert viewers(nothing_read(RunFolder(tmp_path)), course_of([]), None) is None


def test_a_gap_is_as_long_as_nobody_knew() -> None:
    seen = alive((line(0), line(1), line(5), line(6)), FAULT, at(6.5))

    assert (seen.worst_share, seen.longest_gap_ns) == (1.0, 4 * S)


def test_the_gap_at_the_end_counts() -> None:
    assert alive((line(0), line(1)), FAULT, at(9)).longest_gap_ns == 8 * S


def test_percentiles_are_values_that_somebody_had() -> None:
    assert [percentile([1, 2, 3, 4], share) for share in (0, 25, 50, 95, 100)] == [1, 1, 2, 4, 4]
    assert percentile([], 50) is None
