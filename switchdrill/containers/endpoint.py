"""Which Docker engine: this machine's, or another's by `ssh://` or TLS. Data only: whoever reads a plan reads this."""

import os
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from switchdrill.text import _

LOCAL = "unix://"
SOCKET = Path("/var/run/docker.sock")


class Endpoint(BaseModel):
    """Where an engine is. Nothing said: DOCKER_HOST, else this machine's own socket."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = ""
    """`unix:///...`, `ssh://user@host`, `tcp://host:2376`."""
    tls: str = ""
    """Folder with ca.pem, cert.pem and key.pem."""

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.url and not self.url.startswith((LOCAL, "ssh://", "tcp://", "http://", "https://")):
            raise ValueError(_("unix://, ssh:// or tcp:// is expected, not {url!r}").format(url=self.url))
        return self

    @classmethod
    def of(cls, text: str, *, tls: str = "") -> "Endpoint":
        return cls(url=text, tls=tls)

    def resolved(self) -> str:
        """The address that is meant."""
        return self.url or os.environ.get("DOCKER_HOST", "") or f"{LOCAL}{SOCKET}"

    def here_and_now(self) -> "Endpoint":
        """Itself, for a record: whoever reads that may have another DOCKER_HOST, and stand in another folder."""
        return Endpoint(url=self.resolved(), tls=str(Path(self.tls).absolute()) if self.tls else "")

    @property
    def is_local(self) -> bool:
        """Whether its containers are processes of this machine, as far as the address tells."""
        return self.resolved().startswith(LOCAL)
