"""The loss of one network operator: its viewers reach nothing, those of the others everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.errors import Refused
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.links.packet_fault import PacketRules
from switchdrill_faults.packets import choosing, this_machine
from switchdrill_faults.parameter import refuse_empty


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorLoss(PacketRules):
    """Every packet of this operator's viewers is dropped: to its resolver, and to every site.

    They are known by the address that they come from (`source` of the operator in the platform's file). Without one
    it is refused: with its resolver alone, viewers who have an answer would go on watching.
    """

    kind: ClassVar[str] = "operator-loss"
    needs: ClassVar[str] = marked("the packet path on this host, and the operator's `source` in the platform's file")
    legend: ClassVar[Legend] = Legend(
        name=marked("Operator loss"),
        looks_like=marked("one operator's viewers get no name and reach no site; all others notice nothing"),
    )

    operator: str
    """As `operators` of the platform's file names it."""

    def __post_init__(self) -> None:
        refuse_empty(self, operator=self.operator)

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo. Refused when there is no such operator, or its viewers can't be told from others."""
        source, table = self._source(platform), self.table(platform)
        try:
            laid = choosing.around_address(source, act="drop", dialled=[], spared=[], table=table)
        except choosing.NoWay as problem:
            raise self._refused(problem.because or problem.what) from problem
        return [self.undo(f"operator {self.operator}", laid)]

    def _source(self, platform: Platform) -> str:
        operator = platform.operators.get(self.operator)
        if operator is None:
            raise self._refused(
                _("there is no such operator; there are {known}").format(known=", ".join(platform.operators) or "-")
            )
        if operator.source is None:
            raise Refused(
                _("operator {operator} can't be lost").format(operator=self.operator),
                where=repr(self),
                because=_("nothing tells its viewers from others: it has no source in the platform's file"),
                now=_("give it an address of this machine that its viewers come from:  source: ..."),
            )
        if not this_machine.has(operator.source) and operator.source not in platform.gateways:
            raise self._refused(
                _("its viewers come from {source}, which is no address of this machine").format(source=operator.source)
            )
        return operator.source

    def _refused(self, because: str) -> Refused:
        return Refused(
            _("operator {operator} can't be lost").format(operator=self.operator), where=repr(self), because=because
        )
