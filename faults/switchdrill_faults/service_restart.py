"""A service that is started anew, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.fault import Counted
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill.undo import Undo
from switchdrill_faults.services import service
from switchdrill_faults.services.hold import held


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRestart(service.ServiceFault):
    """The service is stopped and started again, once."""

    kind: ClassVar[str] = "service-restart"
    verb: ClassVar[str] = "restart"
    legend: ClassVar[Legend] = Legend(
        name=marked("Service restarted"),
        looks_like=marked("refused for a moment, then as before; what it held in memory is gone"),
    )

    def inject(self, undos: Sequence[Undo]) -> None:
        """Its own stop signal, SIGKILL after 10 s, and started."""
        for undo in undos:
            held(undo).restart()

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """The instant of its start, which is another than before."""
        return held(undos[0]).was_started_anew()
