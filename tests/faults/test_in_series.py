"""Two Toxiproxies in series: losing the far site may not hang the near one's server, which dials it."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from switchdrill.clock import pause
from switchdrill_faults import SiteLoss
from switchdrill_faults.toxiproxy.client import Server
from tests.conftest import SmallPlatform, answer

pytestmark = pytest.mark.needs_root
CLIENTS = 8
DIALS_S = 0.2
"""Until the server is dialling for the first of them."""
AT_ONCE_S = 2.0
"""A server that waits for an answer to its SYN does so for two minutes."""


@pytest.mark.parametrize("shape", ["blackhole", "fast_fail", "stall"])
def test_the_healthy_site_serves_and_changes_its_proxies_while_the_far_one_is_lost(
    shape: str, carried_platform: Any
) -> None:
    small: SmallPlatform = carried_platform(links=1)
    loss = SiteLoss(site="b", shape=shape)  # type: ignore[arg-type]
    undos = loss.plan(small.platform)
    near, across = small.endpoints("a")
    loss.inject(undos)
    try:
        with ThreadPoolExecutor(CLIENTS) as clients:
            waiting = [clients.submit(answer, across) for _client in range(CLIENTS)]
            began_s = time.monotonic()
            assert "good" == answer(near)
            pause(DIALS_S)
            change(next(each for each in small.records if each.site == "a").api)
            took_s = time.monotonic() - began_s
            seen = {each.result() for each in waiting}
        assert took_s < DIALS_S + AT_ONCE_S
        assert "good" not in seen
    finally:
        for undo in undos:
            SiteLoss.heal(undo)
    assert small.answers() == small.all_good()


def change(api: str) -> None:
    """What hangs with a proxy that dials: it can't be closed, and then no other one can be made."""
    with closing(Server(api)) as server:
        across = next(each for name, each in server.proxies().items() if name.startswith("a.service--b.service"))
        across.disable()
        across.enable()
        server.create("127.0.0.1:9", "another", listen="127.0.0.1:0").destroy()
