"""The judge: a pure function of a run's folder. The same bytes in, the same result out; no clock, no platform, no luck.

Every part is judged on its own. One that fails is named in the reasons and makes the run INCOMPLETE; the others stand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from switchdrill.record.folder import RunFolder
from switchdrill_reports.judged.assembly import Parts, assembled
from switchdrill_reports.judged.findings import healed, of_control, of_data, of_sites, of_time, spoiled, steps
from switchdrill_reports.judged.phases import as_judged, phases
from switchdrill_reports.judged.validity import checks, probes_shown
from switchdrill_reports.judged.worst import badness, planned_somewhere, worst
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.account import accounts
from switchdrill_reports.measured.course import course_of, is_planned
from switchdrill_reports.measured.effect import proofs
from switchdrill_reports.measured.episodes import Episode, all_answered, episodes
from switchdrill_reports.measured.evidence import nothing_read, read_evidence
from switchdrill_reports.measured.faults_shown import faults_shown
from switchdrill_reports.measured.healing import UNKNOWN, heals_shown, homecoming
from switchdrill_reports.measured.last_viewer import last_back
from switchdrill_reports.measured.milestones import Milestones, milestones
from switchdrill_reports.measured.steps import steps_shown
from switchdrill_reports.measured.strata import strata
from switchdrill_reports.measured.times import recovery_time
from switchdrill_reports.measured.viewers import viewers
from switchdrill_reports.result import Finding, Phase, Result, Said

Part = TypeVar("Part")

_MOST_SAID = 300


def judge_folder(folder: RunFolder) -> Result:
    """Judge what is recorded there. Never raises for what it finds."""
    guard = Guard()
    found = guard.one("evidence", lambda: read_evidence(folder)) or nothing_read(folder)
    return judge_evidence(found, guard)


def judge_evidence(found: evidence.Evidence, guard: "Guard") -> Result:
    plan = found.plan
    course = course_of(found.journal.entries)
    proven = guard.all("effect", lambda: proofs(plan, course, found.series) if plan else [])
    faults = guard.all("faults", lambda: episodes(plan, course, proven) if plan else [])
    course = all_answered(course, faults)
    told = [_told(found, each, guard) for each in faults]
    decisive = max(range(len(told)), key=lambda index: told[index].badness, default=None)
    reached = Milestones(found=()) if decisive is None else told[decisive].milestones
    onset = reached.at("M0")
    written = guard.all("data", lambda: accounts(found, course, onset))
    home = guard.one("healing", lambda: homecoming(found, course)) or UNKNOWN
    shown_steps = guard.all("steps", lambda: steps_shown(plan, course))
    rules = guard.all("validity", lambda: checks(found, course, faults))
    back = None
    if decisive is not None:
        back = guard.one("viewers", lambda: last_back(found, faults[decisive].course, onset))
    promised: list[Finding] = [
        *(finding for number, each in enumerate(told) for finding in _numbered(each.of_time, number, told)),
        *planned_somewhere(
            [finding for number, each in enumerate(told) for finding in _numbered(worst(each.of_sites), number, told)]
        ),
        *worst(guard.all("sites", lambda: of_control(found, plan, course) if plan else [])),
        *guard.all("data", lambda: of_data(plan, course, written) if plan else []),
        *guard.all("healing", lambda: list(healed(plan, course, home))),
        *guard.all("steps", lambda: list(steps(shown_steps, course))),
    ]
    findings = guard.one("validity", lambda: spoiled(promised, rules)) or promised
    its_course = course if decisive is None else faults[decisive].course
    number = decisive + 1 if decisive is not None and len(told) > 1 else None
    cut = [] if decisive is None else told[decisive].phases
    return assembled(
        found,
        course,
        Parts(
            milestones=reached,
            phases=as_judged(cut, [each for each in findings if each.fault == number]),
            findings=findings,
            fault=number,
            measured=guard.one("recovery", lambda: recovery_time(reached)),
            recovery_ended_by=its_course.recovery_ended_by,
            strata=guard.all("strata", lambda: strata(found, plan, course, reached) if plan else []),
            data=[each.loss for each in written],
            viewers=guard.one("viewers", lambda: viewers(found, course, back)),
            checks=rules,
            probes=guard.all("probes", lambda: probes_shown(found, course)),
            faults=guard.all("faults", lambda: faults_shown(proven, course, faults)),
            heals=guard.all("healing", lambda: heals_shown(found, course)),
            home=home,
            steps=shown_steps,
            crashes=guard.crashes,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What became of the viewers after one fault."""

    milestones: Milestones
    phases: list[Phase]
    of_time: list[Finding]
    of_sites: list[Finding]

    @property
    def badness(self) -> tuple[int, bool, int, int]:
        """Of its recovery: the worst one is the run's."""
        return max((badness(each) for each in self.of_time if each.id == "recovery"), default=(-1, False, 0, 0))


def _told(found: evidence.Evidence, fault: Episode, guard: "Guard") -> _Told:
    plan, course = fault.plan, fault.course
    reached = guard.one("milestones", lambda: milestones(found, plan, course, fault.proofs)) or Milestones(found=())
    has_phases = is_planned(plan, "until_switched")
    cut = guard.all("phases", lambda: phases(plan.runbook.objectives, reached.measured_by_name()) if has_phases else [])
    return _Told(
        milestones=reached,
        phases=cut,
        of_time=guard.all("recovery", lambda: of_time(plan, course, reached, cut)),
        of_sites=guard.all("sites", lambda: of_sites(found, plan, course, reached)),
    )


def _numbered(findings: list[Finding], index: int, told: list[_Told]) -> list[Finding]:
    """With the number of the fault that they are about, when there are several: one must not hide the other."""
    if len(told) < 2:
        return findings
    return [each.model_copy(update={"fault": index + 1}) for each in findings]


class Guard:
    """Runs one part of the judging. What it raises is kept as a reason: a bug must not hide what other parts found."""

    def __init__(self) -> None:
        self.crashes: list[Said] = []

    def one(self, part: str, judge: Callable[[], Part | None]) -> Part | None:
        try:
            return judge()
        except Exception as problem:  # one judge that crashes must not silence the others
            text = f"{type(problem).__name__}: {problem}"[:_MOST_SAID]
            self.crashes.append(Said(code="reason.crashed", facts={"part": part, "problem": text}))
            return None

    def all(self, part: str, judge: Callable[[], list[Part]]) -> list[Part]:
        return self.one(part, judge) or []
