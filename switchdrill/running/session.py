"""The processes and files of one run: opened in the order in which they protect each other, closed in reverse."""

from contextlib import suppress
from pathlib import Path

import pytest

from switchdrill.carrier import Rung
from switchdrill.clock import NS_PER_S, Anchor, now_ns
from switchdrill.errors import (
    BadInput,
    CouldNotHeal,
    CouldNotStart,
    DeadlinePassed,
    RecordLost,
    Refused,
)
from switchdrill.healing.heal import order, play_each
from switchdrill.healing.keeper import Keeper
from switchdrill.healing.lost import could_not_heal
from switchdrill.healing.undos import OpenUndo, UndoStore
from switchdrill.healing.way_back import still_on_the_standby, unplayed_way_back
from switchdrill.machine import network
from switchdrill.machine.process import own_name
from switchdrill.platform import home
from switchdrill.platform.docker_lock import lock_for, take
from switchdrill.platform.find import Placed
from switchdrill.platform.lifecycle import start_platform, undo_of, write_resolved
from switchdrill.platform.started import Started, as_started
from switchdrill.probes.prober import Prober
from switchdrill.record.ballast import Ballast, make_room
from switchdrill.record.entries import Began, Checked, Closed, Cut, Ended, Entry, Noted, UndoWritten, WhyCut
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import Journal
from switchdrill.record.plan import Plan
from switchdrill.running.chain import Chain
from switchdrill.running.interrupts import healing_in_peace
from switchdrill.running.live import LiveStage
from switchdrill.running.planning import opening
from switchdrill.running.progress import Progress
from switchdrill.running.readiness import prove_ready
from switchdrill.running.stop_conditions import StopConditions
from switchdrill.running.watch import CutShort, Watch
from switchdrill.state import OpenRun, forget, point_to
from switchdrill.text import _

SLACK_S = 120.0


class Session:
    """One run while it runs."""

    def __init__(
        self, plan: Plan, *, folder: RunFolder, placed: Placed, rung: Rung | None, progress: Progress, opened: Anchor
    ) -> None:
        """Open the journal. CouldNotStart when the run's folder can't take it."""
        self._plan = plan
        self._folder = folder
        self._placed = placed
        self._rung = rung
        self._progress = progress
        try:
            self._ballast = Ballast(folder.path)
            self._journal = Journal(folder.journal, ballast=self._ballast)
        except OSError as problem:
            raise CouldNotStart(
                _("the run's folder can't be written, so nothing was started"),
                where=str(folder.path),
                because=problem.strerror,
                now=_("make room there, or give another folder with --runs"),
            ) from problem
        self._store = UndoStore(folder.undo)
        self._keeper: Keeper | None = None
        self._prober: Prober | None = None
        self._chain: Chain | None = None
        self._stop_conditions = StopConditions(plan.platform.stop_conditions)
        self._own_undo: OpenUndo | None = None
        self._is_healed = False
        self._journal.write(opening(plan, folder, opened))

    def open(self) -> LiveStage:
        """Healer first, then the platform, then the probes. What it started is ended by `close`, however it ends."""
        self._journal.write(Began(t_ns=now_ns(), part="platform"))
        self._progress.part("platform")
        self._keeper = Keeper(self._folder, lock_descriptor=self._placed.lock.descriptor)
        point_to(
            OpenRun(
                folder=str(self._folder.path),
                platform=self._plan.platform.id,
                lock=str(self._placed.lock.path),
                state=self._plan.platform.state or "",
                runner=own_name(),
                healer=self._keeper.process,
                network=network.own(),
            )
        )
        lock = lock_for(self._plan.platform, self._folder.path)
        self._write_own_undo("" if lock is None else lock.as_text())
        if lock is not None:
            take(lock, self._plan.platform, f"run {self._folder.run_id}")
        self._write_for_its_commands()
        services = self._services()
        self._check("carrier", True, self._plan.carrier)
        prove_ready(self._plan.platform, self._journal, self._progress)
        self._stop_conditions.start(self._journal)
        self._prober = Prober()
        self._prober.start(self._folder)
        self._chain = Chain(self._folder, self._journal, self._plan.platform.events)
        self._chain.start()
        self._journal.write(Ended(t_ns=now_ns(), part="platform", reached=True))
        watch = Watch(
            folder=self._folder,
            keeper=self._keeper,
            prober=self._prober,
            chain=self._chain,
            store=self._store,
            progress=self._progress,
            stop_conditions=self._stop_conditions,
            state=Path(self._plan.platform.state) if self._plan.platform.state else None,
            services=services,
            told=lambda said: self._note(Noted(t_ns=now_ns(), deviation=True, said=said)),
        )
        return LiveStage(self._plan, journal=self._journal, watch=watch, sight=self._prober.sight)

    def _services(self) -> list[Started]:
        """The platform's processes: started now, or those of a platform that is up."""
        if self._placed.is_ours:
            return start_platform(self._plan.platform, self._rung, self._placed.project)
        name, state = self._plan.platform.id, self._plan.platform.state
        is_standing = state is not None and Path(state) == home.home_of(name)
        known = home.residents(name) if is_standing else None
        return list(known.services) if known is not None else as_started(self._plan.platform)

    def _write_for_its_commands(self) -> None:
        """What others started has no file yet in which everything is filled in; its `fence` may want that in days."""
        state = self._plan.platform.state
        if state == str(self._folder.platform) and not self._placed.is_ours:
            write_resolved(self._plan.platform, Path(state) / "platform.yaml")

    def close(self, problem: BaseException | None) -> BaseException | None:
        """Heal what is open, stop what runs, finish the record. Returns CouldNotHeal when something stays broken.

        The healer still watches, and others still find the run, until `leave`.
        """
        with healing_in_peace():
            if problem is not None:
                self._note(Cut(t_ns=now_ns(), why=_why(problem), said=str(problem) or type(problem).__name__))
            try:
                self._stop_measuring()
            finally:  # whatever is wrong with a helper, what is broken is healed
                self._progress.part("stop")
                why = "done" if problem is None else "aborted"
                make_room(self._folder.path)
                played = play_each(self._store, self._still_open(), by="runner", why=why)
            self._stop_conditions.end()
            for each in played:
                self._note(each.as_record())
            still_broken = [each for each in played if not each.ok]
            self._tell_the_way_back()
            self._note(Closed(t_ns=now_ns(), by="runner", all_healed=not still_broken))
            self._journal.close()
            self._ballast.give_up()
            self._progress.close()
            self._is_healed = not still_broken
        return could_not_heal(self._folder, still_broken) if still_broken else None

    def leave(self) -> None:
        """All is written and judged: nobody need look for this run any more, and the healer may go.

        In this order: killed between the two, the healer finds nothing to do; the other way round nobody would forget.
        """
        with healing_in_peace():
            try:
                if self._is_healed:
                    forget(self._folder.path)
            except OSError as problem:  # the run is over, healed and judged; the next sweep finds nothing to do in it
                self._progress.say(
                    _("what points to this run can't be removed: {reason}").format(reason=problem.strerror)
                )
            if self._keeper is not None:
                self._keeper.say_goodbye()

    def _stop_measuring(self) -> None:
        if self._prober is not None:
            self._prober.stop()
        if self._chain is not None:
            self._chain.finish()
            if self._chain.problem is not None:
                self._note(Noted(t_ns=now_ns(), deviation=True, said=f"not all was chained: {self._chain.problem}"))

    def _tell_the_way_back(self) -> None:
        command = unplayed_way_back(self._folder)
        if command is not None:
            self._note(Noted(t_ns=now_ns(), deviation=True, said=f"the way back was not played to its end: {command}"))
            self._progress.say(still_on_the_standby(command))

    def _still_open(self) -> list[OpenUndo]:
        """What is open on disk, and our own way home, which is known here even when its file is gone."""
        opened = self._store.open()
        own = self._own_undo
        if own is not None and self._store.closed(own.id) is None and own not in opened:
            opened.append(own)
        return order(opened)

    def _write_own_undo(self, lock: str) -> None:
        """The way home for all that the run starts, before any of it is."""
        state = Path(self._plan.platform.state) if self._placed.is_ours and self._plan.platform.state else None
        planned_s = sum(step.limit_s for step in self._plan.steps)
        deadline_ns = now_ns() + int((3 * planned_s + SLACK_S) * NS_PER_S)
        try:
            opened, path, sha256 = self._store.write(
                "platform",
                undo_of(state=state, run=self._folder.path, docker=self._plan.platform.docker, lock=lock),
                deadline_ns=deadline_ns,
            )
        except OSError as problem:
            raise CouldNotStart(
                _("the platform's undo can't be written, so nothing was started"),
                where=str(self._folder.undo),
                because=problem.strerror,
            ) from problem
        self._own_undo = opened
        self._journal.write(
            UndoWritten(
                t_ns=now_ns(),
                undo=opened.id,
                file=str(path.relative_to(self._folder.path)),
                sha256=sha256,
                deadline_ns=deadline_ns,
            )
        )

    def _check(self, name: str, ok: bool, said: str) -> None:
        self._journal.write(Checked(t_ns=now_ns(), name=name, ok=ok, said=said))

    def _note(self, entry: Entry) -> None:
        with suppress(RecordLost):
            self._journal.write(entry)


def _why(problem: BaseException) -> WhyCut:
    """What `run.jsonl` calls what ended the drill."""
    if isinstance(problem, CutShort):
        return problem.why
    if isinstance(problem, KeyboardInterrupt | SystemExit):
        return "interrupted"
    if isinstance(problem, RecordLost):
        return "disk_full"
    if isinstance(problem, CouldNotHeal):
        return "could_not_heal"
    if isinstance(problem, CouldNotStart | Refused | BadInput | DeadlinePassed):
        return "could_not_start"
    if isinstance(problem, AssertionError | pytest.fail.Exception):
        return "failed_assertion"
    return "crashed"
