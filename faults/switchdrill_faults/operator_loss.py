"""The loss of one network operator: its viewers reach nothing, those of the others everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.errors import BadInput, Refused
from switchdrill.fault import Counted, PutBack
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend, PlannedEffect
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.packets import choosing, this_machine, way

_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorLoss:
    """Every packet of this operator's viewers is dropped: to its resolver, and to every site.

    They are known by the address that they come from (`source` of the operator in the platform's file). Without one
    it is refused: with its resolver alone, viewers who have an answer would go on watching.
    """

    kind: ClassVar[str] = "operator-loss"
    legend: ClassVar[Legend] = Legend(
        name=marked("Operator loss"),
        looks_like=marked("one operator's viewers get no name and reach no site; all others notice nothing"),
    )

    operator: str
    """As `operators` of the platform's file names it."""

    def __post_init__(self) -> None:
        if not isinstance(self.operator, str) or not self.operator:
            raise BadInput(_("OperatorLoss: operator must be a name, not {value!r}").format(value=self.operator))

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo. Refused when there is no such operator, or its viewers can't be told from others."""
        table = way.table_for(self.kind, platform.id, str(platform.state), self.operator)
        try:
            laid = choosing.around_address(self._source(platform), act="drop", dialled=[], spared=[], table=table)
        except choosing.NoWay as problem:
            raise self._refused(problem.because or problem.what) from problem
        return [
            Undo(
                kind=self.kind,
                target=f"operator {self.operator}",
                says=f"lets packets of operator {self.operator}'s viewers pass again",
                mechanism=laid.says(),
                facts={"operator": self.operator, "packets": laid.model_dump_json()},
            )
        ]

    def inject(self, undos: Sequence[Undo]) -> None:
        """One transaction."""
        for undo in undos:
            way.lay(way.of(undo))

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:  # noqa: ARG002  # the protocol's
        """No site is lost: what its viewers sent, and was dropped, is the proof."""
        return PlannedEffect(site="", outcomes=[], within_s=_WITHIN_S)

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """Packets of its viewers that were dropped."""
        return way.counted_in(undos)

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """When somebody's firewall was loaded anew, the rule is laid again."""
        return [back for undo in undos for back in way.put_back(undo)]

    @staticmethod
    def heal(undo: Undo) -> str:
        """Take the rule away, and see that it is gone."""
        return f"{undo.target}: {way.heal(way.of(undo))}"

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
        if not this_machine.has(operator.source):
            raise self._refused(
                _("its viewers come from {source}, which is no address of this machine").format(source=operator.source)
            )
        return operator.source

    def _refused(self, because: str) -> Refused:
        return Refused(
            _("operator {operator} can't be lost").format(operator=self.operator), where=repr(self), because=because
        )
