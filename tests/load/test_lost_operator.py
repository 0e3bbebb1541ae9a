"""The viewers of one operator come from an address of their own: they are lost with it, and nobody else is."""

import pytest

from switchdrill.clock import wait_until
from switchdrill.record.plan import read_plan
from switchdrill.record.viewers import Outage, read_viewers
from switchdrill_faults import OperatorLoss

VIEWERS = 10
LOST = OperatorLoss(operator="telecom")


@pytest.mark.needs_root
@pytest.mark.usefixtures("stage")
def test_the_viewers_of_a_lost_operator_have_no_picture_and_all_others_have(make_run, audience, net, tmp_path):
    operators = {
        "telecom": {"resolver": f"{net}.0.11:18053", "source": f"{net}.0.21", "share": 0.6},
        "unicom": {"resolver": f"{net}.0.12:18053", "source": f"{net}.0.22", "share": 0.4},
    }
    folder = make_run(viewers=VIEWERS, operators=operators, id=f"stage-{tmp_path.name}")
    undos = LOST.plan(read_plan(folder.plan).platform)
    audience.start(folder, "peak")

    def wait_for(good):
        wait_until(
            lambda: (latest := audience.latest()) is not None and latest.good == good,
            within_s=30,
            what=f"{good} viewers with a picture",
            saw=lambda: str(audience.latest()),
        )

    wait_for(VIEWERS)
    LOST.inject(undos)
    try:
        wait_for(4)
        assert LOST.counted(undos).ok
    finally:
        LOST.heal(undos[0])
    wait_for(VIEWERS)
    audience.stop()

    outages = [line for line in read_viewers(folder.viewers) if isinstance(line, Outage)]
    assert {each.operator for each in outages} == {"telecom"}
    assert len(outages) == 6
