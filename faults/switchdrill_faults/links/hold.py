"""Where the packet path takes hold of a link: at the address where its first proxy, or its service, listens."""

from collections.abc import Sequence

from switchdrill.errors import Refused
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.text import _
from switchdrill_faults.docker.box import Box, box_of
from switchdrill_faults.packets import choosing, way
from switchdrill_faults.packets.rule import Act, Flow


def planned(link: Link, platform: Platform, *, act: Act, rate: int = 0, where: str, table: str) -> way.Way:
    """How the rule on this link is laid. Refused, with every reason, when it can't be."""
    return laid(link, platform, Flow(act=act, to=[], bytes_per_s=rate), where=where, table=table)


def laid(link: Link, platform: Platform, asked: Flow, *, where: str, table: str) -> way.Way:
    """As `planned`, of `asked` between the link's addresses."""
    return at(between(link, platform, asked, where=where), link, platform, where=where, table=table)


def at(rule: Flow, link: Link, platform: Platform, *, where: str, table: str) -> way.Way:
    """As `laid`, of a rule that has its addresses."""
    boxes = _boxes(platform)
    try:
        return choosing.towards(rule, _having(rule.to, boxes), boxes, table=table)
    except choosing.NoWay as problem:
        raise refused(link, where, problem.because or problem.what) from problem


def between(link: Link, platform: Platform, asked: Flow, *, where: str) -> Flow:
    """`asked`, with the link's addresses. Refused when they are not known, or it would make a hole for a Toxiproxy."""
    boxes = _boxes(platform)
    if link.hops:
        to = [link.hops[0].listen]
        sources: list[str] = []
    else:
        by_name = {each.service: each for each in boxes}
        if link.to not in by_name:
            raise refused(link, where, _("container {name} was not looked up").format(name=link.to))
        to = [f"{address}:{link.port}" for address in by_name[link.to].addresses]
        sources = by_name[link.from_].addresses if link.from_ in by_name else []
        if not to:
            raise refused(link, where, _("its container has no address of its own"))
    if asked.act in ("drop", "police"):
        _leave_proxies_alone(link, to, sources, platform, where)
    return asked.model_copy(update={"to": to, "sources": sources})


def _boxes(platform: Platform) -> list[Box]:
    return [each for each in (box_of(service, platform) for service in platform.services) if each is not None]


def _having(to: Sequence[str], boxes: Sequence[Box]) -> list[Box]:
    addresses = {split_endpoint(each)[0] for each in to}
    return [box for box in boxes if addresses & set(box.addresses)]


def _leave_proxies_alone(link: Link, to: Sequence[str], sources: Sequence[str], platform: Platform, where: str) -> None:
    """A Toxiproxy that dials into a hole serves nobody, and obeys nobody, for minutes."""
    at_home = [set(box.addresses) for box in _having(to, _boxes(platform))]
    for other in platform.links:
        for hop in other.hops:
            dials_from = split_endpoint(hop.listen)[0]
            if any(dials_from in each for each in at_home):  # by the container's own loopback, which is left alone
                continue
            if hop.upstream in to and (not sources or dials_from in sources):
                raise refused(
                    link,
                    where,
                    _("a Toxiproxy dials there, for link {other}, and would hang; break that link instead").format(
                        other=other.name
                    ),
                )


def refused(link: Link, where: str, because: str) -> Refused:
    return Refused(_("link {link} can't be broken like this").format(link=link.name), where=where, because=because)
