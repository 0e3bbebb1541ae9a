"""A fault of all links of a site that carry one thing: each broken by the first way that this platform allows."""

from abc import ABC
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from switchdrill.errors import Refused
from switchdrill.fault import Fault
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.composed import idle
from switchdrill_faults.composed.fault import ComposedFault
from switchdrill_faults.link_blackhole import LinkBlackhole
from switchdrill_faults.link_cut import LinkCut
from switchdrill_faults.links import ends
from switchdrill_faults.parameter import refuse_empty


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeFault(ComposedFault, ABC):
    """Which links; everything else is what a fault of one link does."""

    needs: ClassVar[str] = marked("links whose `carries` says so, and the packet path or a Toxiproxy on each")
    carries: ClassVar[Literal["publishing", "health", "replication"]]

    site: str
    """A role (`primary`), or a site's own name."""

    def __post_init__(self) -> None:
        refuse_empty(self, site=self.site)

    def ways(self, link: str) -> Sequence[Fault]:
        """The first that can be planned is taken."""
        return (LinkBlackhole(link=link), LinkCut(link=link))

    def is_meant(self, link: Link, site: str, platform: Platform) -> bool:
        """Of those that carry it: whether `site` is at either end."""
        return site in (ends.site_of(link.from_, platform), ends.site_of(link.to, platform))

    def parts(self, platform: Platform) -> Sequence[Fault]:
        """One for each link. Refused when no link is said to carry it, or one can't be broken in any way."""
        site = ends.site_called(self.site, platform, where=repr(self))
        carrying = [each for each in platform.links if self.carries in each.carries]
        links = [each for each in carrying if self.is_meant(each, site, platform)]
        if not links:
            raise Refused(
                _("no link of site {site} is said to carry {what}").format(site=site, what=self.carries),
                where=repr(self),
                because=_("links of the platform's file that carry it: {links}").format(
                    links=", ".join(each.name for each in carrying) or "-"
                ),
                now=_("say so of those that do:  carries: [{what}]").format(what=self.carries),
            )
        return [self._first_way(link, platform) for link in links]

    def stir(self, undos: Sequence[Undo]) -> None:
        """A link that nobody uses is knocked at from here."""
        idle.knock(undos)

    def _first_way(self, link: Link, platform: Platform) -> Fault:
        refused: list[Refused] = []
        for fault in self.ways(link.name):
            try:
                fault.plan(platform)
            except Refused as problem:
                refused.append(problem)
            else:
                return fault
        raise Refused(
            _("link {link}, which carries {what}, can't be broken like this").format(link=link.name, what=self.carries),
            where=repr(self),
            because="\n".join(each.because or each.what for each in refused),
        )
