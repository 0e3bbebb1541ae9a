"""What stands under `settings` of the platform file: where agent, GSLB and the sites' inner doors are."""

from switchdrill.platform import resolved
from switchdrill.platform.address import Endpoint
from switchdrill.platform.model import Platform
from switchdrill.yamlfile import Strict


class Settings(Strict):
    """For the commands on the host; an unknown one is an error."""

    agent: Endpoint
    gslb: Endpoint
    api_a: Endpoint
    api_b: Endpoint
    keeper_a: Endpoint
    keeper_b: Endpoint

    def api(self, site: str) -> Endpoint:
        """A site's API, at an address that no link carries."""
        return {"a": self.api_a, "b": self.api_b}[site]

    def keeper(self, site: str) -> Endpoint:
        """The keeper of a site's PostgreSQL, likewise."""
        return {"a": self.keeper_a, "b": self.keeper_b}[site]


def settings_of(platform: Platform) -> Settings:
    """BadInput names the wrong one."""
    return resolved.settings_of(platform, Settings)
