"""A certificate that a service of the platform shows to its clients, and how it is put in place."""

from pydantic import Field

from switchdrill.naming import Line, Name, Prose
from switchdrill.platform.address import Endpoint
from switchdrill.yamlfile import Strict


class Certificate(Strict):
    """Five lines of platform.yaml: whose, where its file is, where it is seen, how it is read again."""

    service: Name
    file: Line
    """As the service sees it: PEM, with the key in it unless `key` says otherwise."""
    key: Line | None = None
    """The key's own file."""
    at: Endpoint
    """Where a TLS handshake shows it, from this machine."""
    name: Line = ""
    """What a client asks for (SNI); empty: nothing."""
    reload: list[Prose] = Field(min_length=1)
    """argv that makes the service read it again: run in its container, or on this machine for a program."""
