"""A Toxiproxy that aborting viewers wedge in the middle of a drill: it is replaced, and the drill comes to its end."""

import time

from switchdrill.platform.address import split_endpoint
from switchdrill.running.watch import carrier_records
from tests.drill.conftest import HOLD
from tests.faults.wedging import streaming, wedge


def test_a_wedged_server_is_replaced_while_the_drill_goes_on(start, standing):
    carrier = next(each for each in carrier_records(standing.home) if each.site == "a")
    host = split_endpoint(carrier.api.partition("//")[2])[0]
    run = start("test_viewers_come_over_a_slow_line", file="slow_line.py")
    run.wait_for(**HOLD)
    with streaming(carrier.api, host) as proxy:
        changing = wedge(carrier.api, proxy)
        wedged = time.monotonic()
        run.wait_for(kind="reapplied")
        replaced_s = time.monotonic() - wedged
        changing.join()
    code, said = run.end()

    anew = next(each for each in carrier_records(standing.home) if each.site == "a")
    assert anew.pid != carrier.pid
    assert replaced_s < 8, "noticed within 3 s, and started again"
    assert code in (0, 1, 2), said
    assert run.has(kind="closed", by="runner", all_healed=True)
    assert standing.is_whole() == ""
