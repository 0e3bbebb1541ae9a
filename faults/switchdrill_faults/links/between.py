"""The links between two groups of a platform, and which way what one of them sends goes."""

from fnmatch import fnmatchcase

from switchdrill.errors import Refused
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.text import _
from switchdrill_faults.links import hold
from switchdrill_faults.links.ends import site_of
from switchdrill_faults.packets.rule import Direction


def links_between(one: str, other: str, platform: Platform, *, where: str) -> list[tuple[Link, str]]:
    """Each with its end that is in `one`. Refused, with the ends that there are, when there is none."""
    found: list[tuple[Link, str]] = []
    for link in platform.links:
        if _is_in(one, link.from_, platform) and _is_in(other, link.to, platform):
            found.append((link, link.from_))
        elif _is_in(one, link.to, platform) and _is_in(other, link.from_, platform):
            found.append((link, link.to))
    if not found:
        ends = dict.fromkeys(end for link in platform.links for end in (link.from_, link.to))
        raise Refused(
            _("there is no link between {one} and {other}").format(one=one, other=other),
            where=where,
            because=_("links begin and end at {ends}").format(ends=", ".join(ends) or "-"),
        )
    return found


def way_from(sender: str, link: Link, platform: Platform, *, where: str) -> Direction:
    """Towards where the link listens when it is the sender who connects. Refused when nobody can tell."""
    if not link.hops:
        return "toward" if sender == link.from_ else "back"
    at = link.hops[0].site
    at_home = [end for end in (link.from_, link.to) if site_of(end, platform) == at]
    if len(at_home) != 1:
        raise hold.refused(link, where, _("which of its ends connects can't be told; cut it both ways"))
    # Of two proxies the first is beside who connects, and the only one is beside who is connected to.
    is_connecting = (sender == at_home[0]) == (len(link.hops) == 2)
    return "toward" if is_connecting else "back"


def _is_in(group: str, end: str, platform: Platform) -> bool:
    try:
        return site_of(end, platform) == platform.site_with_role(group)
    except KeyError:
        return fnmatchcase(end, platform.in_site_names(group))
