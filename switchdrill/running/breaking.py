"""Break and heal, in the one order that is safe: undo on disk, inject, proof of effect; heal, proof of restoration."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from switchdrill.arrangement import Timed
from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.errors import CouldNotStart, RecordLost, SwitchdrillError
from switchdrill.fault import Counted, Fault, parameters
from switchdrill.healing.heal import Played, order, play
from switchdrill.healing.lost import could_not_heal
from switchdrill.healing.undos import OpenUndo
from switchdrill.platform.targets import Target
from switchdrill.probes.sight import Sight
from switchdrill.record.ballast import make_room
from switchdrill.record.entries import EffectSeen, Entry, Injected, Restored, UndoWritten
from switchdrill.record.journal import Journal
from switchdrill.record.plan import Plan, PlannedEffect
from switchdrill.running.injector import Injector
from switchdrill.running.interrupts import healing_in_peace
from switchdrill.running.watch import CutShort, Watch, healed_by_the_healer
from switchdrill.text import _
from switchdrill.undo import Undo

SLACK_NS = 15 * NS_PER_S
COUNT_EVERY_NS = NS_PER_S // 4
_SERVICE = "service "
"""How an undo's target begins that is one of the platform's services."""


@dataclass(slots=True, kw_only=True)
class Episode:
    """One `broken_by` block: what it broke, since when, and its ways home that are still open."""

    onset_ns: int = 0
    kinds: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    is_everywhere: bool = False
    """One of its faults is no single site's: every probe tells whether all is whole."""
    open: list[tuple[Fault, OpenUndo]] = field(default_factory=list)
    injector: Injector | None = None

    @property
    def is_broken(self) -> bool:
        return bool(self.open)


class Breaking:
    """Makes and heals faults, block by block; blocks may stand inside one another."""

    def __init__(self, plan: Plan, *, journal: Journal, watch: Watch, sight: Sight) -> None:
        self._plan = plan
        self._journal = journal
        self._watch = watch
        self._sight = sight
        self._unplayed = [(fault.kind, fault.parameters) for fault in plan.faults]

    def inject(self, faults: Sequence[Timed], episode: Episode) -> None:
        """All undos of all faults first, then the faults, each at its instant, then the proofs. `episode` fills as they
        are made.

        CouldNotStart when an undo can't be written (nothing is broken then); CutShort when a fault has no effect.
        """
        for timed in faults:
            self._take_from_plan(timed.fault)
        ways_home = [(timed, self._write_undos(timed.fault, episode)) for timed in faults]
        expected: list[tuple[Fault, PlannedEffect, Sequence[Undo], int]] = []
        for timed, opened in ways_home:
            fault = timed.fault
            undos: Sequence[Undo] = [each.undo for each in opened]
            if timed.after_ns:
                self._watch.sit_out(episode.onset_ns + timed.after_ns - now_ns())
            effect = fault.effect(undos)
            episode.kinds.add(fault.kind)
            episode.is_everywhere |= not effect.site
            if effect.site:
                episode.sites.add(effect.site)
                self._watch.broken_sites.add(effect.site)
            services = {undo.target.removeprefix(_SERVICE) for undo in undos if undo.target.startswith(_SERVICE)}
            episode.services |= services
            self._watch.broken_services |= services
            before_ns = now_ns()
            episode.onset_ns = episode.onset_ns or before_ns
            fault.inject(undos)
            after_ns = now_ns()
            self._journal.write(
                Injected(
                    t_ns=after_ns,
                    fault=fault.kind,
                    parameters=parameters(fault),
                    undos=[each.id for each in opened],
                    before_ns=before_ns,
                    after_ns=after_ns,
                )
            )
            expected.append((fault, effect, undos, before_ns))
            self._go_on(fault, opened, episode, since_ns=after_ns)
        for fault, effect, undos, made_ns in expected:
            self._prove(fault, effect, undos, made_ns)

    def _go_on(self, fault: Fault, opened: list[OpenUndo], episode: Episode, *, since_ns: int) -> None:
        """What has to be done to it while it is broken."""
        if episode.injector is None:
            episode.injector = Injector(self._watch.store, self._journal)
        episode.injector.add(fault, opened, since_ns=since_ns)
        self._watch.injector = episode.injector

    def heal(self, episode: Episode) -> CutShort | None:
        """Play every undo of this block that is still open, in their `order`. CouldNotHeal, after all were tried.

        Returns what must end the drill: the healer was there first, so nobody knows for how long all was broken.
        """
        with healing_in_peace():
            if episode.injector is not None:
                episode.injector.stop()
                self._watch.injector = None
            make_room(self._watch.folder.path)
            played: list[Played] = []
            for opened in order([opened for _fault, opened in episode.open]):
                each = play(self._watch.store, opened, by="runner", why="done")
                played.append(each)
                self._watch.open_undos.pop(opened.id, None)
                self._note(each.as_record())
            episode.open = [(fault, opened) for fault, opened in episode.open if not _is_ok(opened, played)]
            if not episode.open:
                self._watch.broken_sites -= episode.sites
                self._watch.broken_services -= episode.services
        still_broken = [each for each in played if not each.ok]
        if still_broken:
            raise could_not_heal(self._watch.folder, still_broken)
        by_healer = next((each for each in played if each.by == "healer"), None)
        return healed_by_the_healer(by_healer.kind, by_healer.why) if by_healer is not None else None

    def rejoined(self, episode: Episode, *, within_ns: int, good_for_ns: int) -> bool:
        """Whether every probe that goes straight to what was broken is good again, and how that is recorded."""
        ours = [each for each in self._plan.targets if each.site in episode.sites or episode.is_everywhere]

        def is_whole() -> bool:
            since = [self._sight.good_since_ns(target.name) for target in ours]
            return all(each is not None and now_ns() - each >= good_for_ns for each in since)

        in_time = self._watch.until(is_whole, within_ns=within_ns)
        bad = [each for each in self._sight.bad_now() if any(each.startswith(target.name) for target in ours)]
        seen = "good" if in_time else ", ".join(bad)
        whose = f"of site {', '.join(sorted(episode.sites))}" if not episode.is_everywhere else "of the platform"
        said = f"{len(ours)} probes {whose}: {seen}"
        for kind in sorted(episode.kinds):
            self._journal.write(Restored(t_ns=now_ns(), fault=kind, ok=in_time, said=said))
        return in_time

    def _take_from_plan(self, fault: Fault) -> None:
        """Only what stands in plan.json is ever broken, as often as it stands there."""
        wanted = (fault.kind, parameters(fault))
        if wanted not in self._unplayed:
            raise CutShort(
                _("fault {fault} is not in the plan, so it is not made").format(fault=fault.kind),
                why="crashed",
                because=_("the drill's body did not ask for it when it was walked on paper"),
            )
        self._unplayed.remove(wanted)

    def _write_undos(self, fault: Fault, episode: Episode) -> list[OpenUndo]:
        return [self._write_undo(fault, undo, episode) for undo in fault.plan(self._plan.platform)]

    def _write_undo(self, fault: Fault, undo: Undo, episode: Episode) -> OpenUndo:
        try:
            opened, path, sha256 = self._watch.store.write(fault.kind, undo, deadline_ns=now_ns() + self._deadline_ns())
            self._journal.write(
                UndoWritten(
                    t_ns=now_ns(),
                    undo=opened.id,
                    file=str(path.relative_to(self._watch.folder.path)),
                    sha256=sha256,
                    deadline_ns=opened.deadline_ns,
                )
            )
        except (OSError, RecordLost) as problem:
            raise CouldNotStart(
                _("the undo of {fault} can't be written, so nothing is broken").format(fault=fault.kind),
                where=str(self._watch.folder.undo),
                because=problem.strerror if isinstance(problem, OSError) else problem.because,
                now=_("make room in the run's folder, then run the drill again"),
            ) from problem
        episode.open.append((fault, opened))
        self._watch.open_undos[opened.id] = fault.kind
        return opened

    def _deadline_ns(self) -> int:
        """Everything that the plan does while it is broken, at its limits, and some slack."""
        steps = [step.step for step in self._plan.steps]
        first = steps.index("break") if "break" in steps else 0
        last = len(steps) - 1 - steps[::-1].index("heal") if "heal" in steps else len(steps) - 1
        return int(sum(step.limit_s for step in self._plan.steps[first : last + 1]) * NS_PER_S) + SLACK_NS

    def _prove(self, fault: Fault, effect: PlannedEffect, undos: Sequence[Undo], since_ns: int) -> None:
        """What probes see, what the mechanism counts: each where the fault has it."""
        eyes = [target for target in self._plan.targets if target.kind == "hls" and target.site == effect.site]
        asks = eyes if effect.outcomes else []
        counted = Counted(ok=False, said="nothing was counted")
        counted_ns = 0

        def acts() -> bool:
            nonlocal counted, counted_ns
            is_seen = all(self._sight.seen(eye.name, effect.outcomes, since_ns) for eye in asks)
            if not counted.ok and now_ns() - counted_ns >= COUNT_EVERY_NS:
                counted_ns = now_ns()
                counted = _counted(fault, undos)
            return is_seen and counted.ok and bool(asks or not effect.outcomes)

        proven = self._watch.until(acts, within_ns=int(effect.within_s * NS_PER_S))
        names = ", ".join(eye.name for eye in asks)
        seen = _saw(asks, self._sight) if asks else ""
        if effect.outcomes and not asks:
            seen = "no probe goes straight to that site"
        said = "; ".join(filter(None, [seen, counted.said]))
        self._journal.write(EffectSeen(t_ns=now_ns(), fault=fault.kind, ok=proven, target=names, said=said))
        if not proven:
            raise CutShort(
                _("fault {fault} has no effect on {target}").format(
                    fault=fault.kind, target=", ".join(undo.target for undo in undos)
                ),
                why="no_effect",
                where=names or None,
                because=said,
            )

    def _note(self, entry: Entry) -> None:
        """The way home does not end because it can't be written down."""
        with suppress(RecordLost):
            self._journal.write(entry)


def _counted(fault: Fault, undos: Sequence[Undo]) -> Counted:
    """A mechanism that can't be asked has counted nothing: no proof."""
    try:
        return fault.counted(undos)
    except SwitchdrillError as problem:
        return Counted(ok=False, said=problem.because or problem.what)


def _is_ok(opened: OpenUndo, played: list[Played]) -> bool:
    return any(each.id == opened.id and each.ok for each in played)


def _saw(eyes: list[Target], sight: Sight) -> str:
    bad = sight.bad_now()
    return ", ".join(next((each for each in bad if each.startswith(eye.name)), f"{eye.name}: good") for eye in eyes)
