"""How a drill that kept everything went: its parts and steps, its milestones and phases."""

from switchdrill_reports.result import Evidence, Milestone, Phase, Span, StepShown, Stretch
from tests.report.facts import FAULT, S, at, lasting, moment


def milestones() -> list[Milestone]:
    worst = [
        ("M0", "fault_onset", Span(lo=FAULT, hi=FAULT + 60_000_000), "journal, samples media.site-a"),
        ("M1", "first_user_impact", at(0.4), "samples media.telecom"),
        ("M2", "detected", at(5.94, 0.0), "event log gslb"),
        ("M8", "steer_commanded", at(5.95, 0.0), "event log gslb"),
        ("M9", "steered", at(7.2), "samples names.unicom"),
        ("M10", "first_good_frame", at(7.6), "samples media.unicom"),
        ("M11", "service_restored", at(8.39, 0.15), "samples media.unicom"),
        ("M14", "failback_start", at(37.2, 0.0), "journal"),
        ("M15", "failback_user_impact_end", at(44.1), "samples media.unicom"),
        ("M16", "failback_complete", at(46.8), "samples media.unicom"),
    ]
    evidence = [Evidence(file="samples/media.unicom.bin", rows=(241, 263))]
    found = [
        Milestone(id=number, name=name, stratum="worst", at=span, source=source, evidence=evidence)
        for number, name, span, source in worst
    ]
    found.append(
        Milestone(id="M11", name="service_restored", stratum="telecom", at=at(7.9), source="samples media.telecom")
    )
    return found


def phases() -> list[Phase]:
    return [
        Phase(
            name="detect", begins="fault_onset", ends="detected", reference_ns=5_940_000_000, span=lasting(5.88, 5.94),
            target_ns=8 * S, limit_ns=12 * S, state="MET",
        ),
        Phase(
            name="steer", begins="detected", ends="steered", reference_ns=1_260_000_000, span=lasting(1.16, 1.26),
            target_ns=8 * S, limit_ns=12 * S, state="MET",
        ),
        Phase(
            name="restore", begins="steered", ends="service_restored", reference_ns=1_190_000_000,
            span=lasting(1.04, 1.29), target_ns=4 * S, limit_ns=6 * S, state="MET",
        ),
    ]  # fmt: skip


def parts() -> list[Stretch]:
    edges = [
        ("platform", -18.1, -14.2), ("load", -14.2, -8.4), ("steady", -8.4, -0.1), ("fault", -0.1, 27.6),
        ("switch", 0.2, 10.4), ("hold", 10.4, 22.4), ("heal", 26.8, 27.6), ("rejoin", 27.6, 36.9),
        ("failback", 37.2, 46.9), ("control", 46.9, 52.0),
    ]  # fmt: skip
    return [Stretch(part=part, began_ns=moment(a), ended_ns=moment(b), reached=True) for part, a, b in edges]


def steps() -> list[StepShown]:
    planned = [
        ("load", {"profile": "peak"}, 10, 5.8), ("steady", {}, 20, 8.3),
        ("break", {"fault": "SiteLoss", "site": "a"}, 2, 0.1), ("until_switched", {"to": "b"}, 30, 10.2),
        ("hold", {}, 12, 12.0), ("heal", {}, 10, 0.8), ("failback", {"to": "a"}, 30, 9.7), ("control", {}, 10, 5.1),
    ]  # fmt: skip
    return [
        StepShown(step=step, detail=detail, limit_ns=limit * S, state="done", took_ns=round(took * S))
        for step, detail, limit, took in planned
    ]
