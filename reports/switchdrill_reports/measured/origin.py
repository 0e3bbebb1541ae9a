"""Which sites served the viewers before something was broken."""

from switchdrill.record.plan import Plan
from switchdrill_reports.measured.course import Course, planned_site, site_number
from switchdrill_reports.measured.series import Series


def lost_sites(plan: Plan) -> list[str]:
    """The sites that the faults take away; not the one to which viewers are to be switched."""
    to = planned_site(plan, "until_switched")
    found: list[str] = []
    for fault in plan.faults:
        try:
            found.append(plan.platform.site_with_role(fault.effect.site))
        except KeyError:
            continue
    return [each for each in dict.fromkeys(found) if each != to]


def served_elsewhere(plan: Plan, course: Course, series: tuple[Series, ...]) -> Series | None:
    """A probe of viewers that another site served in the steady time before the fault; None: there is none.

    Bad pictures are another matter: the rule of the steady time is about those.
    """
    onset_ns = course.onset_ns
    if onset_ns is None:
        return None
    numbers = {site_number(plan, each) for each in lost_sites(plan)}
    for eye in series:
        if eye.target.kind == "hls" and eye.target.operator is not None:
            before = eye.settled(onset_ns - plan.runbook.objectives.steady, onset_ns)
            if any(eye.good[index] and eye.served[index] not in numbers for index in before):
                return eye
    return None
