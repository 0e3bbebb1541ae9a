"""The resolved platform file, as the commands on the host read it: where agent, GSLB and the sites' inner doors are."""

from pathlib import Path

from pydantic import ValidationError

from switchdrill import yamlfile
from switchdrill.errors import BadInput
from switchdrill.platform.address import Endpoint
from switchdrill.platform.model import Platform
from switchdrill.yamlfile import Strict

TEMPLATE_MARK = "${net}"
"""Stands in a platform file until `switchdrill up`, or a drill, has given it a net of its own."""


class Settings(Strict):
    """The figures under `settings`; an unknown one is an error."""

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


def load(path: Path) -> Platform:
    """BadInput, with line and path, when it can't be right, or is the template."""
    text = yamlfile.read_text(path)
    if TEMPLATE_MARK in text:
        raise BadInput(
            f"this is the template of a platform file: {TEMPLATE_MARK} is not filled in",
            where=str(path),
            now="give --platform the resolved file: the path that `switchdrill up` printed",
        )
    return yamlfile.parse(text, Platform, where=str(path))


def settings_of(platform: Platform) -> Settings:
    """BadInput names the wrong one."""
    try:
        return Settings.model_validate(platform.settings)
    except ValidationError as problem:
        said = [f"settings.{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in problem.errors()]
        raise BadInput("the platform's settings can't be right", because="\n".join(said)) from problem
