"""What the faults of links in the packet path have in common: their rules, the proof of them, and the way home."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, get_args

from switchdrill.fault import EXAMPLE, Counted, PutBack
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.record.plan import PlannedEffect
from switchdrill.text import marked
from switchdrill.undo import AT_ONCE_S, Undo
from switchdrill_faults.links import hold
from switchdrill_faults.links.chosen import chosen
from switchdrill_faults.links.share import share_ppb
from switchdrill_faults.packets import way
from switchdrill_faults.packets.rule import Direction, Flow
from switchdrill_faults.packets.way import Way
from switchdrill_faults.parameter import refuse_empty, refuse_unknown

WITHIN_S = 15.0
"""Until somebody uses the link: what replicates does so at once, what checks does so every few seconds."""
_RARE_PPB = 10_000_000
_WHILE_RARE_S = 60.0
"""Until a fault acts that leaves hundreds of packets alone."""
_HEAL_S = 5.0
"""Where more than this host's own nft has to be run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketRules:
    """Rules of the packet path, each in an undo of its own."""

    kind: ClassVar[str]
    needs: ClassVar[str] = marked(
        "the packet path: nft as root, in a network namespace of the run's own, or in a container"
    )

    def inject(self, undos: Sequence[Undo]) -> None:
        """One transaction for each undo."""
        for undo in undos:
            way.lay(way.of(undo))

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:
        """No site's probes need see it: the packets that met the rules are the proof."""
        rules = [way.of(undo).rule for undo in undos]
        is_rare = any(isinstance(rule, Flow) and 0 < rule.share_ppb < _RARE_PPB for rule in rules)
        return PlannedEffect(site="", outcomes=[], within_s=_WHILE_RARE_S if is_rare else WITHIN_S)

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """Packets that were hit, by every one of the rules."""
        return way.counted_in(undos)

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """A rule in a container is gone when that was started anew; it is laid again."""
        return [back for undo in undos for back in way.put_back(undo)]

    @staticmethod
    def heal(undo: Undo) -> str:
        """Take the rule away, and see that it is gone."""
        return f"{undo.target}: {way.heal(way.of(undo))}"

    def table(self, platform: Platform, *of: str) -> str:
        """Of the parameters, too: one link may lose much in one direction, and little in the other."""
        return way.table_for(self.kind, platform.id, str(platform.state), repr(self), *of)

    def undo(self, target: str, laid: Way) -> Undo:
        """The way home of one rule."""
        is_at_once = laid.how == "host" and laid.rule.act != "shape"
        return Undo(
            kind=self.kind,
            target=target,
            says=f"lets packets of {target} pass as before",
            mechanism=laid.says(),
            facts={"packets": laid.model_dump_json()},
            heal_limit_s=AT_ONCE_S if is_at_once else _HEAL_S,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketFault(PacketRules, ABC):
    """The same rule on each of some links."""

    link: str
    """A link's name, or a pattern whose sites may be roles: `primary.*--standby.*`; all of a site's: `primary.*--*`."""

    def __post_init__(self) -> None:
        refuse_empty(self, link=self.link)

    @abstractmethod
    def rule(self) -> Flow:
        """Without the addresses, which are each link's own."""

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo for each link. Refused, with every reason, when one of them can't have it."""
        return [self._undo(link, platform) for link in chosen(self.link, platform, where=repr(self))]

    def _undo(self, link: Link, platform: Platform) -> Undo:
        laid = hold.laid(link, platform, self.rule(), where=repr(self), table=self.table(platform, link.name))
        return self.undo(f"link {link.name}", laid)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareFault(PacketFault):
    """A rule that hits a share of the packets, in each direction that is asked."""

    percent: float | str = field(metadata={EXAMPLE: "5"})
    """From 0.001 to 99: `0.1`."""
    direction: Direction = field(default="both", metadata={EXAMPLE: "both"})
    """`toward` where the link listens, or `back` from there, whoever connects."""

    def __post_init__(self) -> None:
        PacketFault.__post_init__(self)
        refuse_unknown(self, "direction", self.direction, get_args(Direction))
        self.share_ppb()

    def share_ppb(self) -> int:
        return share_ppb(self.percent, where=repr(self))
