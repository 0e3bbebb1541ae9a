"""Which tests may run beside which, when there are two processes for them (`pytest -n 2 --dist loadgroup`).

A folder's tests share what is dear to make, so they stay together. Whole drills put a load on the machine that must
leave in time: only one at a time. What needs an engine shares its names and addresses.
"""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
DRILLS = ("drill", "staging", "foreign")


def arrange(items: list[pytest.Item]) -> None:
    """Mark each with its lane; the longest lanes first, for they end last."""
    lanes = {item: _lane(item) for item in items}
    order = {"drills": 0, "docker": 1}
    items.sort(key=lambda item: order.get(lanes[item], len(order)))
    for item in items:
        item.add_marker(pytest.mark.xdist_group(lanes[item]))


def _lane(item: pytest.Item) -> str:
    parts = item.path.relative_to(TESTS).parts if item.path.is_relative_to(TESTS) else ("elsewhere",)
    if parts[0] in DRILLS:
        return "drills"
    if item.get_closest_marker("needs_docker"):
        return "docker"
    return parts[0]
