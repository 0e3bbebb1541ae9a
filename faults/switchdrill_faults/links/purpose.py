"""A fault of all links of a site that carry one thing: each broken by the first way that this platform allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from switchdrill.errors import BadInput, Refused
from switchdrill.fault import Counted, Fault, PutBack, Upkeep
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.record.plan import PlannedEffect
from switchdrill.text import _
from switchdrill.undo import Undo
from switchdrill_faults.link_blackhole import LinkBlackhole
from switchdrill_faults.link_cut import LinkCut
from switchdrill_faults.link_latency import LinkLatency

WITHIN_S = 20.0
_WAYS: Mapping[str, type[LinkBlackhole] | type[LinkCut] | type[LinkLatency]] = {
    each.kind: each for each in (LinkBlackhole, LinkCut, LinkLatency)
}
"""Whose `heal` plays an undo: `by` in its facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeFault:
    """Which links, their undos; everything else is what a fault of one link does."""

    kind: ClassVar[str]
    carries: ClassVar[Literal["publishing", "health", "replication"]]

    site: str
    """A role (`primary`), or a site's own name."""

    def __post_init__(self) -> None:
        if not isinstance(self.site, str) or not self.site:
            raise BadInput(
                _("{fault}: site must be a name, not {value!r}").format(fault=type(self).__name__, value=self.site)
            )

    def ways(self, link: str) -> Sequence[Fault]:
        """The first that can be planned is taken."""
        return (LinkBlackhole(link=link), LinkCut(link=link))

    def is_meant(self, link: Link, site: str) -> bool:
        """Of those that carry it: whether `site` is at either end."""
        return site in (link.from_.split(".")[0], link.to.split(".")[0])

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo for each link. Refused when no link is said to carry it, or one can't be broken in any way."""
        site = self._named(platform)
        links = [each for each in platform.links if self.carries in each.carries and self.is_meant(each, site)]
        if not links:
            raise Refused(
                _("no link of site {site} is said to carry {what}").format(site=site, what=self.carries),
                where=repr(self),
                because=_("links of the platform's file that carry it: {links}").format(
                    links=", ".join(each.name for each in platform.links if self.carries in each.carries) or "-"
                ),
                now=_("say so of those that do:  carries: [{what}]").format(what=self.carries),
            )
        return [
            undo.model_copy(update={"kind": self.kind, "facts": {**undo.facts, "by": undo.kind, "link": link.name}})
            for link in links
            for undo in self._planned(link, platform)
        ]

    def inject(self, undos: Sequence[Undo]) -> None:
        """Those of one way at a time."""
        for fault, some in self._parted(undos):
            fault.inject(some)

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:  # noqa: ARG002  # the protocol's
        """No site's probes need see it: what is counted on each link is the proof."""
        return PlannedEffect(site="", outcomes=[], within_s=WITHIN_S)

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """What is counted on each link. A link that nobody uses drops no packets, so one that does is enough; through
        Toxiproxy each is greeted.
        """
        found: list[Counted] = []
        for fault, some in self._parted(undos):
            if isinstance(fault, LinkBlackhole):
                each = [fault.counted([undo]) for undo in some]
                said = "; ".join(f"{undo.target}: {one.said}" for undo, one in zip(some, each, strict=True))
                found.append(Counted(ok=any(one.ok for one in each), said=said))
            else:
                found.append(fault.counted(some))
        return Counted(ok=all(one.ok for one in found), said="; ".join(one.said for one in found))

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """As each link's own fault does."""
        return [back for fault, some in self._parted(undos) if isinstance(fault, Upkeep) for back in fault.keep(some)]

    @staticmethod
    def heal(undo: Undo) -> str:
        """As the fault that was planned for this link does. CouldNotHeal."""
        return _WAYS[str(undo.facts["by"])].heal(undo)

    def _planned(self, link: Link, platform: Platform) -> Sequence[Undo]:
        refused: list[Refused] = []
        for fault in self.ways(link.name):
            try:
                return fault.plan(platform)
            except Refused as problem:
                refused.append(problem)
        because = "\n".join(each.because or each.what for each in refused)
        raise Refused(
            _("link {link}, which carries {what}, can't be broken like this").format(link=link.name, what=self.carries),
            where=repr(self),
            because=because,
        )

    def _parted(self, undos: Sequence[Undo]) -> list[tuple[Fault, Sequence[Undo]]]:
        """By the way that was planned for each; which link a fault was made for is in its undo."""
        found: dict[str, list[Undo]] = {}
        for undo in undos:
            found.setdefault(str(undo.facts["by"]), []).append(undo)
        return [
            (next(each for each in self.ways(str(some[0].facts["link"])) if each.kind == by), some)
            for by, some in found.items()
        ]

    def _named(self, platform: Platform) -> str:
        try:
            return platform.site_with_role(self.site)
        except KeyError as problem:
            known = ", ".join(f"{name} ({each.role})" for name, each in platform.sites.items())
            raise Refused(
                _("there is no site {site!r}; there are {known}").format(site=self.site, known=known), where=repr(self)
            ) from problem
