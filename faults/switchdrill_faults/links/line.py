"""An egress line: the links that take it."""

from switchdrill.errors import Refused
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.text import _
from switchdrill_faults.links.chosen import chosen

_BETWEEN = "--"


def links_of(named: str, platform: Platform, *, where: str) -> list[Link]:
    """Of a line's name, or of a pattern of links, which has two dashes. Refused, with the lines that there are."""
    found = [link for link in platform.links if link.line == named]
    if found:
        return found
    if _BETWEEN in named:
        return chosen(named, platform, where=where)
    raise Refused(
        _("this platform has no line {line}").format(line=named),
        where=where,
        because=_("its links take {lines}").format(
            lines=", ".join(dict.fromkeys(link.line for link in platform.links if link.line)) or "-"
        ),
        now=_("say in the platform's file which line each link takes:  line: ..."),
    )
