"""Waiting, while a drill runs: every wait looks at everything that could end the drill, and shows progress."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from switchdrill.carrier import CarrierRecord, carrier
from switchdrill.clock import NS_PER_S, now_ns, pause
from switchdrill.errors import Aborted
from switchdrill.healing.keeper import Keeper
from switchdrill.healing.undos import UndoStore
from switchdrill.load.audience import Audience
from switchdrill.machine.process import is_running
from switchdrill.platform.started import Started, ended, log_tail, tail
from switchdrill.probes.prober import Prober
from switchdrill.record.ballast import is_full
from switchdrill.record.entries import WhyCut
from switchdrill.record.folder import RunFolder
from switchdrill.running.chain import Chain
from switchdrill.running.injector import Injector
from switchdrill.running.progress import Progress
from switchdrill.running.stop_conditions import StopConditions
from switchdrill.text import _

LOOK_EVERY_S = 0.05
MACHINES_EVERY_NS = NS_PER_S // 2
CONTAINERS_EVERY_NS = 2 * NS_PER_S


class CutShort(Aborted):
    """The drill ends here; `why` is what `run.jsonl` says of it."""

    def __init__(
        self, what: str, *, why: WhyCut, where: str | None = None, because: str | None = None, now: str | None = None
    ) -> None:
        """`now`: when nothing is broken yet; else it is healed."""
        now = now or _("what was broken is healed; see the report")
        super().__init__(what, where=where, because=because, now=now)
        self.why = why


@dataclass(slots=True, kw_only=True)
class Watch:
    """Everything that must stay alive during a drill."""

    folder: RunFolder
    keeper: Keeper
    prober: Prober
    chain: Chain
    store: UndoStore
    progress: Progress
    stop_conditions: StopConditions
    state: Path | None
    audience: Audience | None = None
    injector: Injector | None = None
    broken_sites: set[str] = field(default_factory=set)
    broken_services: set[str] = field(default_factory=set)
    open_undos: dict[str, str] = field(default_factory=dict)
    """Undo id -> fault, of what is broken now: the healer may not have closed one of them."""
    services: list[Started] = field(default_factory=list)
    """The platform's processes, as far as we started them; one that ended by itself is told once, and taken out."""
    told: Callable[[str], None] = lambda _said: None
    """Where a deviation that is no end of the drill goes."""
    _machines_seen_ns: int = 0
    _containers_seen_ns: int = 0

    def until(self, condition: Callable[[], bool], *, within_ns: int) -> bool:
        """Whether `condition` came true in time. CutShort when the drill can't go on."""
        deadline = now_ns() + within_ns
        while True:
            self.look()
            if condition():
                return True
            if now_ns() >= deadline:
                return False
            pause(LOOK_EVERY_S)

    def sit_out(self, for_ns: int) -> None:
        """Let time pass. CutShort when the drill can't go on."""
        self.until(lambda: False, within_ns=for_ns)

    def look(self) -> None:
        """Raise CutShort when a stop condition is met, a helper died, the disk is full, or the healer had to heal."""
        self._show()
        met = self.stop_conditions.met()
        if met is not None:
            condition, said = met
            raise CutShort(
                _("stop condition {name} is met").format(name=condition.name),
                why="stop_condition",
                where=shlex.join(condition.look),
                because=said,
            )
        if self.chain.problem is not None:
            raise self.chain.problem
        if not self.keeper.is_alive():
            raise CutShort(_("the healer died"), why="crashed", where=str(self.folder.path / "healer.log"))
        if not self.prober.is_alive():
            said = _("the prober stands still") if _is_there(self.prober) else _("the prober died")
            raise self._died(said, "prober_died", self.folder.samples / "prober.log")
        if self.audience is not None and not self.audience.is_alive():
            said = _("the load stands still") if _is_there(self.audience) else _("the load died")
            raise self._died(said, "load_died", self.folder.load / "locust.log")
        if self.injector is not None and self.injector.problem is not None:
            raise CutShort(
                _("a fault could not be kept as it was planned"), why="no_effect", because=str(self.injector.problem)
            )
        for undo_id, fault in self.open_undos.items():
            closed = self.store.closed(undo_id)
            if closed is not None:
                raise healed_by_the_healer(fault, closed.why)
        if now_ns() - self._machines_seen_ns >= MACHINES_EVERY_NS:
            self._machines_seen_ns = now_ns()
            self._look_at_carriers()
            self._look_at_services()

    def _died(self, what: str, why: WhyCut, log: Path) -> CutShort:
        """A full disk kills helpers first: name the cause, not the symptom."""
        if is_full(self.folder.path):
            return CutShort(_("the disk is full"), why="disk_full", where=str(self.folder.path))
        return CutShort(what, why=why, where=str(log), because=tail(log))

    def _look_at_carriers(self) -> None:
        if self.state is None:
            return
        for record in carrier_records(self.state):
            if record.site not in self.broken_sites and not carrier().is_alive(record):
                raise CutShort(
                    _("the Toxiproxy server of site {site} died").format(site=record.site),
                    why="carrier_died",
                    where=record.log,
                    because=tail(Path(record.log)) if record.log else None,
                )

    def _look_at_services(self) -> None:
        """What a platform does when a part of it dies is its own affair, and is measured; that it did must be known."""
        whole = [
            each
            for each in self.services
            if each.site not in self.broken_sites and each.name not in self.broken_services
        ]
        has_containers = any(each.container is not None for each in whole)
        if has_containers and now_ns() - self._containers_seen_ns < CONTAINERS_EVERY_NS:
            whole = [each for each in whole if each.container is None]
        elif has_containers:
            self._containers_seen_ns = now_ns()
        for service in ended(whole):
            self.services.remove(service)
            last = log_tail(service, lines=1)
            told = f"service {service.name} of the platform ended by itself, see {service.log}"
            self.told(f"{told}; its last line: {last}" if last else told)

    def _show(self) -> None:
        latest = self.audience.latest() if self.audience is not None else None
        if latest is not None:
            self.progress.good, self.progress.viewers = latest.good, latest.planned
        self.progress.tick()


def _is_there(helper: Prober | Audience) -> bool:
    return helper.process is not None and is_running(helper.process)


def healed_by_the_healer(fault: str, why: str) -> CutShort:
    """What ends a drill whose fault was taken back before the drill did; `why` as in the closed undo."""
    if why == "stood_still":
        return CutShort(
            _("the drill stood still, so the healer has healed {fault}").format(fault=fault),
            why="stood_still",
            because=_("its process was stopped: Ctrl-Z, a debugger, or SIGSTOP"),
        )
    return CutShort(
        _("the deadline of {fault} passed, and the healer has healed it").format(fault=fault), why="healed_by_deadline"
    )


def carrier_records(state: Path) -> list[CarrierRecord]:
    """The Toxiproxy servers of a platform, as they run now."""
    return [
        CarrierRecord.model_validate_json(path.read_bytes())
        for path in sorted((state / "carriers").glob("*.json"))
        if not path.name.endswith(".proxies.json")
    ]
