"""What a proxy is, as we ask for it and as a server tells it; and whether the two agree."""

import ipaddress
import re
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from switchdrill.errors import BadInput
from switchdrill.text import _

_NAME = re.compile(r"[A-Za-z0-9_.-]+")


class ToldToxic(BaseModel):
    """A toxic as the server tells it. Keys that we do not know are its own affair."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    type: str
    stream: str
    toxicity: float
    attributes: dict[str, int]


class ToldProxy(BaseModel):
    """A proxy as the server tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    listen: str
    upstream: str
    enabled: bool
    toxics: list[ToldToxic] = []


class AskedProxy(BaseModel):
    """A proxy as we ask for it, and as it stands in a site's `.proxies.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    listen: str
    upstream: str
    enabled: Literal[True] = Field(default=True)


ASKED: TypeAdapter[list[AskedProxy]] = TypeAdapter(list[AskedProxy])
TOLD_TABLE: TypeAdapter[dict[str, ToldProxy]] = TypeAdapter(dict[str, ToldProxy])


def checked_name(name: str) -> str:
    """`name`; BadInput when a server would create it and then could never find, change or delete it again."""
    if not _NAME.fullmatch(name):
        raise BadInput(
            _("{name!r} can't be the name of a proxy or a toxic").format(name=name),
            because=_("only letters, digits, '.', '_' and '-' can be read back and deleted"),
        )
    return name


def same_listen(asked: str, told: str) -> bool:
    """Whether two listen addresses are one; the server tells every wildcard as [::], and port 0 as the port it got."""
    asked_host, asked_port = split(asked)
    told_host, told_port = split(told)
    return _canonical(asked_host) == _canonical(told_host) and asked_port in (0, told_port)


def split(endpoint: str) -> tuple[str, int]:
    """`[::1]:80` -> ("::1", 80)."""
    host, _separator, port = endpoint.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def differences(asked: Sequence[AskedProxy], told: dict[str, ToldProxy], *, prefix: str = "") -> list[str]:
    """What of `asked` is not so on a server, one line each; with `prefix` others' proxies on it are none of ours."""
    found: list[str] = []
    for proxy in asked:
        other = told.get(proxy.name)
        if other is None:
            found.append(_("proxy {name} is missing").format(name=proxy.name))
            continue
        if not same_listen(proxy.listen, other.listen) or proxy.upstream != other.upstream:
            found.append(
                _("proxy {name} goes from {listen} to {upstream}").format(
                    name=proxy.name, listen=other.listen, upstream=other.upstream
                )
            )
        if not other.enabled:
            found.append(_("proxy {name} is disabled").format(name=proxy.name))
        if other.toxics:
            toxics = ", ".join(toxic.name for toxic in other.toxics)
            found.append(_("proxy {name} has toxics: {toxics}").format(name=proxy.name, toxics=toxics))
    ours = {proxy.name for proxy in asked}
    strangers = [] if prefix else sorted(name for name in told if name not in ours)
    return found + [_("there is a proxy {name} that nobody asked for").format(name=name) for name in strangers]


def _canonical(host: str) -> str:
    try:
        address = ipaddress.ip_address(host or "::")
    except ValueError:
        return host
    return "*" if address.is_unspecified else address.compressed
