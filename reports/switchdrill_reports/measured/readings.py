"""Which readings of a ledger there must be, and which of those that there are count.

The standby's at the end of each hold after a switch (`hold`, of a second one `hold-2`; before anything was healed), and
the serving site's at the end (`end`). Another site's at the end counts, too, when the class is synchronous and the
healed site was in step again.
"""

from collections.abc import Iterator

from switchdrill.record.plan import Plan
from switchdrill.runbook.model import DataClass
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.course import SWITCHES, Course, is_planned, planned_site
from switchdrill_reports.measured.read_back import LedgerReading

END = "end"


def readings_that_count(
    found: evidence.Evidence, course: Course, promise: DataClass, *, serving: str
) -> list[LedgerReading]:
    """Those of its ledger in which everything that was acknowledged before must be."""
    rejoin = course.part("rejoin")
    all_in_step = promise.mode == "synchronous" and rejoin is not None and rejoin.reached
    return [
        each for each in readings_of(found, promise.ledger) if each.when != END or each.site == serving or all_in_step
    ]


def readings_of(found: evidence.Evidence, ledger: str | None) -> list[LedgerReading]:
    return [each for each in found.readings if ledger is not None and each.ledger == ledger]


def missing_readings(plan: Plan, readings: list[LedgerReading], serving: str) -> Iterator[str]:
    """Readings without which a loss could hide."""
    there = {(each.when, each.site) for each in readings}
    wanted = _held(plan)
    if is_planned(plan, "control"):
        wanted.append((END, serving))
    yield from (f"{when}, site {site}" for when, site in wanted if (when, site) not in there)


def _held(plan: Plan) -> list[tuple[str, str]]:
    """The reading of each hold after a switch, and the site that was holding: where the viewers were switched to last.

    A hold before any switch is not on a standby: no ledger is read at its end, and it has no number.
    """
    found: list[tuple[str, str]] = []
    serving: str | None = None
    for step in plan.steps:
        if step.step in SWITCHES and "to" in step.detail:
            serving = step.detail["to"]
        if step.step == "hold" and serving is not None:
            found.append((f"hold-{len(found) + 1}" if found else "hold", serving))
    return found


def is_past(course: Course, when: str) -> bool:
    name, _dash, number = when.partition("-")
    parts = [each for each in course.parts if each.part == "control"] if name == END else course.holds_read
    wanted = int(number) if number.isdecimal() else 1
    return len(parts) >= wanted and parts[wanted - 1].reached


def serving_at_the_end(found: evidence.Evidence, plan: Plan) -> str:
    """The site of the last good picture that any operator's viewers got."""
    names = list(plan.platform.sites)
    last = (-1, "")
    for each in found.series:
        if each.target.kind == "hls" and each.target.operator is not None:
            end = max(each.served.rfind(bytes([number])) for number in range(1, len(names) + 1))
            if end >= 0 and each.served[end] <= len(names):
                last = max(last, (each.planned_ns[end], names[each.served[end] - 1]))
    fallback = planned_site(plan, "failback") or planned_site(plan, "until_switched")
    return last[1] or fallback or next(iter(names))
