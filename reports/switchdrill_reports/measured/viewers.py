"""What the audience went through: downtime per viewer, who was touched, who was stranded."""

from collections.abc import Iterable
from dataclasses import dataclass

from switchdrill.record.viewers import Outage
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.audience import GAP_NS, alive, load_window, steady_seconds, wanted
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.last_viewer import LastBack
from switchdrill_reports.result import Said, Viewers, ViewerSecond
from switchdrill_reports.spans import span_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Downtime:
    """Of one viewer, all his outages added up."""

    lost_ns: int
    is_open: bool
    """It was longer: one of them was still on when the time that counts, or the load's telling of it, ended."""


def viewers(found: evidence.Evidence, course: Course, back: LastBack | None) -> Viewers | None:
    """None when the load left no line at all."""
    if not found.seconds and not found.outages:
        return None
    planned = _planned(found, course)
    window = load_window(found.seconds, course)
    steady = steady_seconds(found, course)
    drill = [each for each in found.seconds if window is not None and window[0] <= each.t_ns <= window[1]]
    shown = Viewers(
        planned=planned,
        alive_worst_share=alive(found.seconds, *window, planned=wanted(found.plan)).worst_share if window else None,
        late_p99_ns=max((each.late_p99_ns for each in steady), default=None),
        late_p99_drill_ns=max((each.late_p99_ns for each in drill), default=None),
        downtime_mean_ns=None,
        downtime_p50_ns=None,
        downtime_p95_ns=None,
        downtime_max_ns=None,
        touched=None,
        why_not=_why_not(found, course),
        last_back=None if back is None else span_of(back.took),
        not_back=0 if back is None else back.missing,
        stranded=None,
        series=[
            ViewerSecond(t_ns=each.t_ns, planned=each.planned, alive=each.alive, good=each.good)
            for each in found.seconds
        ],
    )
    if shown.why_not is not None:
        return shown
    hit = _downtimes(found, course)
    figures = _figures([*hit.values()], planned)
    return shown.model_copy(update={**figures, "touched": len(hit), "stranded": len(_stranded(found))})


def _why_not(found: evidence.Evidence, course: Course) -> Said | None:
    """Why nobody may count outages: where the record is broken, the load's lines after it are not vouched for."""
    bad = found.journal.first_bad_line
    if not found.has_journal:
        return Said(code="viewers.journal_missing")
    if bad is not None:
        return Said(code="viewers.journal_broken", facts={"line_count": bad})
    if course.onset_ns is None:
        return Said(code="viewers.nothing_broken")
    since_ns = _since_ns(course) or course.onset_ns
    last = max(found.seconds, key=lambda each: each.t_ns, default=None)
    is_open = any(each.next_good_ns is None for each in found.outages)
    if last is not None and last.t_ns >= course.onset_ns and last.good < last.alive and not is_open:
        return Said(code="viewers.broke_off", facts={"left_count": last.alive - last.good})
    after_ns = 0 if last is None else max(0, last.t_ns - since_ns)
    if after_ns < GAP_NS and not _since(found.outages, since_ns):  # a player has not yet missed anything by then
        return Said(code="viewers.broke_off_at_once", facts={"after_ns": after_ns})
    return None


def _figures(hit: list[Downtime], planned: int) -> dict[str, int | list[str] | None]:
    """Of everyone: who was not touched counts as zero. What an open outage enters is a lower bound."""
    ordered = sorted(each.lost_ns for each in hit)
    everyone = [0] * max(0, planned - len(ordered)) + ordered
    least_open_ns = min((each.lost_ns for each in hit if each.is_open), default=None)
    shown = {"p50": percentile(everyone, 50), "p95": percentile(everyone, 95), "max": percentile(everyone, 100)}
    bounds: list[str] = []
    if least_open_ns is not None:
        bounds = ["mean", *(name for name, ns in shown.items() if ns is not None and least_open_ns <= ns)]
    return {
        "downtime_mean_ns": round(sum(everyone) / len(everyone)) if everyone else None,
        **{f"downtime_{name}_ns": ns for name, ns in shown.items()},
        "lower_bounds": bounds,
    }


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


def _downtimes(found: evidence.Evidence, course: Course) -> dict[int, Downtime]:
    """Viewer -> time without picture between the fault that the switch answers and the end of the failback.

    An outage that is still on counts until the load's last line: later than that nobody looked.
    """
    since_ns = _since_ns(course)
    if since_ns is None:
        return {}
    until_ns = course.failback_until_ns
    told_ns = max([*(each.t_ns for each in found.seconds), *(each.t_ns for each in found.outages)], default=since_ns)
    lost: dict[int, Downtime] = {}
    for each in found.outages:
        ended_ns = min(told_ns if each.next_good_ns is None else each.next_good_ns, until_ns)
        overlap_ns = ended_ns - max(each.last_good_ns, since_ns)
        if overlap_ns > 0:
            is_open = each.next_good_ns is None or each.next_good_ns > until_ns
            before = lost.get(each.viewer, Downtime(lost_ns=0, is_open=False))
            lost[each.viewer] = Downtime(lost_ns=before.lost_ns + overlap_ns, is_open=before.is_open or is_open)
    return lost


def _since_ns(course: Course) -> int | None:
    """From when on an outage counts; where what the switch answers was not made: since anything was broken."""
    return course.onset_ns if course.switch_onset_ns is None else course.switch_onset_ns


def _since(outages: Iterable[Outage], since_ns: int) -> list[Outage]:
    """Those that were not over by then."""
    return [each for each in outages if each.next_good_ns is None or each.next_good_ns > since_ns]


def _stranded(found: evidence.Evidence) -> set[int]:
    """Viewers without picture when the load last told of them."""
    last: dict[int, Outage] = {}
    for each in found.outages:
        if each.viewer not in last or each.last_good_ns >= last[each.viewer].last_good_ns:
            last[each.viewer] = each
    return {viewer for viewer, each in last.items() if each.next_good_ns is None}
