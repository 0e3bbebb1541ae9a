"""This machine's own addresses and devices."""

import ipaddress
import socket
from collections.abc import Iterable
from pathlib import Path

_DEVICES = Path("/sys/class/net")


def has(address: str) -> bool:
    """Whether it is an address of this machine, loopback or not."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def is_loopback(addresses: Iterable[str]) -> bool:
    """Whether what is sent to them never leaves this machine."""
    return all(ipaddress.ip_address(each).is_loopback for each in addresses)


def outer_devices() -> list[str]:
    """By which it sends, but for bridges and what is plugged into them."""
    devices = [each for each in _DEVICES.iterdir() if not (each / "bridge").exists() and not (each / "brport").exists()]
    return sorted(each.name for each in devices if (each / "mtu").exists() and each.name != "lo")
