"""The run as its runner told it: parts, faults, healing, commands, and until when the judge may look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from switchdrill.record.entries import (
    Began,
    Closed,
    Commanded,
    Cut,
    Ended,
    Entry,
    Healed,
    Injected,
    Noted,
    Opened,
    Reapplied,
    Restored,
    RunnerLost,
    UndoWritten,
)
from switchdrill.record.journal import of_kind
from switchdrill.record.plan import Plan, PlannedStep
from switchdrill_reports.result import Stretch

PARTS_OF_STEPS = {"break": "fault", "until_switched": "switch"}
"""The parts in which steps are recorded that are called otherwise; the rest have the step's own name."""

SWITCHES = ("until_switched", "failback")
"""The steps that go to a site."""


_GOING = ("switch", "failback")
"""The parts that go to a site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What happened when, in the runner's (and after its death, the healer's) words."""

    opened: Opened | None
    entries: tuple[Entry, ...]
    parts: tuple[Stretch, ...]
    injected: tuple[Injected, ...]
    undos: tuple[UndoWritten, ...]
    healed: tuple[Healed, ...]
    restored: tuple[Restored, ...]
    reapplied: tuple[Reapplied, ...]
    failback: Commanded | None
    cut: Cut | None
    runner_lost: RunnerLost | None
    closed: Closed | None
    deviations: tuple[str, ...]
    answered: tuple[Injected, ...] | None = None
    """What was made of the faults that the switch answers; None: of all. Others were broken before, around them."""
    next_onset_ns: int | None = None
    """When something else was broken after it: this course is one of several faults', and ends there."""

    def part(self, name: str) -> Stretch | None:
        """The last part of that name."""
        return next((each for each in reversed(self.parts) if each.part == name), None)

    def all_parts(self, name: str) -> list[Stretch | None]:
        """Every part of that name; one None when there is none."""
        return [each for each in self.parts if each.part == name] or [None]

    @property
    def began_ns(self) -> int:
        return self.entries[0].t_ns if self.entries else 0

    @property
    def ended_ns(self) -> int:
        """When its record was closed for the first time: healing that was tried again later is not the drill's time."""
        closed = of_kind(self.entries, Closed)
        return closed[0].t_ns if closed else max((entry.t_ns for entry in self.entries), default=0)

    @property
    def onset_ns(self) -> int | None:
        """Before the first call that broke something: until then, all had to be well."""
        return min((each.before_ns for each in self.injected), default=None)

    @property
    def switch_onset_ns(self) -> int | None:
        """Before the first call of the faults that the switch answers. None: they were not made, whatever else was."""
        return min((each.before_ns for each in self.switch_faults), default=None)

    @property
    def switch_faults(self) -> tuple[Injected, ...]:
        """What was made of the faults that the switch answers."""
        return self.injected if self.answered is None else self.answered

    @property
    def first_undone_ns(self) -> int | None:
        """When the first undo began to be played since the fault that the switch answers."""
        ours = {undo for each in self.injected for undo in each.undos}
        since_ns = self.switch_onset_ns or 0
        return min(
            (each.before_ns for each in self.healed if each.undo in ours and each.before_ns >= since_ns), default=None
        )

    @property
    def holds(self) -> list[Stretch]:
        """The holds on a standby: after a switch, and not after the way back. Of one before it nothing is promised."""
        return [part for part, before in self._holds() if before and before[-1].part == "switch"]

    @property
    def holds_read(self) -> list[Stretch]:
        """The holds at whose ends ledgers are read: all after the first switch, or the way back."""
        return [part for part, before in self._holds() if before]

    def _holds(self) -> Iterator[tuple[Stretch, list[Stretch]]]:
        """Each hold, with the parts before it that went to a site."""
        before: list[Stretch] = []
        for each in self.parts:
            if each.part in _GOING:
                before.append(each)
            elif each.part == "hold":
                yield each, list(before)

    @property
    def observed_until_ns(self) -> int:
        """Until when the probes and the load had to look: the end of the control phase, or when it was cut short.

        Not until `closed`: the prober is stopped first, and then the platform is.
        """
        until_ns = self._looked_until_ns
        return until_ns if self.next_onset_ns is None else min(until_ns, self.next_onset_ns)

    @property
    def _looked_until_ns(self) -> int:
        control = self.part("control")
        if control is not None and control.ended_ns is not None:
            return control.ended_ns
        if self.cut is not None:
            return self.cut.t_ns
        before_loss = [entry.t_ns for entry in self._before_loss()]
        return max(before_loss, default=0)

    @property
    def recovery_until_ns(self) -> int:
        """Until when a recovery counts: the end of the hold after it, and in any case before anything is healed."""
        since_ns = self.switch_onset_ns or 0
        has_switch = self.part("switch") is not None
        ours = [each for each, before in self._holds() if len(before) == has_switch and each.began_ns >= since_ns]
        ends = [self.observed_until_ns, self.first_undone_ns, ours[-1].ended_ns if ours else None]
        return min(each for each in ends if each is not None)

    @property
    def recovery_ended_by(self) -> Literal["healing", "hold", "observation"]:
        """What ended the time in which a recovery counts."""
        until_ns = self.recovery_until_ns
        if until_ns == self.first_undone_ns:
            return "healing"
        return "observation" if until_ns == self.observed_until_ns else "hold"

    @property
    def failback_until_ns(self) -> int:
        """Until when the service must be good for good after the failback: the end of that part."""
        part = self.part("failback")
        ended_ns = None if part is None else part.ended_ns
        return self.observed_until_ns if ended_ns is None else min(ended_ns, self.observed_until_ns)

    def _before_loss(self) -> Iterator[Entry]:
        for entry in self.entries:
            if isinstance(entry, RunnerLost | Closed):
                return
            yield entry


def course_of(entries: Sequence[Entry]) -> Course:
    return Course(
        opened=next(iter(of_kind(entries, Opened)), None),
        entries=tuple(entries),
        parts=tuple(_parts(entries)),
        injected=tuple(of_kind(entries, Injected)),
        undos=tuple(of_kind(entries, UndoWritten)),
        healed=tuple(of_kind(entries, Healed)),
        restored=tuple(of_kind(entries, Restored)),
        reapplied=tuple(of_kind(entries, Reapplied)),
        failback=next((each for each in of_kind(entries, Commanded) if each.command == "failback"), None),
        cut=next(iter(of_kind(entries, Cut)), None),
        runner_lost=next(iter(of_kind(entries, RunnerLost)), None),
        closed=next(iter(reversed(of_kind(entries, Closed))), None),
        deviations=tuple(each.said for each in of_kind(entries, Noted) if each.deviation),
    )


def planned_site(plan: Plan, step: str) -> str | None:
    """To which site a planned step goes (one of `SWITCHES`); None: there is no such step, or site."""
    return next((_site(plan, each) for each in plan.steps if each.step == step and "to" in each.detail), None)


def _site(plan: Plan, step: PlannedStep) -> str | None:
    try:
        return plan.platform.site_with_role(step.detail["to"])
    except KeyError:
        return None


def planned_holds(plan: Plan) -> list[str]:
    """For each hold on a standby that is planned (see `Course.holds`), the site."""
    found: list[str] = []
    there = ""
    for each in plan.steps:
        if each.step in SWITCHES:
            there = _site(plan, each) or "" if each.step == "until_switched" else ""
        elif each.step == "hold" and there:
            found.append(there)
    return found


def is_planned(plan: Plan, step: str) -> bool:
    return any(each.step == step for each in plan.steps)


def site_number(plan: Plan, site: str) -> int:
    """How samples write `site`: 1 + its index in the platform file's order; -1: there is no such site."""
    names = list(plan.platform.sites)
    return names.index(site) + 1 if site in names else -1


def _parts(entries: Sequence[Entry]) -> list[Stretch]:
    """Every `began` with its `ended`; parts may lie in one another, and one may never have ended."""
    found: list[Stretch] = []
    for entry in entries:
        if isinstance(entry, Began):
            found.append(Stretch(part=entry.part, began_ns=entry.t_ns, ended_ns=None, reached=False))
        elif isinstance(entry, Ended):
            for index in range(len(found) - 1, -1, -1):
                if found[index].part == entry.part and found[index].ended_ns is None:
                    found[index] = found[index].model_copy(update={"ended_ns": entry.t_ns, "reached": entry.reached})
                    break
    return found
