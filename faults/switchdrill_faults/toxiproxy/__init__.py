"""Toxiproxy as a mechanism: the ladder to a server, the adapter around its client, one server process a site."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the module that the entry point names is held against the protocol here
    from switchdrill.carrier import Carrier
    from switchdrill_faults.toxiproxy import carrier

    _carrier: Carrier = carrier
