"""A platform as it might be: every part with what it was guessed from, and what a person must decide."""

from dataclasses import dataclass, field

from switchdrill.beginning.groups import Group
from switchdrill.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchedSite:
    name: str
    role: str
    address: str
    """Empty: nobody knows."""
    decide: str
    """Whether it is a site at all; empty when its own labels say so."""
    decide_address: str
    toxiproxy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchedService:
    name: str
    site: str
    """Empty: it is in none."""
    container: tuple[str, str]
    """(`compose`, service) or (`name`, container)."""
    is_told: bool
    """Its own labels say where it is."""
    remark: str
    ready: str = ""
    """`http: "http://..."`, or `tcp: "ADDRESS:PORT"`; empty: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchedLink:
    start: str
    end: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchedOperator:
    name: str
    share: str
    way: str
    """`resolver: "ADDRESS:53"`, or `address: ADDRESS`."""


@dataclass(slots=True, kw_only=True)
class Sketch:
    id: str
    title: str
    engine: str = ""
    """Empty: this machine's own."""
    project: str = ""
    """Compose's, when all are of one."""
    groups: list[Group] = field(default_factory=list)
    """Containers that seem to belong together, while nobody has said which are meant."""
    port: int = 80
    """Where viewers come in."""
    sites_port: int = 0
    """Where the sites themselves listen behind one entry; 0: at the same port."""
    health: str = ""
    """The page that says that a site could serve; empty: not known."""
    is_one_entry: bool = False
    """One server in front of all sites: no name and no address tells who serves."""
    sites: list[SketchedSite] = field(default_factory=list)
    services: list[SketchedService] = field(default_factory=list)
    links: list[SketchedLink] = field(default_factory=list)
    operators: list[SketchedOperator] = field(default_factory=list)


def example() -> Sketch:
    """Two sites that nobody has told anything of; addresses are those that documents use."""
    return Sketch(
        id="my-platform",
        title=_("my live platform"),
        sites=[
            SketchedSite(
                name=name,
                role=role,
                address=address,
                decide=_("what the site is called"),
                decide_address=_("where viewers reach this site"),
            )
            for name, role, address in (("a", "primary", "192.0.2.10"), ("b", "standby", "198.51.100.10"))
        ],
        operators=[SketchedOperator(name="all", share="1.0", way='resolver: "203.0.113.53:53"')],
    )
