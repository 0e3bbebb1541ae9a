"""What connects to what, and the platform's own settings, as the resolved platform file says."""

from typing import Literal

from pydantic import Field

from switchdrill.duration import Duration
from switchdrill.errors import BadInput
from switchdrill.platform import resolved
from switchdrill.platform.address import Endpoint, split_endpoint
from switchdrill.platform.link import Link
from switchdrill.platform.model import Detector, Name, Platform
from switchdrill.yamlfile import Strict

Place = tuple[str, int]
"""An address and a port."""


class Settings(Strict):
    """The figures under `settings`; an unknown one is an error."""

    room: Name
    publish_to: str
    """Site names with commas between them."""
    replication: Literal["synchronous", "asynchronous"] = "synchronous"
    replication_timeout: Duration = 700_000_000
    automatic_failback: bool = False
    up_after: int = Field(default=2, ge=1)
    gslb_dns: Endpoint
    """The platform's `authority` may be in front of it."""
    gslb_admin: Endpoint
    door: Endpoint

    def publishes_to(self) -> list[str]:
        return [name.strip() for name in self.publish_to.split(",") if name.strip()]


def settings_of(platform: Platform) -> Settings:
    """The platform's own settings; BadInput names the wrong one."""
    settings = resolved.settings_of(platform, Settings)
    for site in settings.publishes_to():
        if site not in platform.sites:
            raise BadInput(f"settings.publish_to: there is no site {site!r}")
    return settings


def detector_of(platform: Platform) -> Detector:
    """The GSLB's rule; a platform file without one is BadInput."""
    detector = platform.detector
    if detector is None:
        raise BadInput("the platform file has no `detector`", now="say every, consecutive_failures, timeout, ttl")
    if detector.pacing == "fixed" and detector.timeout >= detector.every:
        raise BadInput("detector: with fixed pacing the time-out must be shorter than the period")
    return detector


def serving_sites(platform: Platform) -> list[str]:
    """The two sites that viewers can be sent to, in the file's order."""
    names = [name for name, site in platform.sites.items() if site.role != "witness"]
    if len(names) != 2:
        raise BadInput(f"this platform has two sites that serve, the file names {len(names)}")
    return names


def peer_of(platform: Platform, site: str) -> str:
    """The other one."""
    names = serving_sites(platform)
    if site not in names:
        raise BadInput(f"there is no site {site!r}; there are {', '.join(names)}")
    return names[1 - names.index(site)]


def way(platform: Platform, link_name: str) -> Place:
    """Where to connect to in order to go along a link: its first proxy."""
    return split_endpoint(_link(platform, link_name).hops[0].listen)


def inside(platform: Platform, link_name: str) -> Place:
    """Where the link ends: the process itself, with no proxy before it."""
    return split_endpoint(_link(platform, link_name).hops[-1].upstream)


def url(place: Place) -> str:
    return f"http://{place[0]}:{place[1]}"


def _link(platform: Platform, name: str) -> Link:
    for link in platform.links:
        if link.name == name:
            return link
    raise BadInput(f"the platform file has no link {name!r}")
