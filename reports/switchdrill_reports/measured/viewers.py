"""What the audience went through: downtime per viewer, who was touched, who was stranded."""

from switchdrill.record.viewers import Outage
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.audience import alive, load_window, steady_seconds, wanted
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.last_viewer import LastBack
from switchdrill_reports.result import Viewers, ViewerSecond
from switchdrill_reports.spans import span_of


def viewers(found: evidence.Evidence, course: Course, back: LastBack | None) -> Viewers | None:
    """None when the load left no line at all."""
    if not found.seconds and not found.outages:
        return None
    planned = _planned(found, course)
    downtimes = sorted(_downtimes(found, course).values())
    everyone = [0] * max(0, planned - len(downtimes)) + downtimes
    window = load_window(found.seconds, course)
    steady = steady_seconds(found, course)
    return Viewers(
        planned=planned,
        alive_worst_share=alive(found.seconds, *window, planned=wanted(found.plan)).worst_share if window else None,
        late_p99_ns=max((each.late_p99_ns for each in steady), default=None),
        downtime_mean_ns=round(sum(everyone) / len(everyone)) if everyone else None,
        downtime_p50_ns=percentile(everyone, 50),
        downtime_p95_ns=percentile(everyone, 95),
        downtime_max_ns=everyone[-1] if everyone else None,
        touched=len(downtimes),
        last_back=None if back is None else span_of(back.took),
        not_back=0 if back is None else back.missing,
        stranded=len(_stranded(found, course)),
        series=[
            ViewerSecond(t_ns=each.t_ns, planned=each.planned, alive=each.alive, good=each.good)
            for each in found.seconds
        ],
    )


def percentile(ordered: list[int], share: int) -> int | None:
    """Nearest rank: a value that somebody really had."""
    if not ordered:
        return None
    return ordered[max(0, -(-share * len(ordered) // 100) - 1)]


def _planned(found: evidence.Evidence, course: Course) -> int:
    """The audience when the fault began; without a fault, the largest that was planned."""
    onset_ns = course.onset_ns
    before = [each.planned for each in found.seconds if onset_ns is None or each.t_ns <= onset_ns]
    return max(before, default=max((each.planned for each in found.seconds), default=0))


def _downtimes(found: evidence.Evidence, course: Course) -> dict[int, int]:
    """Viewer -> time without picture between the fault and the end of the failback; a censored one counts to there."""
    since_ns = course.onset_ns
    if since_ns is None:
        return {}
    until_ns = course.failback_until_ns
    lost: dict[int, int] = {}
    for each in found.outages:
        ended_ns = until_ns if each.next_good_ns is None else min(each.next_good_ns, until_ns)
        overlap_ns = ended_ns - max(each.last_good_ns, since_ns)
        if overlap_ns > 0:
            lost[each.viewer] = lost.get(each.viewer, 0) + overlap_ns
    return lost


def _stranded(found: evidence.Evidence, course: Course) -> set[int]:
    """Viewers without picture when observation ended."""
    last: dict[int, Outage] = {}
    for each in found.outages:
        if each.viewer not in last or each.last_good_ns >= last[each.viewer].last_good_ns:
            last[each.viewer] = each
    return {viewer for viewer, each in last.items() if each.next_good_ns is None and course.onset_ns is not None}
