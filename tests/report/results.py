"""Results made by hand, one for each way a drill can end."""

from switchdrill_reports.result import Finding, Overlap, PutBack, Result, Span, StepShown, Stretch, Window
from tests.report.facts import BEGAN, S, at, lasting, moment, recovered, said
from tests.report.passed import back, passed


def failed() -> Result:
    """Too slow, gifts lost, two sites took gifts at once, and a deviation: the fault's rule had gone for a moment."""
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
            "headline": said("headline.fail.too_slow", broken_count=2), "back": back(23.1, 23.4),
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
                        "stretch": lasting(1.2, 1.6), "returned": 2, "diverged": 2, "mode": "asynchronous",
                        "diverged_ids": ["canary-531", "canary-532"], "overlaps": [_overlap()],
                        "sites": [
                            good.data[0].sites[0].model_copy(update={"beside": 12, "only_here": 2}),
                            good.data[0].sites[1].model_copy(update={"beside": 13, "only_here": 0}),
                        ],
                    }
                )
            ],
            "deviations": ["the operator pressed Enter late"],
            "faults": [good.faults[0].model_copy(update={"put_back": [_put_back()]})],
        }
    )  # fmt: skip


def _overlap() -> Overlap:
    return Overlap(began=at(28.1), ended=at(30.6), took=lasting(2.3, 2.7), writes={"a": 12, "b": 13})


def _put_back() -> PutBack:
    absent = {"absent_lo_ns": 313_000_000, "absent_hi_ns": 565_000_000}
    words = said("reason.put_back", fault="Site loss", target="site a", text="a-border was started anew", **absent)
    gone = Span(lo=moment(14.25), hi=moment(14.502))
    return PutBack(target="site a", gone=gone, again_ns=moment(14.815), absent=lasting(0.313, 0.565), said=words)


def _late(step: StepShown) -> StepShown:
    over = said("step.over", took_ns=10_004_000_000, limit_ns=10 * S)
    return step.model_copy(update={"state": "late", "took_ns": 10_004_000_000, "said": over})


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
        update={
            "lost": None,
            "duplicated": None,
            "unknown_present": None,
            "observed": None,
            "read_at": [],
            "returned": None,
            "diverged": None,
            "behind": None,
            "sites": [each.model_copy(update={"only_here": None}) for each in good.data[0].sites],
        }
    )
    healing = [good.healing[0].model_copy(update={"by": "healer", "why": "runner_lost"})]
    return good.model_copy(
        update={
            "verdict": "INCOMPLETE", "measured": endless, "ended_ns": ended_ns, "milestones": milestones,
            "phases": phases, "findings": findings, "parts": parts, "strata": strata, "viewers": None, "steps": steps,
            "data": [gifts], "healing": healing, "journal_first_bad_line": 88,
            "headline": said("headline.incomplete.runner_lost"),
            "back": [said("back.not_yet", seen_ns=31_200_000_000, until="observation")],
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
