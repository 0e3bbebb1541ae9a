"""A site that is short of the processor, of memory, of lines."""

import socket

import pytest

from switchdrill.clock import wait_until
from switchdrill.errors import BadInput, Refused
from switchdrill_faults import SiteBrownOut
from tests.faults.losses import Make
from tests.faults.programs import PORT, Programs


@pytest.mark.needs_root
def test_a_site_that_is_short_of_the_processor_is_throttled_and_its_peer_is_not(programs: Programs) -> None:
    platform = programs.start()
    fault = SiteBrownOut(site="primary", cpu="5%")
    undos = list(fault.plan(platform))
    assert [undo.target for undo in undos] == ["service a.web"]
    fault.inject(undos)

    def is_throttled() -> bool:
        with socket.create_connection((programs.address("a"), PORT), timeout=5) as client:
            client.settimeout(5)
            client.sendall(b"send 20000000\n")
            while client.recv(1 << 16):
                if fault.counted(undos).ok:
                    return True
        return False

    wait_until(is_throttled, within_s=20, what="it is throttled")
    assert "held back no more" in fault.heal(undos[0])
    assert programs.answers() == {"a": "good", "b": "good"}


@pytest.mark.needs_root
def test_an_idle_site_is_not_told_to_be_short_of_anything(programs: Programs) -> None:
    fault = SiteBrownOut(site="primary", memory="512MiB")
    undos = list(fault.plan(programs.start()))
    fault.inject(undos)

    assert not fault.counted(undos).ok

    fault.heal(undos[0])


@pytest.mark.parametrize(
    ("asked", "says"),
    [({}, "what shall be short is missing"), ({"cpu": "a lot"}, "share of one processor"), ({"memory": "1"}, "a size")],
)
def test_what_can_not_be_short_is_bad_input(asked: dict[str, str], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        SiteBrownOut(site="primary", **asked)


def test_a_site_that_has_nothing_to_be_short_of_is_refused(small_platform: Make) -> None:
    platform = small_platform().platform

    with pytest.raises(Refused) as raised:
        SiteBrownOut(site="standby", cpu="5%", rate="1mbit").plan(platform)

    assert "no service of the platform's file is in site b\nno link" in (raised.value.because or "")
