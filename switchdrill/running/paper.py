"""The first walk through a drill: on paper. It disturbs nothing and yields the plan."""

from collections.abc import Iterator
from contextlib import contextmanager

from switchdrill.arrangement import Timed
from switchdrill.clock import NS_PER_S
from switchdrill.duration import written
from switchdrill.errors import BadInput, Refused
from switchdrill.fault import Fault, Varying, parameters
from switchdrill.platform.model import Platform
from switchdrill.record.plan import PlannedFault, PlannedSchedule, PlannedStep, PlannedTurn, PlannedUndo
from switchdrill.runbook.model import RideOut, Runbook
from switchdrill.running.patience import joining_ns, steadying_ns
from switchdrill.text import _


class PaperStage:
    """Notes what every call would do; a fault that this platform can't have is refused here, with the reason."""

    def __init__(self, runbook: Runbook, platform: Platform, *, is_dry: bool = False) -> None:
        """`is_dry`: nothing follows it, so the plan of a platform that may not be broken can be looked at, too."""
        self._runbook = runbook
        self._is_dry = is_dry
        self._platform = platform
        self.steps: list[PlannedStep] = []
        self.faults: list[PlannedFault] = []
        self._short: list[str] = []
        self._taken: list[str] = []
        """Sites that are broken where the walk is now."""
        self._broken: list[str] = []
        """What is broken there, as the undos name it."""
        self._ridden: list[PlannedFault] = []
        """What is broken there."""

    @contextmanager
    def load(self, profile: str) -> Iterator[None]:
        audience = self._runbook.load.get(profile)
        if audience is None:
            raise BadInput(
                _("the runbook has no load called {profile!r}").format(profile=profile),
                because=_("it has {names}").format(names=", ".join(self._runbook.load)),
            )
        if not any(probe.kind == "hls" and probe.through == "operators" for probe in self._platform.probes):
            raise BadInput(
                _("viewers have nothing to watch"),
                because=_("platform {platform} has no probe of kind hls through its operators").format(
                    platform=self._platform.id
                ),
                now=_("add one to `probes` in its file: viewers watch what it watches"),
            )
        detail = {"profile": profile, "viewers": str(audience.viewers)}
        self._note("load", audience.ramp, detail, limit_ns=joining_ns(audience.ramp))
        yield
        self._note("control", self._runbook.objectives.control, {})

    def steady(self, for_ns: int | None) -> None:
        wanted = for_ns or self._runbook.objectives.steady
        if wanted < self._runbook.objectives.steady:
            self._short.append(
                _("it is steady for {asked}, and the runbook wants {promised} before a fault: that is INVALID").format(
                    asked=written(wanted), promised=written(self._runbook.objectives.steady)
                )
            )
        self._note("steady", wanted, {}, limit_ns=steadying_ns(wanted))

    @contextmanager
    def broken_by(self, faults: list[Timed]) -> Iterator[None]:
        if not faults:
            raise BadInput(_("broken_by() was given no fault"))
        if self._platform.production and not self._is_dry:
            raise Refused(
                _("faults are not allowed on platform {platform}").format(platform=self._platform.id),
                because=_("its file says production: true, and nothing of ours breaks production"),
                now=_("drill a platform that is not production; of this one, nothing was touched"),
            )
        if not self._platform.inject and not self._is_dry:
            raise Refused(
                _("faults are not allowed on platform {platform}").format(platform=self._platform.id),
                because=_("its file says inject: false"),
                now=_("if it may be broken, say inject: true in its file"),
            )
        planned = [self._planned(each) for each in faults]
        targets = [target for each in planned for undo in each.undos for target in (undo.target, *undo.also)]
        twice = [each for each in targets if targets.count(each) > 1 or each in self._broken]
        if twice:
            raise BadInput(
                _("{target} is broken twice: what is lost already can't be lost").format(target=twice[0]),
                now=_("break it once; one block after another may break it again"),
            )
        broken, self._broken = self._broken, [*self._broken, *targets]
        taken, self._taken = self._taken, [*self._taken, *(each.effect.site for each in planned)]
        self.faults += planned
        ridden, self._ridden = self._ridden, [*self._ridden, *planned]
        names = ", ".join(each.kind for each in planned)
        within_s = max(each.effect.within_s + each.after_s for each in planned)
        self._note("break", int(within_s * NS_PER_S), {"faults": names})
        yield
        self._taken, self._broken, self._ridden = taken, broken, ridden
        self._note("heal", self._runbook.objectives.rejoin, {"faults": names})

    def until_switched(self, to: str, within_ns: int | None) -> None:
        recovery, site = self._runbook.objectives.recovery, self._site(to)
        if site in self._taken:
            raise BadInput(
                _("it waits until viewers are served by site {site}, which it has just broken").format(site=site),
                now=_("wait for another site:  drill.until_switched(to=...)"),
            )
        self._note("until_switched", recovery.target, {"to": site}, limit_ns=within_ns or recovery.limit)

    def hold(self, for_ns: int | None) -> None:
        promised = self._runbook.objectives.hold
        if for_ns is not None and for_ns < promised and any(each.step == "until_switched" for each in self.steps):
            self._short.append(
                _("it holds for {asked}, and the runbook promises {promised}: that can't be shown").format(
                    asked=written(for_ns), promised=written(promised)
                )
            )
        self._note("hold", for_ns or promised, {})

    def ride_out(self, for_ns: int | None) -> None:
        if not self._ridden:
            raise BadInput(
                _("ride_out() stands outside of broken_by(): there is nothing to ride out"),
                now=_("write it inside:  with drill.broken_by(...): drill.ride_out()"),
            )
        if any(each.step == "until_switched" for each in self.steps):
            raise BadInput(
                _("a drill waits for a switch, or it rides out a fault: it can't be judged by both"),
                now=_("write two drills, one with until_switched(), one with ride_out()"),
            )
        promises = [self._promise_of(each) for each in self._ridden]
        if any(each != promises[0] for each in promises):
            raise BadInput(
                _("the runbook promises different things of what is ridden out together"),
                because="\n".join(
                    f"{fault.kind}: {said.viewers}" for fault, said in zip(self._ridden, promises, strict=True)
                ),
                now=_("break them one after the other, or promise the same of them"),
            )
        promised = self._runbook.objectives.hold
        if for_ns is not None and for_ns < promised:
            self._short.append(
                _("it rides out for {asked}, and the runbook promises {promised}: that can't be shown").format(
                    asked=written(for_ns), promised=written(promised)
                )
            )
        self._note("ride_out", for_ns or promised, {"viewers": promises[0].viewers})

    def _promise_of(self, fault: PlannedFault) -> RideOut:
        promise = self._runbook.promised_of(fault.kind, fault.parameters)
        if promise is not None:
            return promise
        told = ", ".join(f"{name}: {value}" for name, value in fault.parameters.items())
        raise BadInput(
            _("the runbook does not say what viewers may notice of {fault} ({parameters})").format(
                fault=fault.kind, parameters=told
            ),
            because=_("its `ride_out` is about {faults}").format(
                faults=", ".join(dict.fromkeys(each.fault for each in self._runbook.ride_out)) or "-"
            ),
            now=_("add to its `ride_out`:  - {{fault: {fault}, viewers: unnoticed}}").format(fault=fault.kind),
        )

    def failback(self, to: str, within_ns: int | None) -> None:
        if "failback" not in self._platform.commands:
            raise Refused(
                _("the platform has no `failback` command"), now=_("add commands.failback to the platform's file")
            )
        promised = self._runbook.objectives.failback
        self._note("failback", promised.target, {"to": self._site(to)}, limit_ns=within_ns or promised.limit)

    def warnings(self) -> list[str]:
        """What would make the drill's own end a disappointment, in sentences."""
        done = {each.step for each in self.steps}
        missing = [
            (_("it puts no audience on: without drill.load() nothing is measured of viewers"), "load"),
            (_("it breaks nothing: without drill.broken_by() there is nothing to recover from"), "break"),
        ]
        return [*self._short, *(said for said, step in missing if step not in done)]

    def _site(self, role: str) -> str:
        try:
            return self._platform.site_with_role(role)
        except KeyError:
            raise BadInput(
                _("the platform has no site {role!r}").format(role=role),
                because=_("it has {names}").format(
                    names=", ".join(f"{name} ({site.role})" for name, site in self._platform.sites.items())
                ),
            ) from None

    def _planned(self, timed: Timed) -> PlannedFault:
        fault = timed.fault
        undos = fault.plan(self._platform)
        return PlannedFault(
            kind=fault.kind,
            parameters=parameters(fault),
            undos=[
                PlannedUndo(
                    id=f"{fault.kind}-{number}",
                    target=undo.target,
                    also=undo.also,
                    says=undo.says,
                    mechanism=undo.mechanism,
                )
                for number, undo in enumerate(undos, start=1)
            ],
            effect=fault.effect(undos),
            legend=fault.legend,
            after_s=timed.after_ns / NS_PER_S,
            schedule=_schedule(fault),
        )

    def _note(self, step: str, expected_ns: int, detail: dict[str, str], *, limit_ns: int | None = None) -> None:
        self.steps.append(
            PlannedStep(
                step=step,
                detail=detail,
                expected_s=expected_ns / NS_PER_S,
                limit_s=(expected_ns if limit_ns is None else limit_ns) / NS_PER_S,
            )
        )


def _schedule(fault: Fault) -> PlannedSchedule | None:
    if not isinstance(fault, Varying):
        return None
    schedule = fault.schedule()
    return PlannedSchedule(
        turns=[PlannedTurn(after_s=turn.after_ns / NS_PER_S, state=turn.state) for turn in schedule.turns],
        period_s=schedule.period_ns / NS_PER_S,
    )
