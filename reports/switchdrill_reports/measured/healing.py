"""Whether everything that was broken is whole again, as far as the record can show it."""

from dataclasses import dataclass

from switchdrill.record.plan import Plan
from switchdrill_reports.measured import evidence
from switchdrill_reports.measured.course import Course
from switchdrill_reports.measured.effect import eyes_on
from switchdrill_reports.measured.writers import not_fine
from switchdrill_reports.result import HealShown, Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Homecoming:
    """The undos of a run: which were written, which are proven to be played."""

    written: tuple[str, ...]
    """Of faults, or of anything else that the record does not call healed in the end."""
    open: tuple[str, ...]
    """Tried and failed, or said to be open when the record was closed: still broken."""
    unknown: tuple[str, ...]
    """The record does not say what became of them."""
    unseen: tuple[str, ...]
    """Faults healed, but a probe that looked for it did not see the site whole again until the end."""
    unproven: tuple[str, ...]
    """Faults healed, but nobody looked afterwards."""

    @property
    def broken(self) -> tuple[str, ...]:
        """Undos and faults that are proven to be still broken, or were never seen whole again."""
        return (*self.open, *self.unseen)

    @property
    def can_be_healed(self) -> bool:
        """Whether an undo is left that could be played; else what is not whole is so for another reason."""
        return bool(self.open or self.unknown)

    @property
    def all_healed(self) -> bool:
        """As far as anybody can know: silence is no healing, either."""
        return not (self.open or self.unknown or self.unseen)


UNKNOWN = Homecoming(written=(), open=(), unknown=("?",), unseen=(), unproven=())
"""When even the healing could not be judged."""


def homecoming(found: evidence.Evidence, course: Course) -> Homecoming:
    """Read from the records of undos, healings and restorations, and looked up again in the samples.

    An undo's closed twin on disk proves its healing, too: on a full disk it may be the only one to say so. It never
    overrules the record, whose chain it is not part of.
    """
    acted = {undo for each in course.injected for undo in each.undos}
    closed = course.closed
    written = list(dict.fromkeys([each.undo for each in course.undos] + sorted(acted) + sorted(found.undo_says)))
    last_ok = dict.fromkeys(sorted(found.closed_undos), True) | {each.undo: each.ok for each in course.healed}
    # What the run itself started is stopped last, perhaps after its undo was mentioned for the last time.
    settled = {undo for undo in written if undo not in acted} if closed is not None and closed.all_healed else set()
    failed = [undo for undo in written if last_ok.get(undo) is False]
    silent = [undo for undo in written if undo not in last_ok and undo not in settled]
    says_open = closed is not None and not closed.all_healed and bool(failed or silent or not written)
    if not found.has_journal and not written:
        silent = ["run.jsonl"]
    unseen, unproven = _not_restored(found, course)
    return Homecoming(
        written=tuple(written),
        open=((*failed, *silent) or ("?",)) if says_open else tuple(failed),
        unknown=() if says_open else tuple(silent),
        unseen=tuple(unseen),
        unproven=tuple(unproven),
    )


def heals_shown(found: evidence.Evidence, course: Course) -> list[HealShown]:
    return [
        HealShown(
            undo=each.undo,
            says=found.undo_says.get(each.undo, ""),
            ok=each.ok,
            by=each.by,
            why=each.why,
            took_ns=max(0, each.after_ns - each.before_ns),
            said=each.said,
        )
        for each in course.healed
    ]


def homeward(course: Course) -> Stretch | None:
    """From the first undo since the fault that the switch answers until what is healed at once is in step again.

    What stands around that fault is healed next, and belongs to it; when something else comes before, it does not.
    """
    began_ns, switch = course.first_undone_ns, course.part("switch")
    if began_ns is None or switch is None or not switch.reached:
        return None
    rejoins: list[Stretch] = []
    for part in course.parts:
        if part.began_ns > began_ns and part.part == "rejoin":
            rejoins.append(part)
        elif rejoins and part.part != "heal":
            break
    if not rejoins:
        return None
    ended_ns = course.observed_until_ns if rejoins[-1].ended_ns is None else rejoins[-1].ended_ns
    return Stretch(part="heal", began_ns=began_ns, ended_ns=max(began_ns, ended_ns), reached=True)


def healed_between(course: Course, undos: list[str]) -> tuple[int, int] | None:
    """From before the first undo to after the last; None while one is not healed."""
    ours = {each.undo: each for each in course.healed if each.ok and each.undo in undos}
    if not undos or set(ours) != set(undos):
        return None
    return min(each.before_ns for each in ours.values()), max(each.after_ns for each in ours.values())


def _not_restored(found: evidence.Evidence, course: Course) -> tuple[list[str], list[str]]:
    """Kinds of faults that were healed, and (not seen whole again though looked for, not looked for)."""
    unseen: list[str] = []
    unproven: list[str] = []
    for kind in sorted({each.fault for each in course.injected}):
        said = [each.ok for each in course.restored if each.fault == kind]
        if (said and said[-1]) or _seen_whole(found, found.plan, course, kind):
            continue
        (unseen if said else unproven).append(kind)
    return unseen, unproven


def _seen_whole(found: evidence.Evidence, plan: Plan | None, course: Course, kind: str) -> bool:
    """Whether every hls probe straight to the site got a good picture after the last undo of that kind was played.

    Of a fault that takes away no site: every probe of the plan a good answer.
    """
    played = [each.after_ns for each in course.healed if each.fault == kind and each.ok]
    sites = {fault.effect.site for fault in plan.faults if fault.kind == kind} if plan is not None else set()
    if plan is None or not played or not sites:
        return False
    eyes = list(found.series)
    if all(sites):
        eyes = [eye for site in sorted(sites) for eye in eyes_on(plan, site, found.series)]
    after = [(eye, range(eye.first_planned_at(max(played)), len(eye))) for eye in eyes]
    return bool(eyes) and all(len(not_fine(eye, inside, eyes)) < len(inside) for eye, inside in after)
