"""Results made by hand, one for each way a drill can end."""

from switchdrill_reports.result import (
    Check,
    DataLoss,
    Evidence,
    FaultShown,
    Finding,
    HealShown,
    Milestone,
    Phase,
    ProbeShown,
    Result,
    Said,
    Span,
    StepShown,
    Stratum,
    Stretch,
    Viewers,
    ViewerSecond,
    Window,
)

S = 1_000_000_000
BEGAN = 5_000 * S
FAULT = BEGAN + 18 * S + 123_456_789
DRILL = "drills/test_site_loss.py::test_viewers_move_to_the_standby_when_the_primary_site_is_lost[stall]"
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


def passed() -> Result:
    """Everything was kept."""
    return Result(
        schema="switchdrill.run/v1",
        run="20261121-031205-site-loss",
        drill=DRILL,
        title="机房水灾: the primary site goes dark at peak.",
        kind="simulation",
        covers=[1, 7, 60, 67],
        platform="embedded",
        production=False,
        runbook="two-site-fast 1.0",
        verdict="PASS",
        reasons=[said("reason.kept", kept_count=5)],
        headline=said("headline.pass"),
        back=_back(8.24, 8.39),
        measured=Span(lo=8_240_000_000, hi=8_390_000_000),
        promised_ns=20 * S,
        limit_ns=30 * S,
        anchor_mono_ns=BEGAN,
        anchor_wall="2026-11-21T03:12:05.250000+00:00",
        boot_id="7b0f63a6-8e65-4c3e-9a25-3f1f0a9f9d11",
        host="drill-host",
        operator="liwei",
        began_ns=BEGAN,
        ended_ns=ENDED,
        milestones=_milestones(),
        phases=_phases(),
        findings=_findings(),
        strata=_strata(),
        data=[
            DataLoss(
                name="gifts",
                title="Gifts (礼物)",
                acknowledged=548,
                failed=3,
                unknown=41,
                lost=0,
                duplicated=0,
                unknown_present=12,
                observed=Span(lo=0, hi=0),
                read_at=["ledgers/gifts.b.after.json", "ledgers/gifts.a.end.json"],
            )
        ],
        viewers=_viewers(),
        validity=[
            Check(
                name="coverage",
                ok=True,
                said=said("check.coverage.ok", worst_share=0.9986, target="media.telecom", promised_share=0.95),
            ),
            Check(name="alive", ok=True, said=said("check.alive.ok", worst_share=1.0, promised_share=0.95)),
        ],
        probes=[
            ProbeShown(
                target="media.telecom", kind="hls", every_ns=100_000_000, timeout_ns=S, planned=710, answered=709
            ),
            ProbeShown(
                target="gifts.telecom", kind="ledger", every_ns=100_000_000, timeout_ns=S, planned=710, answered=710
            ),
        ],
        faults=[
            FaultShown(
                kind="site-loss",
                parameters={"site": "primary", "shape": "stall"},
                name="Site loss",
                looks_like="the site connects and is silent (stall), or refuses at once (fast_fail)",
                pattern="stripes",
                onset=Span(lo=FAULT, hi=FAULT + 60_000_000),
                healed=at(27.6, 0.8),
                effect_proven=True,
                said=said("fault.seen", target="media.site-a", seen_ns=60_000_000),
            )
        ],
        healing=[
            HealShown(
                undo="site-loss-1",
                says="kill and restart the Toxiproxy of site a",
                ok=True,
                by="runner",
                why="done",
                took_ns=820_000_000,
                said="restarted with 7 proxies",
            )
        ],
        all_healed=True,
        parts=_parts(),
        steps=_steps(),
        deviations=[],
        carrier="cache: toxiproxy-server 2.12.0, sha256 4c1f…",
        plan_sha256="5f" * 32,
        plan_sha256_recorded="5f" * 32,
        runbook_sha256="a7" * 32,
        journal_entries=131,
        journal_first_bad_line=None,
        tool_version="0.1.0",
        tool_commit="490a3c9",
        python="3.11.7",
        machine={"kernel": "Linux 6.1.0", "cpus": "2", "memory": "7.7 GiB"},
        again=f"switchdrill run '{DRILL}'",
        not_shown=[
            said("not_shown.one_observation"),
        ],
    )


def _back(low: float, high: float) -> list[Said]:
    last = {"last_lo_ns": round((high + 2.7) * S), "last_hi_ns": round((high + 2.8) * S)}
    return [
        said("back.operators", measured_lo_ns=round(low * S), measured_hi_ns=round(high * S)),
        said("back.last_viewer", planned_count=300, **last),
        said("back.promised", promised_ns=20 * S, limit_ns=30 * S),
    ]


def _milestones() -> list[Milestone]:
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


def _phases() -> list[Phase]:
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


def _findings() -> list[Finding]:
    evidence = [Evidence(file="samples/media.unicom.bin", rows=(241, 263)), Evidence(file="run.jsonl", rows=(41, 41))]
    return [
        Finding(
            id="recovery", critical=True, state="MET", measured=Span(lo=8_240_000_000, hi=8_390_000_000),
            target_ns=20 * S, limit_ns=30 * S, said=recovered("recovery.met", 8.24, 8.39, operator="unicom"),
            evidence=evidence,
        ),
        Finding(
            id="phase.detect", critical=False, state="MET", measured=lasting(5.88, 5.94), target_ns=8 * S,
            limit_ns=12 * S, said=recovered("phase.detect.met", 5.88, 5.94, promised_ns=8 * S),
        ),
        Finding(
            id="data.gifts.lost", critical=True, state="MET", count=0, allowed=0,
            evidence=evidence,
            said=said("data.lost.met", title="Gifts (礼物)", acknowledged_count=548, lost_count=0, allowed_count=0),
        ),
        Finding(
            id="failback", critical=True, state="MET", measured=lasting(9.5, 9.6), target_ns=20 * S, limit_ns=30 * S,
            said=recovered("failback.met", 9.5, 9.6, operator="unicom", site="a"),
        ),
        Finding(id="healed", critical=True, state="MET", said=said("healed.met", healed_count=1, undos_count=1)),
    ]  # fmt: skip


def _strata() -> list[Stratum]:
    return [
        Stratum(
            operator="telecom", title="中国电信", share=0.6, outages=[lasting(7.4, 7.6)], recovery=lasting(7.8, 7.9),
            served_by=[(moment(-17), "a"), (moment(0.4), ""), (moment(6.4), "b"), (moment(40.1), "a")],
            outage_windows=[Window(began=at(0.4), ended=at(7.9))],
        ),
        Stratum(
            operator="unicom", title="中国联通", share=0.4, outages=[lasting(7.0, 7.3), lasting(0.4, 0.6)],
            recovery=lasting(8.24, 8.39),
            served_by=[(moment(-17), "a"), (moment(0.4), ""), (moment(7.2), "b"), (moment(43.2), "a")],
            outage_windows=[Window(began=at(0.4), ended=at(7.6)), Window(began=at(7.9), ended=at(8.39, 0.15))],
        ),
    ]  # fmt: skip


def _viewers() -> Viewers:
    series: list[ViewerSecond] = []
    for second in range(71):
        after = second - 13.1
        planned = min(300, (second + 1) * 60)
        if after < 0.5:
            good = max(0, planned - 40) if second < 6 else planned
        elif after < 8.5:
            good = max(18, 300 - int(after * 70)) if after < 5 else min(300, int((after - 4) * 90))
        else:
            good = 296 if 41 < after < 44 else 300
        series.append(ViewerSecond(t_ns=moment(after), planned=planned, alive=min(planned, 300), good=good))
    return Viewers(
        planned=300, alive_worst_share=1.0, late_p99_ns=11_800_000, downtime_mean_ns=7_310_000_000,
        downtime_p50_ns=7_200_000_000, downtime_p95_ns=8_600_000_000, downtime_max_ns=9_100_000_000, touched=297,
        last_back=lasting(11.09, 11.19), stranded=0, series=series,
    )  # fmt: skip


def _parts() -> list[Stretch]:
    edges = [
        ("platform", -18.1, -14.2), ("load", -14.2, -8.4), ("steady", -8.4, -0.1), ("fault", -0.1, 27.6),
        ("switch", 0.2, 10.4), ("hold", 10.4, 22.4), ("heal", 26.8, 27.6), ("rejoin", 27.6, 36.9),
        ("failback", 37.2, 46.9), ("control", 46.9, 52.0),
    ]  # fmt: skip
    return [Stretch(part=part, began_ns=moment(a), ended_ns=moment(b), reached=True) for part, a, b in edges]


def _steps() -> list[StepShown]:
    planned = [
        ("load", {"profile": "peak"}, 10, 5.8), ("steady", {}, 20, 8.3),
        ("break", {"fault": "SiteLoss", "site": "a"}, 2, 0.1), ("until_switched", {"to": "b"}, 30, 10.2),
        ("hold", {}, 12, 12.0), ("heal", {}, 10, 0.8), ("failback", {"to": "a"}, 30, 9.7), ("control", {}, 10, 5.1),
    ]  # fmt: skip
    return [
        StepShown(step=step, detail=detail, limit_ns=limit * S, state="done", took_ns=round(took * S))
        for step, detail, limit, took in planned
    ]


def _late(step: StepShown) -> StepShown:
    over = said("step.over", took_ns=10_004_000_000, limit_ns=10 * S)
    return step.model_copy(update={"state": "late", "took_ns": 10_004_000_000, "said": over})


def failed() -> Result:
    """Too slow, gifts lost, and a deviation."""
    good = passed()
    findings = [
        good.findings[0].model_copy(update={"state": "MISSED", "measured": lasting(23.1, 23.4)}),
        good.findings[1].model_copy(update={"state": "MISSED", "measured": lasting(15.2, 15.3)}),
        good.findings[2].model_copy(update={"state": "MISSED", "count": 7}),
        *good.findings[3:],
    ]
    phases = [
        good.phases[0].model_copy(
            update={"state": "MISSED", "reference_ns": 15_300_000_000, "span": lasting(15.2, 15.3)}
        ),
        good.phases[1].model_copy(update={"reference_ns": 6_900_000_000, "span": lasting(6.8, 6.9)}),
        good.phases[2],
    ]
    shift = {"M2": 15.3, "M8": 15.3, "M9": 22.2, "M10": 22.6, "M11": 23.4}
    milestones = [
        each.model_copy(update={"at": at(shift[each.id])}) if each.id in shift else each for each in good.milestones
    ]
    return good.model_copy(
        update={
            "verdict": "FAIL", "measured": lasting(23.1, 23.4), "phases": phases, "findings": findings,
            "milestones": milestones,
            "headline": said("headline.fail.too_slow", broken_count=2), "back": _back(23.1, 23.4),
            "steps": [_late(good.steps[0]), *good.steps[1:]],
            "reasons": [
                recovered("recovery.missed", 23.1, 23.4, operator="unicom"),
                said(
                    "data.lost.missed", title="Gifts (礼物)", acknowledged_count=548, lost_count=7, allowed_count=0
                ),
            ],
            "data": [
                good.data[0].model_copy(
                    update={
                        "lost": 7, "duplicated": 1, "observed": lasting(1.9, 2.0),
                        "lost_ids": [f"canary-{number}" for number in range(531, 538)],
                    }
                )
            ],
            "deviations": ["the operator pressed Enter late"],
        }
    )  # fmt: skip


def deviated() -> Result:
    """Kept, but something went otherwise than planned."""
    good = passed()
    merged = {"reference_ns": None, "span": None, "state": "NOT_MEASURED", "merged_into": "restore"}
    phases = [
        good.phases[0],
        good.phases[1].model_copy(update=merged),
        good.phases[2].model_copy(update={"reference_ns": 2_450_000_000, "span": lasting(2.3, 2.5)}),
    ]
    return good.model_copy(
        update={
            "verdict": "PASS_WITH_DEVIATIONS",
            "headline": said("headline.deviations", deviations_count=1),
            "phases": phases,
            "deviations": ["Locust was started by hand"],
        }
    )


def incomplete() -> Result:
    """Never recovered while anybody looked; the runner was killed; viewers and gifts were never read."""
    good = passed()
    ended_ns = moment(31.4)
    endless = lasting(31.2, None)
    milestones = [
        each.model_copy(update={"at": Span(lo=ended_ns, hi=None) if each.id == "M11" else None})
        if each.id in ("M9", "M10", "M11", "M14", "M15", "M16") else each
        for each in good.milestones if each.stratum == "worst"
    ]  # fmt: skip
    phases = [
        good.phases[0],
        good.phases[1].model_copy(update={"reference_ns": None, "span": lasting(25.2, None), "state": "INDETERMINATE"}),
        good.phases[2].model_copy(update={"reference_ns": None, "span": None, "state": "NOT_MEASURED"}),
    ]
    findings = [
        good.findings[0].model_copy(update={"state": "INDETERMINATE", "measured": endless}),
        good.findings[1],
        good.findings[2].model_copy(update={"state": "NOT_MEASURED", "count": None}),
        good.findings[3].model_copy(update={"state": "NOT_RUN", "measured": None}),
        good.findings[4],
    ]
    parts = [
        *[part for part in good.parts if part.part in ("platform", "load", "steady")],
        Stretch(part="fault", began_ns=moment(-0.1), ended_ns=None, reached=False),
        Stretch(part="switch", began_ns=moment(0.2), ended_ns=moment(30.2), reached=False),
    ]
    strata = [
        each.model_copy(
            update={
                "outages": [endless], "recovery": endless, "served_by": each.served_by[:2],
                "outage_windows": [Window(began=at(0.4), ended=Span(lo=ended_ns, hi=None))],
            }
        )
        for each in good.strata
    ]  # fmt: skip
    cut = good.steps[3].model_copy(update={"state": "failed", "took_ns": 30 * S})
    rest = [step.model_copy(update={"state": "not_reached", "took_ns": None}) for step in good.steps[4:]]
    steps = [*good.steps[:3], cut, *rest]
    gifts = good.data[0].model_copy(
        update={"lost": None, "duplicated": None, "unknown_present": None, "observed": None, "read_at": []}
    )
    healing = [good.healing[0].model_copy(update={"by": "healer", "why": "runner_lost"})]
    return good.model_copy(
        update={
            "verdict": "INCOMPLETE", "measured": endless, "ended_ns": ended_ns, "milestones": milestones,
            "phases": phases, "findings": findings, "parts": parts, "strata": strata, "viewers": None, "steps": steps,
            "data": [gifts], "healing": healing, "journal_first_bad_line": 88,
            "headline": said("headline.incomplete.runner_lost"), "back": [said("back.not_yet", seen_ns=31_200_000_000)],
            "reasons": [said("reason.runner_lost")],
        }
    )  # fmt: skip


def invalid() -> Result:
    """The fault hit nothing, and healing could not be proven."""
    good = passed()
    return good.model_copy(
        update={
            "verdict": "INVALID",
            "headline": said("headline.invalid.effect"),
            "back": [],
            "reasons": [
                said("reason.not_healed", undos="site-loss-1", run=good.run),
                said("check.effect.none", fault="Site loss", target="media.site-a", within_ns=3 * S),
            ],
            "faults": [good.faults[0].model_copy(update={"effect_proven": False, "healed": None})],
            "healing": [good.healing[0].model_copy(update={"ok": False, "said": "no space left on device"})],
            "all_healed": False,
            "validity": [good.validity[0].model_copy(update={"ok": False}), good.validity[1]],
            "findings": [each.model_copy(update={"state": "UNUSABLE"}) for each in good.findings],
            "plan_sha256": "00" * 32,
        }
    )


def refused() -> Result:
    """Nothing was run."""
    return passed().model_copy(
        update={
            "verdict": None, "measured": None, "ended_ns": BEGAN, "milestones": [], "phases": [], "findings": [],
            "strata": [], "data": [], "viewers": None, "validity": [], "probes": [], "faults": [], "healing": [],
            "parts": [], "steps": [], "carrier": "", "not_shown": [], "journal_entries": 2,
            "reasons": [said("reason.refused", text="the platform says production: true")],
            "headline": said("headline.refused"), "back": [],
        }
    )  # fmt: skip


def untouched() -> Result:
    """The standby was lost, and nobody noticed."""
    good = passed()
    told = said("untouched.met", site="b", held_ns=16_120_000_000, samples_count=448, viewers_count=0)
    findings = [
        Finding(id="untouched", critical=True, state="MET", count=0, allowed=0, said=told),
        *[each for each in good.findings if each.id not in ("recovery", "phase.detect", "failback")],
    ]
    strata = [each.model_copy(update={"outages": [], "outage_windows": [], "recovery": None}) for each in good.strata]
    milestones = [each for each in good.milestones if each.id in ("M0", "M1", "M2") and each.stratum == "worst"]
    return good.model_copy(
        update={
            "headline": said("headline.pass.no_switch"), "back": [told], "measured": None, "phases": [],
            "findings": findings, "strata": strata, "milestones": milestones,
            "not_shown": [said("not_shown.no_switch", promised_ns=20 * S)],
        }
    )  # fmt: skip


def second_of_two() -> Result:
    """Two faults, one after the other; the second one's recovery was the worse."""
    late = failed()
    findings = [
        *[each.model_copy(update={"fault": 1}) for each in passed().findings[:2]],
        *[each.model_copy(update={"fault": 2}) for each in late.findings[:2]],
        *late.findings[2:],
    ]
    return late.model_copy(update={"findings": findings, "fault": 2, "faults": late.faults * 2})


EVERY_STATE = {
    "passed": passed,
    "deviated": deviated,
    "incomplete": incomplete,
    "failed": failed,
    "invalid": invalid,
    "refused": refused,
    "untouched": untouched,
    "second of two": second_of_two,
}
