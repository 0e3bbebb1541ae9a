"""The result of a drill that kept everything, made by hand."""

from switchdrill_reports.result import (
    Broken,
    Check,
    DataLoss,
    Evidence,
    FaultShown,
    Finding,
    HealShown,
    ProbeShown,
    Result,
    Said,
    SiteWrites,
    Span,
    Stratum,
    Viewers,
    ViewerSecond,
    Window,
)
from tests.report import timeline
from tests.report.facts import BEGAN, ENDED, FAULT, S, at, lasting, moment, recovered, said

DRILL = "drills/test_site_loss.py::test_viewers_move_to_the_standby_when_the_primary_site_is_lost[stall]"


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
        back=back(8.24, 8.39),
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
        milestones=timeline.milestones(),
        phases=timeline.phases(),
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
                mode="synchronous",
                rpo_ns=0,
                behind=lasting(0, 0.19),
                returned=0,
                diverged=0,
                sites=[
                    SiteWrites(site="a", is_asked=True, acknowledged=261, refused=190, beside=0, only_here=0),
                    SiteWrites(site="b", is_asked=True, acknowledged=287, refused=121, beside=0, only_here=0),
                ],
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
                counted="media.site-a timed_out; 6 containers paused",
                broken=[
                    Broken(
                        target="site a",
                        mechanism="docker pause of 6 containers",
                        says="kill and restart the Toxiproxy of site a",
                    )
                ],
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
        parts=timeline.parts(),
        steps=timeline.steps(),
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


def back(low: float, high: float) -> list[Said]:
    last = {"last_lo_ns": round((high + 2.7) * S), "last_hi_ns": round((high + 2.8) * S)}
    return [
        said("back.operators", measured_lo_ns=round(low * S), measured_hi_ns=round(high * S)),
        said("back.last_viewer", planned_count=300, **last),
        said("back.promised", promised_ns=20 * S, limit_ns=30 * S),
    ]


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
