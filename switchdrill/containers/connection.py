"""A client of one Docker engine, and what is wrong when it does not answer."""

import os
import shlex
import shutil
from pathlib import Path

import docker
from docker.errors import DockerException
from docker.tls import TLSConfig

from switchdrill.containers.endpoint import LOCAL, SOCKET, Endpoint
from switchdrill.containers.over_ssh import SshAdapter
from switchdrill.errors import BadInput, CouldNotStart
from switchdrill.machine.files import may_be_there
from switchdrill.text import _

OLDEST_API = "1.24"
"""Only to ask which one it speaks."""
_SSH = "ssh://"
_EVERY_REQUEST = "http+docker://"
"""How the SDK calls what is no TCP."""
CALL_S = 10.0
"""A healthy engine answers within milliseconds; one that hangs does so for ever."""
LONGEST_S = 120
"""The SDK's own limit for each answer; every call of ours has a shorter one."""


class NoEngine(CouldNotStart):
    """No Docker engine answers there."""


def connect(endpoint: Endpoint) -> docker.DockerClient:
    """A client that has been answered once. NoEngine: what is wrong, and what mends it."""
    try:
        first = _client(endpoint, OLDEST_API)
        version = first.api.version(api_version=False)["ApiVersion"]
        first.close()
        return _client(endpoint, version)
    except (DockerException, OSError, ValueError, KeyError) as problem:
        raise no_engine(endpoint, str(problem)) from problem


def _client(endpoint: Endpoint, version: str) -> docker.DockerClient:
    """It asks nothing yet."""
    url = endpoint.resolved()
    is_ssh = url.startswith(_SSH)
    client = docker.DockerClient(
        base_url=f"{LOCAL}{SOCKET}" if is_ssh else url, timeout=LONGEST_S, tls=_tls(endpoint), version=version
    )
    # What the environment says of proxies and of certificate authorities is for the web: it would overrule ca.pem.
    client.api.trust_env = False
    if is_ssh:
        client.api.mount(_EVERY_REQUEST, SshAdapter(url, timeout_s=LONGEST_S))
    return client


def no_engine(endpoint: Endpoint, said: str) -> NoEngine:
    """What is wrong with the engine there, from what the attempt said."""
    url = endpoint.resolved()
    if not url.startswith(LOCAL):
        tls = f"DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH={shlex.quote(endpoint.tls)} " if endpoint.tls else ""
        return NoEngine(
            _("the Docker engine does not answer"),
            where=url,
            because=said,
            now=_("try by hand:  {command}").format(command=f"{tls}docker -H {url} version"),
        )
    socket = Path(url.removeprefix(LOCAL))
    if may_be_there(socket) and not os.access(socket, os.R_OK | os.W_OK):
        return NoEngine(
            _("this user may not use the Docker engine"),
            where=str(socket),
            because=_("the socket can't be opened for reading and writing"),
            now=_("as root:  usermod -aG docker USER  and log in again; or run this as root"),
        )
    if may_be_there(socket) or shutil.which("dockerd") is not None:
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
