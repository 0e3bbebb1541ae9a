"""The second walk through a drill: for real. Every call records what it did before and after it did it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random

from switchdrill.arrangement import Timed
from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.duration import written
from switchdrill.errors import RecordLost, SwitchdrillError
from switchdrill.fault import Fault, parameters
from switchdrill.load.audience import Audience
from switchdrill.machine.command import Ran
from switchdrill.platform.targets import Target
from switchdrill.probes.sight import Sight
from switchdrill.record.entries import Began, Ended, Noted, Switched, WhyCut
from switchdrill.record.journal import Journal
from switchdrill.record.plan import Plan
from switchdrill.running.ask import read_ledger
from switchdrill.running.breaking import Breaking, Episode
from switchdrill.running.commanding import command
from switchdrill.running.patience import joining_ns, steadying_ns
from switchdrill.running.watch import CutShort, Watch
from switchdrill.text import _

GOOD_AGAIN_NS = NS_PER_S
GLANCE_NS = 5 * NS_PER_S
"""How long an aborted drill looks whether what it healed is whole."""


class LiveStage:
    """Plays the drill on the platform, through the run's journal, prober, audience and undos."""

    def __init__(self, plan: Plan, *, journal: Journal, watch: Watch, sight: Sight) -> None:
        self._plan = plan
        self._runbook = plan.runbook
        self._platform = plan.platform
        self._journal = journal
        self._watch = watch
        self._sight = sight
        self._random = Random(plan.seed)  # noqa: S311 - the fault's offset must be repeatable, not secret
        self._breaking = Breaking(plan, journal=journal, watch=watch, sight=sight)
        self._began_switch_ns = 0
        self._serving: str | None = None
        self._holds = 0

    @contextmanager
    def load(self, profile: str) -> Iterator[None]:
        audience = Audience()
        promised = self._runbook.load[profile]
        with self._part("load") as reached:
            audience.start(self._watch.folder, profile)
            self._watch.audience = audience
            reached(self._watch.until(audience.everyone_joined, within_ns=joining_ns(promised.ramp)))
        try:
            yield
            self._control()
        finally:
            self._watch.audience = None
            audience.stop()

    def steady(self, for_ns: int | None) -> None:
        wanted = for_ns or self._runbook.objectives.steady
        begun_ns = now_ns()
        with self._part("steady") as reached:
            is_steady = self._watch.until(
                lambda: self._good_for(self._plan.targets, wanted, since_ns=begun_ns),
                within_ns=steadying_ns(wanted),
            )
            reached(is_steady)
            if not is_steady:
                raise CutShort(
                    _("not every probe was good for the runbook's time in a row, so nothing was broken"),
                    why="not_steady",
                    because="\n".join(self._sight.bad_now()) or _("a probe was bad in between"),
                    now=_("see the report for what was bad, and drill again when the platform is well"),
                )
            self._refuse_viewers_of_nobody()
            self._refuse_a_switch_that_happened()

    def _refuse_viewers_of_nobody(self) -> None:
        """Where nothing tells who serves, no switch could be seen, and the drill would break a site for nothing."""
        untold = [
            target.name
            for target in self._plan.targets
            if target.kind == "hls" and target.operator is not None and self._sight.site_of(target.name) is None
        ]
        if untold and any(step.step == "until_switched" for step in self._plan.steps):
            why = {
                "header": _("no answer carries the header {header} with what a site is called there (`serves_as`)"),
                "picture": _("no picture carries a mark with the number of a site"),
                "resolution": _("the name leads to an address that no site has"),
            }[self._platform.served_by]
            raise CutShort(
                _("nothing tells which site serves the viewers, so nothing was broken"),
                why="not_steady",
                where=", ".join(untold),
                because=why.format(header=self._platform.served_header),
                now=_("correct `served_by` and what belongs to it in the platform's file"),
            )

    def _refuse_a_switch_that_happened(self) -> None:
        """Viewers that are on the standby already can't show how long it takes to get there."""
        planned = [step.detail["to"] for step in self._plan.steps if step.step == "until_switched"]
        there = [
            target.name
            for target in self._plan.targets
            if target.kind == "hls" and target.operator is not None and self._sight.site_of(target.name) in planned[:1]
        ]
        if there:
            argv = self._platform.way_back()
            command = "" if argv is None else shlex.join(argv)
            raise CutShort(
                _("viewers are served by site {site} already, so nothing was broken").format(site=planned[0]),
                why="not_steady",
                where=", ".join(there),
                because=_("an earlier drill, or somebody, has switched"),
                now=_("send them back, then drill again:  {command}").format(command=command),
            )

    @contextmanager
    def broken_by(self, faults: list[Timed]) -> Iterator[None]:
        self._vary_the_instant()
        episode = Episode()
        before, began_switch_ns = self._watch.progress.fault, self._began_switch_ns
        self._watch.progress.fault = ", ".join(_named(each.fault) for each in faults)
        try:
            with self._part("fault"):
                self._breaking.inject(faults, episode)
            self._began_switch_ns = episode.onset_ns
            yield
        except BaseException:  # whatever ends the block, Ctrl-C too: what it broke comes home first
            self._heal(episode, before)
            self._glance(episode)
            raise
        self._began_switch_ns = began_switch_ns
        cut = self._heal(episode, before)
        if cut is not None:
            self._glance(episode)
            raise cut
        with self._part("rejoin") as reached:
            rejoin_ns = self._runbook.objectives.rejoin
            reached(self._breaking.rejoined(episode, within_ns=rejoin_ns, good_for_ns=GOOD_AGAIN_NS))

    def _heal(self, episode: Episode, fault_before: str) -> CutShort | None:
        """Take everything of the block back; not being able to write that down is no reason not to."""
        self._watch.progress.part("heal")
        with suppress(RecordLost):
            self._journal.write(Began(t_ns=now_ns(), part="heal"))
        try:
            return self._breaking.heal(episode)
        finally:
            self._watch.progress.fault = fault_before
            with suppress(RecordLost):
                self._journal.write(Ended(t_ns=now_ns(), part="heal", reached=not episode.is_broken))

    def _glance(self, episode: Episode) -> None:
        """Look whether all is well; what ended the drill is what counts."""
        with suppress(SwitchdrillError):
            self._breaking.rejoined(episode, within_ns=GLANCE_NS, good_for_ns=0)

    def until_switched(self, to: str, within_ns: int | None) -> None:
        limit = within_ns or self._runbook.objectives.recovery.limit
        with self._part("switch") as reached:
            self._switch(self._platform.site_with_role(to), limit, reached)

    def hold(self, for_ns: int | None) -> None:
        with self._part("hold"):
            self._watch.sit_out(for_ns or self._runbook.objectives.hold)
        if self._serving is not None:
            self._holds += 1
            self._read_ledgers([self._serving], "hold" if self._holds == 1 else f"hold-{self._holds}")

    def ride_out(self, for_ns: int | None) -> None:
        with self._part("ride_out"):
            self._watch.sit_out(for_ns or self._runbook.objectives.hold)

    def failback(self, to: str, within_ns: int | None) -> None:
        site = self._platform.site_with_role(to)
        limit = within_ns or self._runbook.objectives.failback.limit
        self._began_switch_ns = now_ns()
        argv = self._platform.way_back(site) or []
        with self._part("failback") as reached:
            ran = command("failback", argv, self._journal, within_s=limit / NS_PER_S)
            if not ran.is_fine:
                why: WhyCut = "limit" if ran.code is None else "command_failed"
                raise CutShort(_ended(ran, limit), why=why, where=shlex.join(argv), because=ran.last_words or None)
            self._switch(site, limit, reached)

    def _switch(self, site: str, limit_ns: int, reached: _Reached) -> None:
        """Wait until every operator's viewers are served by `site`, with enough new good segments from it."""
        eyes = [each for each in self._plan.targets if each.kind == "hls" and each.operator is not None]
        since_ns = self._began_switch_ns
        segments = self._runbook.good_frame.segments

        def has_switched() -> bool:
            return all(self._sight.new_segments(eye.name, site, since_ns) >= segments for eye in eyes)

        in_time = self._watch.until(has_switched, within_ns=max(0, since_ns + limit_ns - now_ns()))
        reached(in_time)
        strata = {eye.name: self._sight.site_of(eye.name) or "-" for eye in eyes}
        self._journal.write(Switched(t_ns=now_ns(), to=site, reached=in_time, strata=strata))
        if not in_time:
            raise CutShort(
                _("not every viewer was served by site {site} when the runbook's limit passed").format(site=site),
                why="limit",
                because=", ".join(f"{name}: {served}" for name, served in strata.items()),
            )
        self._serving = site

    def _control(self) -> None:
        with self._part("control"):
            self._watch.sit_out(self._runbook.objectives.control)
        sites = [name for name, site in self._platform.sites.items() if site.role != "witness"]
        self._read_ledgers(sites, "end")

    def _read_ledgers(self, sites: list[str], when: str) -> None:
        for ledger in self._platform.ledgers:
            for site in sites:
                into = self._watch.folder.ledgers / f"{ledger}.{site}.{when}.json"
                problem = read_ledger(self._platform, ledger, site, prefix=self._plan.run, into=into)
                if problem is not None:
                    said = f"ledger {ledger} of site {site} could not be read: {problem}"
                    self._journal.write(Noted(t_ns=now_ns(), deviation=True, said=said))

    def _vary_the_instant(self) -> None:
        """Meet the detector at a random point of its period, so that a run is not always lucky or always unlucky."""
        detector = self._platform.detector
        if detector is not None:
            offset_ns = int(self._random.random() * detector.every)
            said = f"waited {offset_ns / NS_PER_S:.3f} s of the detector's period before the fault"
            self._journal.write(Noted(t_ns=now_ns(), deviation=False, said=said))
            self._watch.sit_out(offset_ns)

    def _good_for(self, targets: list[Target], wanted_ns: int, *, since_ns: int) -> bool:
        """Under the full load, that is: what was good before `since_ns` does not count."""
        starts = [self._sight.good_since_ns(target.name) for target in targets]
        return all(start is not None and now_ns() - max(start, since_ns) >= wanted_ns for start in starts)

    @contextmanager
    def _part(self, name: str) -> Iterator[_Reached]:
        """Record that a part began and how it ended, even when it is cut short."""
        self._journal.write(Began(t_ns=now_ns(), part=name))
        self._watch.progress.part(name)
        reached = _Reached()
        try:
            yield reached
        except BaseException as problem:  # whatever ends a part, the record says that it ended
            with suppress(RecordLost):
                self._journal.write(Ended(t_ns=now_ns(), part=name, reached=False, said=str(problem).split("\n", 1)[0]))
            raise
        self._journal.write(Ended(t_ns=now_ns(), part=name, reached=reached.value))


class _Reached:
    """Whether a part got where it wanted."""

    def __init__(self) -> None:
        self.value = True

    def __call__(self, value: bool) -> None:
        self.value = value


def _ended(ran: Ran, limit_ns: int) -> str:
    if ran.code is None:
        return _("the platform's failback command was still running when its limit of {limit} passed").format(
            limit=written(limit_ns)
        )
    return _("the platform's failback command ended with exit code {code}").format(code=ran.code)


def _named(fault: Fault) -> str:
    """`site-loss site=primary shape=stall`: what is on, for the progress line."""
    return " ".join([fault.kind, *(f"{name}={value}" for name, value in parameters(fault).items())])
