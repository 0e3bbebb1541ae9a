"""The loss of a site that is containers: what a client sees, what is counted, how it comes home."""

import socket
from pathlib import Path

import pytest

from switchdrill_faults import SiteLoss
from tests.faults import seen
from tests.faults.boxed import PORT, Boxed

pytestmark = pytest.mark.needs_docker

SHAPES = {
    "stall": ("silent silent", "silent"),
    "fast_fail": ("refused refused", "closed"),
    "blackhole": ("unreached silent", "silent"),
    "power_off": ("unreached silent", "silent"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_what_clients_see_and_comes_home_twice(shape: str, boxed: Boxed, tmp_path: Path) -> None:
    fenced = tmp_path / "fenced"
    platform = boxed.platform(fence=["/bin/sh", "-c", f"echo {{site}} >> {fenced}"])
    fault = SiteLoss(site="primary", shape=shape)
    undos = fault.plan(platform)
    front, other = boxed.address("front"), boxed.address("other")
    with socket.create_connection((front, PORT), timeout=1) as live:
        assert seen.talk(live) == "good"

        fault.inject(undos)

        assert seen.talk(live) == SHAPES[shape][1]
    assert seen.tcp(front) == SHAPES[shape][0].split()[0]
    assert seen.udp(front) == "silent"
    assert boxed.seen_by("outsider", front, other) == [SHAPES[shape][0], "good good"]
    assert fault.counted(undos).ok, fault.counted(undos)
    print(fault.counted(undos), undos[0].mechanism)

    said = [fault.heal(undo) for _twice in range(2) for undo in undos]

    print(said)
    assert boxed.seen_by("outsider", front, other) == ["good good", "good good"]
    assert (seen.tcp(front), seen.udp(front)) == ("good", "good")
    assert fenced.read_text() == "a\n"
    assert "nothing was done" in said[1]
