"""Which Docker engine: this machine's, or another's by `ssh://` or TLS; and what is wrong when it does not answer."""

import os
import shutil
from pathlib import Path
from typing import Self

import docker
from docker.errors import DockerException
from docker.tls import TLSConfig
from pydantic import BaseModel, ConfigDict, model_validator

from switchdrill.errors import BadInput, CouldNotStart
from switchdrill.text import _

CALL_S = 10.0
"""A healthy engine answers within milliseconds; one that hangs does so for ever."""
LONGEST_S = 120
"""The SDK's own limit for each answer; every call of ours has a shorter one."""
_LOCAL = "unix://"
_SOCKET = Path("/var/run/docker.sock")


class Endpoint(BaseModel):
    """Where an engine is. Nothing said: DOCKER_HOST, else this machine's own socket."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = ""
    """`unix:///...`, `ssh://user@host`, `tcp://host:2376`."""
    tls: str = ""
    """Folder with ca.pem, cert.pem and key.pem."""

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.url and not self.url.startswith((_LOCAL, "ssh://", "tcp://", "http://", "https://")):
            raise ValueError(_("unix://, ssh:// or tcp:// is expected, not {url!r}").format(url=self.url))
        return self

    @classmethod
    def of(cls, text: str, *, tls: str = "") -> "Endpoint":
        return cls(url=text, tls=tls)

    def resolved(self) -> str:
        """The address that is meant."""
        return self.url or os.environ.get("DOCKER_HOST", "") or f"{_LOCAL}{_SOCKET}"

    @property
    def is_local(self) -> bool:
        """Whether its containers are processes of this machine, as far as the address tells."""
        return self.resolved().startswith(_LOCAL)


class NoEngine(CouldNotStart):
    """No Docker engine answers there."""


def connect(endpoint: Endpoint) -> docker.DockerClient:
    """A client that has been answered once. NoEngine: what is wrong, and what mends it."""
    url = endpoint.resolved()
    try:
        client = docker.DockerClient(
            base_url=url, timeout=LONGEST_S, tls=_tls(endpoint), use_ssh_client=True, version="auto"
        )
    except (DockerException, OSError, ValueError) as problem:
        raise no_engine(url, str(problem)) from problem
    return client


def no_engine(url: str, said: str) -> NoEngine:
    """What is wrong with the engine at `url`, from what the attempt said."""
    if not url.startswith(_LOCAL):
        return NoEngine(
            _("the Docker engine does not answer"),
            where=url,
            because=said,
            now=_("try by hand:  docker -H {url} version").format(url=url),
        )
    socket = Path(url.removeprefix(_LOCAL))
    if socket.exists() and not os.access(socket, os.R_OK | os.W_OK):
        return NoEngine(
            _("this user may not use the Docker engine"),
            where=str(socket),
            because=_("the socket can't be opened for reading and writing"),
            now=_("as root:  usermod -aG docker USER  and log in again; or run this as root"),
        )
    if socket.exists() or shutil.which("dockerd") is not None:
        return NoEngine(
            _("no Docker engine answers"),
            where=str(socket),
            because=said,
            now=_("start it, as root:  systemctl start docker   (or: dockerd)"),
        )
    return NoEngine(
        _("Docker is not installed here"),
        where=str(socket),
        now=_("install it:  make machine  (Debian and Ubuntu, as root), or as docs.docker.com says"),
    )


def _tls(endpoint: Endpoint) -> TLSConfig | bool:
    if not endpoint.tls:
        return False
    folder = Path(endpoint.tls)
    missing = [name for name in ("ca.pem", "cert.pem", "key.pem") if not (folder / name).is_file()]
    if missing:
        raise BadInput(
            _("the folder for TLS lacks {names}").format(names=", ".join(missing)),
            where=str(folder),
            now=_("put the engine's ca.pem and this client's cert.pem and key.pem there"),
        )
    return TLSConfig(
        client_cert=(str(folder / "cert.pem"), str(folder / "key.pem")), ca_cert=str(folder / "ca.pem"), verify=True
    )
