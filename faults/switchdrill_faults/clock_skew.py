"""A service whose clock is wrong."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.clock import NS_PER_S
from switchdrill.duration import parse_ns
from switchdrill.errors import BadInput
from switchdrill.fault import EXAMPLE, Counted
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.docker.skew import ContainerSkew
from switchdrill_faults.processes.skew import ProgramSkew
from switchdrill_faults.services import service
from switchdrill_faults.services.hold import held

_BY = re.compile(r"[+-]\S+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSkew(service.ServiceFault):
    """The service tells a time of day that is off `by` so much; how long things take stays as it is.

    It is started anew for that, by libfaketime, and once more when it is healed.
    """

    kind: ClassVar[str] = "clock-skew"
    needs: ClassVar[str] = marked("libfaketime where the service runs")
    verb: ClassVar[str] = "libfaketime at a restart"
    legend: ClassVar[Legend] = Legend(
        name=marked("Clock skewed"),
        looks_like=marked("refused for a moment, as it is started anew; then signatures, caches and leases are wrong"),
        pattern="dots",
    )

    by: str = field(metadata={EXAMPLE: "+1h"})
    """`+1h` is fast, `-90s` is slow; whole seconds."""

    def __post_init__(self) -> None:
        service.ServiceFault.__post_init__(self)
        if not isinstance(self.by, str) or not _BY.fullmatch(self.by):
            raise BadInput(
                _("ClockSkew: a duration with its sign is expected, such as +1h or -90s, not {value!r}").format(
                    value=self.by
                )
            )
        try:
            by_ns = parse_ns(self.by[1:])
        except ValueError as problem:
            raise BadInput(_("ClockSkew: by can't be read"), because=str(problem)) from problem
        if not by_ns or by_ns % NS_PER_S:
            raise BadInput(_("ClockSkew: whole seconds from 1s on are expected, not {value}").format(value=self.by))

    def detailed(self, undo: Undo, platform: Platform) -> Undo:  # noqa: ARG002  # the base's
        """Refused, with the reason, where libfaketime is not."""
        facts_of = ContainerSkew.facts_of if "boxes" in undo.facts else ProgramSkew.facts_of
        by_s = parse_ns(self.by[1:]) // NS_PER_S * (-1 if self.by[0] == "-" else 1)
        says = f"starts {undo.target} anew with the right time, and waits until it is ready"
        return undo.having({**facts_of(undo, where=self.where()), "by_s": by_s}, says=says)

    def inject(self, undos: Sequence[Undo]) -> None:
        """It is started anew."""
        for undo in undos:
            _skew(undo).set()

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """Whether its processes have the library, and what time they tell."""
        return _skew(undos[0]).counted()

    @staticmethod
    def heal(undo: Undo) -> str:
        """Without the library, and started anew if it had that. CouldNotHeal."""
        did = _skew(undo).unset()
        return service.told_home(undo, did, held(undo).come_home())


def _skew(undo: Undo) -> ContainerSkew | ProgramSkew:
    return ContainerSkew(undo) if "boxes" in undo.facts else ProgramSkew(undo)
