"""A site that is short of everything: it answers, late, slowly, and not everybody."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.errors import BadInput, Refused
from switchdrill.fault import EXAMPLE, Counted, Fault
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.composed import inner
from switchdrill_faults.composed.fault import ComposedFault, proof
from switchdrill_faults.cpu_squeeze import CpuSqueeze
from switchdrill_faults.link_bandwidth import LinkBandwidth
from switchdrill_faults.links import ends
from switchdrill_faults.memory_limit import MemoryLimit

_ANYBODY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteBrownOut(ComposedFault):
    """Each service of `site` gets less of the processor, and of memory; its viewers' links are narrow.

    Of these three what is not asked for stays as it is; one at least is.
    """

    kind: ClassVar[str] = "site-brown-out"
    needs: ClassVar[str] = marked("containers, or programs and cgroups; of a rate: a Toxiproxy, or the packet path")
    legend: ClassVar[Legend] = Legend(
        name=marked("Site brown-out"),
        looks_like=marked("the site answers late and slowly; under load not in time"),
        pattern="dots",
    )

    site: str
    """A role (`primary`), or a site's own name."""
    cpu: str = field(default="", metadata={EXAMPLE: "20%"})
    """Of one processor, for each service: `20%`."""
    memory: str = ""
    """For each service: `256MiB`. Refused where one uses more by now."""
    rate: str = field(default="", metadata={EXAMPLE: "2mbit"})
    """For each link of its viewers, in each direction: `2mbit`."""

    def __post_init__(self) -> None:
        for name, value in (("site", self.site), ("cpu", self.cpu), ("memory", self.memory), ("rate", self.rate)):
            if not isinstance(value, str) or (name == "site" and not value):
                raise BadInput(_("SiteBrownOut: {name} must be text, not {value!r}").format(name=name, value=value))
        if not self._parts([_ANYBODY], [_ANYBODY]):
            raise BadInput(
                _("SiteBrownOut: what shall be short is missing"), now=_("say at least one of cpu, memory and rate")
            )

    def parts(self, platform: Platform) -> Sequence[Fault]:
        site = ends.site_called(self.site, platform, where=repr(self))
        services = [service.name for service in platform.services if service.site == site]
        links = [
            link.name for link in platform.links if ends.opened_at(link, platform) == site and ends.is_of_viewers(link)
        ]
        found = self._parts(services, links)
        missing = [
            said
            for asked, there, said in (
                (self.cpu or self.memory, services, _("no service of the platform's file is in site {site}")),
                (self.rate, links, _("no link of the platform's file carries viewers of site {site}")),
            )
            if asked and not there
        ]
        if missing:
            raise Refused(
                _("site {site} can't be short of that").format(site=site),
                where=repr(self),
                because="\n".join(missing).format(site=site),
            )
        return found

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """A service that asks for less than it may have is short of nothing: of the processor, and of memory, one has
        to be; every link is narrow.
        """
        shown = [(part, proof(part, theirs) or part.counted(theirs)) for part, theirs in inner.by_part(undos)]
        kinds = {part.kind for part, _counted in shown}
        of_kind = {kind: [counted.ok for part, counted in shown if part.kind == kind] for kind in kinds}
        ok = all(all(each) if kind == LinkBandwidth.kind else any(each) for kind, each in of_kind.items())
        return Counted(ok=ok, said="; ".join(counted.said for _part, counted in shown))

    def _parts(self, services: Sequence[str], links: Sequence[str]) -> list[Fault]:
        """BadInput for a share, a size or a rate that can't be right."""
        squeezed = [CpuSqueeze(service=each, share=self.cpu) for each in services if self.cpu]
        limited = [MemoryLimit(service=each, limit=self.memory) for each in services if self.memory]
        narrowed = [LinkBandwidth(link=each, rate=self.rate) for each in links if self.rate]
        return [*squeezed, *limited, *narrowed]
