"""The ends of a link: which site each is in, and which of them is outside of all sites."""

from switchdrill.errors import Refused
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.text import _


def site_of(end: str, platform: Platform) -> str | None:
    """Of a service, or of what is called like one; None: it stands outside of all sites."""
    site = next((each.site for each in platform.services if each.name == end), None)
    first = end.partition(".")[0]
    return site or (first if first in platform.sites else None)


def opened_at(link: Link, platform: Platform) -> str | None:
    """The site that a link joins with the outside; None: it joins two sites, or stays within one."""
    sites = [site_of(end, platform) for end in (link.from_, link.to)]
    inside = [site for site in sites if site is not None]
    return inside[0] if len(inside) == 1 else None


def is_of_viewers(link: Link) -> bool:
    """Whether viewers come this way."""
    return "viewers" in link.carries or "viewers" in (link.from_, link.to)


def site_called(role: str, platform: Platform, *, where: str) -> str:
    """The site that plays this role, or is called so. Refused, with the sites that there are."""
    try:
        return platform.site_with_role(role)
    except KeyError:
        known = ", ".join(f"{name} ({each.role})" for name, each in platform.sites.items())
        raise Refused(
            _("there is no site {site!r}; there are {known}").format(site=role, known=known), where=where
        ) from None
