"""A service that dies and is started again, over and over."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.clock import NS_PER_S
from switchdrill.duration import parse_ns
from switchdrill.errors import BadInput
from switchdrill.fault import EXAMPLE, Counted, Schedule, Turn
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.services import service
from switchdrill_faults.services.hold import held

_LONGEST_DEAD_NS = NS_PER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRestartLoop(service.ServiceFault):
    """The service is killed every `every`, and started again half of that later, or a second."""

    kind: ClassVar[str] = "service-restart-loop"
    verb: ClassVar[str] = "kill and start"
    legend: ClassVar[Legend] = Legend(
        name=marked("Service in a restart loop"),
        looks_like=marked("it serves for a while, is gone for a moment, and has forgotten what it held in memory"),
        pattern="dots",
    )

    every: str = field(metadata={EXAMPLE: "10s"})
    """From one death to the next: `10s`."""

    def __post_init__(self) -> None:
        service.ServiceFault.__post_init__(self)
        try:
            every_ns = parse_ns(self.every)
        except ValueError as problem:
            raise BadInput(_("ServiceRestartLoop: every can't be read"), because=str(problem)) from problem
        if every_ns < NS_PER_S:
            raise BadInput(_("ServiceRestartLoop: from 1s on is expected, not {value}").format(value=self.every))

    def schedule(self) -> Schedule:
        """Two turns each time."""
        every_ns = parse_ns(self.every)
        dead_ns = min(every_ns // 2, _LONGEST_DEAD_NS)
        turns = [Turn(after_ns=0, state="killed"), Turn(after_ns=dead_ns, state="started")]
        return Schedule(turns=turns, period_ns=every_ns)

    def inject(self, undos: Sequence[Undo]) -> None:
        """For the first time."""
        self.turn(undos, "killed")

    def turn(self, undos: Sequence[Undo], state: str) -> None:
        """Killing what is dead, and starting what runs, change nothing."""
        for undo in undos:
            hold = held(undo)
            if state == "killed":
                hold.kill()
            else:
                hold.start()

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """It is gone just now, or runs since another instant than before."""
        gone = held(undos[0]).is_gone()
        return gone if gone.ok else held(undos[0]).was_started_anew()
