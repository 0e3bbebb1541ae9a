"""Which tests may run beside which, when there are two processes for them (`make test`).

A folder's tests share what is dear to make, so they stay together. Whole drills put a load on the machine that must
leave in time: one at a time. What needs an engine's or a Toxiproxy's names and addresses: one at a time, too.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

LANES = {
    **dict.fromkeys(("drill", "staging", "foreign"), "drills"),
    **dict.fromkeys(("faults", "remote", "containers", "toxiproxy"), "engines"),
}
ORDER = ("drills", "engines")
"""The longest lanes first: they end last."""


def arrange(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: ORDER.index(_lane(item.nodeid)) if _lane(item.nodeid) in ORDER else len(ORDER))


class Lanes(LoadScopeScheduling):
    """A process takes a whole lane, and then the next that nobody has."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return _lane(nodeid)


def _lane(nodeid: str) -> str:
    folder = nodeid.removeprefix("tests/").partition("/")[0]
    return LANES.get(folder, folder)
