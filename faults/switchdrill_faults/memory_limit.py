"""A service that gets no more memory."""

import re
from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.errors import BadInput
from switchdrill.fault import EXAMPLE
from switchdrill.machine.cgroup import Controller
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill_faults.services import service
from switchdrill_faults.services.limit import LimitFault

_SIZE = re.compile(r"(\d{1,6})(MiB|GiB)", re.ASCII)
_LEAST = 6 << 20
"""Docker takes no less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryLimit(LimitFault):
    """All processes of the service together get no more than `limit`, swap included.

    Of a program that is no container, what it had before is not counted: the kernel leaves that with whom it was
    charged to.
    """

    kind: ClassVar[str] = "memory-limit"
    verb: ClassVar[str] = "memory limit"
    controller: ClassVar[Controller] = "memory"
    legend: ClassVar[Legend] = Legend(
        name=marked("Memory limited"),
        looks_like=marked("it gets slower where it needs more; at the limit the kernel kills its processes"),
        pattern="dots",
    )

    limit: str = field(metadata={EXAMPLE: "64MiB"})
    """`64MiB`, `1GiB`."""
    may_kill: bool = False
    """Also when it uses more than that now: then it is killed, and started again with so much."""

    def __post_init__(self) -> None:
        service.ServiceFault.__post_init__(self)
        found = _SIZE.fullmatch(self.limit) if isinstance(self.limit, str) else None
        if found is None or self.bound() < _LEAST:
            raise BadInput(
                _("MemoryLimit: a size from 6MiB on is expected, such as 64MiB or 1GiB, not {value!r}").format(
                    value=self.limit
                )
            )
        if not isinstance(self.may_kill, bool):
            raise BadInput(_("MemoryLimit: may_kill is True or False, not {value!r}").format(value=self.may_kill))

    def bound(self) -> int:
        return int(self.limit[:-3]) << (20 if self.limit.endswith("MiB") else 30)

    def is_deadly(self) -> bool:
        return self.may_kill
