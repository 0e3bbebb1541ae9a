"""Which sites served the viewers before something was broken, and whether they were to be touched at all."""

from collections.abc import Iterable

from switchdrill.record.plan import Plan, PlannedFault
from switchdrill_reports.measured.blocks import answered_faults
from switchdrill_reports.measured.course import Course, is_planned, planned_site, site_number
from switchdrill_reports.measured.series import Series


def lost_sites(plan: Plan) -> list[str]:
    """The sites that the faults take away (those that the switch answers); not the one to which viewers are to go."""
    to = planned_site(plan, "until_switched")
    found: list[str] = []
    for fault in answered_faults(plan):
        try:
            found.append(plan.platform.site_with_role(fault.effect.site))
        except KeyError:
            continue
    return [each for each in dict.fromkeys(found) if each != to]


def serving_sites(plan: Plan) -> list[str]:
    """The sites that viewers must be on when the fault comes: those that it takes away.

    Of a fault that takes away no site (a link, a service): any but the one to which they are to be switched.
    """
    to = planned_site(plan, "until_switched")
    if takes_sites(answered_faults(plan)):
        return lost_sites(plan)
    return [name for name, site in plan.platform.sites.items() if name != to and site.role != "witness"]


def left_site(plan: Plan) -> str:
    """The site that a detector must declare down: the first that a fault takes away, else the one that serves.

    Empty: nothing is broken.
    """
    if not plan.faults:
        return ""
    named = [fault.effect.site for fault in answered_faults(plan) if fault.effect.site]
    serving = serving_sites(plan)
    primary = [name for name in serving if plan.platform.sites[name].role == "primary"]
    return next(iter([*named, *primary, *serving]), "")


def takes_sites(faults: Iterable[PlannedFault]) -> bool:
    """Whether each of them takes away a site."""
    return all(fault.effect.site for fault in faults)


def spared_site(plan: Plan) -> str | None:
    """The site whose viewers the drill means to leave alone: it takes another one away, and waits for no switch.

    By the plan alone: the primary serves, and no fault takes it away. None: the viewers are meant to be hit.
    """
    lost = lost_sites(plan)
    serving = next((name for name, site in plan.platform.sites.items() if site.role == "primary"), None)
    is_spared = bool(lost) and len(lost) == len({fault.effect.site for fault in plan.faults}) and serving not in lost
    return serving if is_spared and not is_planned(plan, "until_switched") else None


def is_ridden_out(plan: Plan) -> bool:
    """Whether the drill means to stay broken, and is held to what the runbook says that viewers notice."""
    return is_planned(plan, "ride_out")


def served_elsewhere(plan: Plan, course: Course, series: tuple[Series, ...], *, than: list[str]) -> Series | None:
    """A probe of viewers that was served by another site `than` these in the steady time before the fault; None: none.

    Nor afterwards, until the fault that the switch answers: what was broken before it must not have moved them.
    Bad pictures are another matter: the rule of the steady time is about those.
    """
    onset_ns = course.onset_ns
    if onset_ns is None:
        return None
    until_ns = max(onset_ns, course.switch_onset_ns or onset_ns)
    numbers = {site_number(plan, each) for each in than}
    for eye in series:
        if eye.target.kind == "hls" and eye.target.operator is not None:
            before = eye.settled(onset_ns - plan.runbook.objectives.steady, until_ns)
            if any(eye.good[index] and eye.served[index] not in numbers for index in before):
                return eye
    return None
