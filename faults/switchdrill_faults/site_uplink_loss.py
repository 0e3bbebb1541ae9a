"""The loss of a site's uplink: nobody outside reaches it, and its hosts, and its line to the other site, live on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from switchdrill.errors import Refused
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill_faults.composed.severed import SeveredFault
from switchdrill_faults.links import ends
from switchdrill_faults.parameter import refuse_empty


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteUplinkLoss(SeveredFault):
    """Every link between `site` and who belongs to no site is cut: viewers, publishers, health checks.

    The site takes itself for healthy, and still hears its peer: this is where two sites may lead at once.
    """

    kind: ClassVar[str] = "site-uplink-loss"
    legend: ClassVar[Legend] = Legend(
        name=marked("Site uplink loss"),
        looks_like=marked("nobody outside reaches the site; its hosts and its line to the other site live on"),
    )

    site: str
    """A role (`primary`), or a site's own name."""

    def __post_init__(self) -> None:
        SeveredFault.__post_init__(self)
        refuse_empty(self, site=self.site)

    def links(self, platform: Platform) -> Sequence[Link]:
        lost = ends.site_called(self.site, platform, where=repr(self))
        found = [link for link in platform.links if ends.opened_at(link, platform) == lost]
        if not found:
            raise Refused(
                _("site {site} has no uplink that could be lost").format(site=lost),
                where=repr(self),
                because=_("none of the platform's links joins it with anybody outside of all sites"),
                now=_("name its links to viewers, publishers and health checks in the platform's file"),
            )
        return found

    def target(self, platform: Platform) -> str:
        return f"uplink of site {ends.site_called(self.site, platform, where=repr(self))}"
