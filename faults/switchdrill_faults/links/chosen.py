"""Which links a fault means: by name, or by a pattern whose site may be a role."""

from fnmatch import fnmatchcase

from switchdrill.errors import Refused
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.text import _


def chosen(pattern: str, platform: Platform, *, where: str) -> list[Link]:
    """`primary.*--standby.*` is every link from the primary's services to the standby's, in the file's order.

    Refused, with the links that there are, when it matches none.
    """
    named = "--".join(platform.in_site_names(end) for end in pattern.split("--"))
    found = [link for link in platform.links if fnmatchcase(link.name, named)]
    if not found:
        raise Refused(
            _("no link of this platform is called {pattern}").format(pattern=pattern),
            where=where,
            because=_("looked for {named}; there are {links}").format(
                named=named, links=", ".join(link.name for link in platform.links) or "-"
            )
            if named != pattern
            else _("there are {links}").format(links=", ".join(link.name for link in platform.links) or "-"),
        )
    return found
