"""A line in the evening: slower and slower while everybody comes home, slow for hours, and better again at night."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import ClassVar, Literal

from switchdrill.clock import NS_PER_MS
from switchdrill.errors import BadInput
from switchdrill.fault import EXAMPLE, Counted, Fault, PutBack, Schedule
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.composed import inner
from switchdrill_faults.composed.fault import ComposedFault, proof
from switchdrill_faults.composed.profile import PROFILES, scheduled, shares
from switchdrill_faults.link_latency import LinkLatency
from switchdrill_faults.links import laying
from switchdrill_faults.links.line import links_of
from switchdrill_faults.links.quantity import milliseconds
from switchdrill_faults.links.share import share_ppb
from switchdrill_faults.packet_loss import PacketLoss
from switchdrill_faults.packets import way

Profile = Literal["evening", "day"]

_SHORTEST_S = 10
_LEAST_MS = 10
_STATES: dict[str, str] = {}
"""What each one that this process has made was turned to last, by its undos."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningPeak(ComposedFault):
    """Latency, and loss where it is asked for, that rise to `peak` and fall again, once, within `over`. What they fall
    to stays until it is healed.

    Unless a link's clients are steady, each step cuts its connections for a moment.
    """

    kind: ClassVar[str] = "evening-peak"
    needs: ClassVar[str] = marked(
        "a Toxiproxy on the links; of loss: the packet path, too; a line is `line` of its links"
    )
    legend: ClassVar[Legend] = Legend(
        name=marked("Evening peak"),
        looks_like=marked(
            "answers over the line come later and later, and sooner again; unless its clients are steady, its"
            " connections are cut for a moment with each step"
        ),
        pattern="dots",
        own_outage_s=1.0,
    )

    line: str
    """As `line` of the platform's links names it; or links, by name or a pattern whose sites may be roles."""
    peak: str = field(metadata={EXAMPLE: "200ms"})
    """Of a round trip: `200ms`."""
    over: str = field(metadata={EXAMPLE: "60s"})
    """How long it takes all in all."""
    profile: Profile = "evening"
    """`evening`: rise, plateau and fall. `day`: twenty-four hours from midnight on, with a small peak at noon."""
    loss: str = ""
    """Of the packets, each way, at the peak: `2` percent. Without it none is lost."""

    def __post_init__(self) -> None:
        for name in ("line", "peak", "over", "profile", "loss"):
            value = getattr(self, name)
            if not isinstance(value, str) or (name == "line" and not value):
                raise BadInput(_("EveningPeak: {name} must be text, not {value!r}").format(name=name, value=value))
        if self.profile not in PROFILES:
            known = ", ".join(PROFILES)
            raise BadInput(
                _("EveningPeak: the profiles are {known}, not {value!r}").format(known=known, value=self.profile)
            )
        milliseconds(self.peak, where=repr(self), least=_LEAST_MS)
        milliseconds(self.over, where=repr(self), least=1000 * _SHORTEST_S)
        if self.loss:
            share_ppb(self.loss, where=repr(self))
            share_ppb(self._lost(min(shares(self.profile))), where=repr(self))

    def schedule(self) -> Schedule:
        return scheduled(self.profile, milliseconds(self.over, where=repr(self)) * NS_PER_MS, self._state)

    def parts(self, platform: Platform) -> Sequence[Fault]:
        """As it begins."""
        first = shares(self.profile)[0]
        links = [link.name for link in links_of(self.line, platform, where=repr(self))]
        lossy = [PacketLoss(link=each, percent=self._lost(first)) for each in links if self.loss]
        return [*(LinkLatency(link=each, latency=self._late(first)) for each in links), *lossy]

    def inject(self, undos: Sequence[Undo]) -> None:
        """Its first step."""
        _STATES.pop(_key(undos), None)
        ComposedFault.inject(self, undos)

    def turn(self, undos: Sequence[Undo], state: str) -> None:
        """Each link is changed where it is broken."""
        _STATES[_key(undos)] = state
        for part, theirs in self._now(undos):
            for undo in theirs:
                if isinstance(part, LinkLatency):
                    laying.lay(undo, part.wanted(undo))
                else:
                    way.lay_anew(way.of(undo))

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """By its present step; latency, where packets are lost as well, by its first one, before they were."""
        first = [proof(part, theirs) for part, theirs in inner.by_part(undos)]
        now = zip(first, self._now(undos), strict=True)
        each = [shown or part.counted(theirs) for shown, (part, theirs) in now]
        return Counted(ok=all(one.ok for one in each), said="; ".join(one.said for one in each))

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """In its present step."""
        backs = [back for part, theirs in self._now(undos) for back in part.keep(theirs)]
        return [replace(back, undo=inner.around(undos, back.undo)) for back in backs]

    def _now(self, undos: Sequence[Undo]) -> list[tuple[LinkLatency | PacketLoss, list[Undo]]]:
        """Each part as strong as it is now."""
        state = _STATES.get(_key(undos), "")
        all_shares = shares(self.profile)
        share = next((each for each in all_shares if self._state(each) == state), all_shares[0])
        found: list[tuple[LinkLatency | PacketLoss, list[Undo]]] = []
        for part, theirs in inner.by_part(undos):
            if isinstance(part, LinkLatency):
                found.append((replace(part, latency=self._late(share)), theirs))
            elif isinstance(part, PacketLoss):
                lossy = replace(part, percent=self._lost(share))
                found.append((lossy, [_as_lossy(undo, lossy) for undo in theirs]))
        return found

    def _state(self, share: int) -> str:
        return self._late(share) + (f", {self._lost(share)}% lost" if self.loss else "")

    def _late(self, share: int) -> str:
        return f"{milliseconds(self.peak, where=repr(self)) * share // 100}ms"

    def _lost(self, share: int) -> str:
        return f"{(Decimal(self.loss.removesuffix('%')) * share / 100).normalize():f}"


def _as_lossy(undo: Undo, fault: PacketLoss) -> Undo:
    """Under the same table's name."""
    laid = way.of(undo)
    rule = laid.rule.model_copy(update={"share_ppb": fault.share_ppb()})
    return undo.model_copy(
        update={"facts": {**undo.facts, "packets": laid.model_copy(update={"rule": rule}).model_dump_json()}}
    )


def _key(undos: Sequence[Undo]) -> str:
    return "".join(undo.model_dump_json() for undo in undos)
