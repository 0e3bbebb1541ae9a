"""Examples of every fault for the contract test, by family: each module has some of the lists below.

CARRIED: what the small platform of tests/conftest.py can have.
WITH_ROOT: the same, with this host's packet filter.
WITH_NETEM: the same, with a kernel that has netem.
NAMED: what the platform of tests/faults/named.py can have, whose DNS passes our relay.
ORDERED: what that of tests/faults/ordered.py can have, which makes disorders by its own commands.
CONTAINED: what the platform of tests/faults/boxed.py can have.
STARTED, STARTED_AS_ROOT: what the platform of tests/faults/programs.py can have.
"""

import importlib
import pkgutil
from collections.abc import Iterator

from switchdrill.fault import Fault


def every(name: str) -> Iterator[Fault]:
    """Of all families."""
    for module in pkgutil.iter_modules(__path__):
        family = importlib.import_module(f"{__name__}.{module.name}")
        yield from getattr(family, name, ())
