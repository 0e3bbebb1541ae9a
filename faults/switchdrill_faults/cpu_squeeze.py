"""A service that gets too little of the processor: it answers, late."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from switchdrill.errors import BadInput
from switchdrill.fault import EXAMPLE
from switchdrill.machine.cgroup import PERIOD_US, Controller
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill_faults.services import service
from switchdrill_faults.services.limit import LimitFault

_SHARE = re.compile(r"(\d{1,4}(?:\.\d{1,2})?)%", re.ASCII)
_LEAST_US = 1000
"""The kernel takes no less in each period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuSqueeze(LimitFault):
    """All processes of the service together get no more than `share` of one processor."""

    kind: ClassVar[str] = "cpu-squeeze"
    verb: ClassVar[str] = "processor quota"
    controller: ClassVar[Controller] = "cpu"
    legend: ClassVar[Legend] = Legend(
        name=marked("Processor squeezed"),
        looks_like=marked("it answers late, in fits and starts; under load not in time"),
        pattern="dots",
    )

    share: str = field(metadata={EXAMPLE: "5%"})
    """Of one processor: `5%`; `150%` is one and a half."""

    def __post_init__(self) -> None:
        service.ServiceFault.__post_init__(self)
        found = _SHARE.fullmatch(self.share) if isinstance(self.share, str) else None
        if found is None or self.bound() < _LEAST_US:
            raise BadInput(
                _("CpuSqueeze: a share of one processor from 1% on is expected, such as 5%, not {value!r}").format(
                    value=self.share
                )
            )

    def bound(self) -> int:
        return int(Decimal(self.share.removesuffix("%")) * PERIOD_US / 100)
