"""A link whose packets vanish: connects time out, live connections fall silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.errors import BadInput
from switchdrill.fault import Counted, PutBack
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend, PlannedEffect
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.links import hold
from switchdrill_faults.links.chosen import chosen
from switchdrill_faults.packets import way

_WITHIN_S = 15.0
"""Until somebody uses the link: what replicates does so at once, what checks does so every few seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkBlackhole:
    """Every packet of these links is dropped, in both directions."""

    kind: ClassVar[str] = "link-blackhole"
    legend: ClassVar[Legend] = Legend(
        name=marked("Link blackhole"),
        looks_like=marked("connects over the link time out, live connections fall silent"),
    )

    link: str
    """A link's name, or a pattern whose sites may be roles: `primary.*--standby.*`."""

    def __post_init__(self) -> None:
        if not isinstance(self.link, str) or not self.link:
            raise BadInput(_("LinkBlackhole: link must be a name or a pattern, not {value!r}").format(value=self.link))

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo for each link."""
        where = f"LinkBlackhole(link={self.link!r})"
        undos: list[Undo] = []
        for link in chosen(self.link, platform, where=where):
            table = way.table_for(self.kind, platform.id, str(platform.state), link.name)
            laid = hold.planned(link, platform, act="drop", where=where, table=table)
            undos.append(
                Undo(
                    kind=self.kind,
                    target=f"link {link.name}",
                    says=f"lets packets of link {link.name} pass again",
                    mechanism=laid.says(),
                    facts={"link": link.name, "packets": laid.model_dump_json()},
                )
            )
        return undos

    def inject(self, undos: Sequence[Undo]) -> None:
        """One transaction for each link."""
        for undo in undos:
            way.lay(way.of(undo))

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:  # noqa: ARG002  # the protocol's
        """No site's probes need see it: the packets that were dropped are the proof."""
        return PlannedEffect(site="", outcomes=[], within_s=_WITHIN_S)

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """Packets dropped on every one of the links."""
        return way.counted_in(undos)

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """A rule in a container is gone when that was started anew; it is laid again."""
        return [back for undo in undos for back in way.put_back(undo)]

    @staticmethod
    def heal(undo: Undo) -> str:
        """Take the rule away, and see that it is gone."""
        return f"link {undo.facts['link']}: {way.heal(way.of(undo))}"
