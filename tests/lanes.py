"""Which tests may run beside which, when there are two processes for them (`make test`).

A folder's tests share what is dear to make, so they stay together. What uses the machine's Docker engine, its packet
filter, or a Toxiproxy's names: one at a time. The heavy drills of both lanes, with an audience of 200, do not meet:
those on containers come late in theirs.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

LANES = dict.fromkeys(("containers", "faults", "foreign", "kills", "remote", "staging", "toxiproxy"), "engines")
ORDER = ("engines", "drill")
"""The longest lanes first: they end last."""
PLACES = {"tests/staging": -1, "tests/drill/test_first_drill.py": 1}
"""Within a lane: before all others, or after them."""


def arrange(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: (_rank(_lane(item.nodeid)), _place(item.nodeid)))


def _rank(lane: str) -> int:
    return ORDER.index(lane) if lane in ORDER else len(ORDER)


def _place(nodeid: str) -> int:
    return next((place for start, place in PLACES.items() if nodeid.startswith(start)), 0)


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
