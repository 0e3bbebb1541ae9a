"""Faults on an engine elsewhere: made there, counted there, seen from here, taken back by another process."""

import json
import subprocess
import time

import pytest

from tests.remote.acting import apart, begin
from tests.remote.conftest import Sites

pytestmark = pytest.mark.needs_second_engine

STALL = {"kind": "site-loss", "site": "primary", "shape": "stall"}
HELPERS = ["ps", "-aq", "--filter", "label=switchdrill.helper"]


def rule_is_here(sites: Sites) -> bool:
    """Whether the fault's table lies on this host, where it would do nothing."""
    facts = json.loads((sites.folder / "undo.json").read_text())[0]["facts"]
    listed = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True).stdout
    return "packets" in facts and json.loads(facts["packets"])["table"] in listed


@pytest.mark.parametrize(
    ("way", "fault", "sees", "by", "counts"),
    [
        ("ssh", STALL | {"shape": "fast_fail"}, "refused", "nftables in the network namespace of", "packets refused"),
        ("ssh", {"kind": "service-pause", "service": "a.front"}, "silent", "docker pause of a-front", "paused"),
        ("tls", {"kind": "service-kill", "service": "primary.front"}, "unreached", "docker kill of a-front", "exited"),
    ],
)
def test_a_fault_is_made_there_and_seen_from_here_and_taken_back_by_another_process(
    sites: Sites, way: str, fault: dict[str, str], sees: str, by: str, counts: str
) -> None:
    sites.written(way)
    path = {"PATH": sites.far.path()}

    broken = apart("inject", sites.folder, fault | {"seen_at": sites.address("a-front")}, **path)
    assert 0 == broken.returncode, broken.stdout
    mechanism, counted = broken.stdout.splitlines()
    assert (by in mechanism, counts in counted) == (True, True), broken.stdout
    assert (sees, "good") == (sites.sees("a-front"), sites.sees("b-front"))
    assert not rule_is_here(sites)

    healed = apart("heal", sites.folder, fault, **path)
    assert 0 == healed.returncode, healed.stdout
    assert ["good", "good", "good"] == [sites.sees(name) for name in sites.NAMES]
    assert "nothing was done" in healed.stdout.splitlines()[1]
    assert "" == sites.far.second.docker(*HELPERS), "helper containers are gone"


def test_an_engine_that_is_started_again_in_mid_fault_keeps_nobody_from_healing(sites: Sites) -> None:
    """Its containers have ended with it."""
    sites.written("tls")
    assert 0 == apart("inject", sites.folder, STALL).returncode
    sites.far.second.kill()
    healing = begin("heal", sites.folder, STALL)
    time.sleep(1.5)
    assert healing.child.poll() is None, "it waits for the engine"
    sites.far.second.start()
    healed = healing.done()

    assert 0 == healed.returncode, healed.stdout
    assert ["good", "good"] == [sites.sees("a-front"), sites.sees("a-back")]
    assert "exited" == sites.states()["b-front"], "what the fault did not break is not ours to start"


def test_an_engine_that_stays_away_is_told_with_the_command_that_mends_it(sites: Sites) -> None:
    sites.written("tls")
    assert 0 == apart("inject", sites.folder, STALL).returncode
    sites.far.second.kill()
    try:
        failed = apart("heal", sites.folder, STALL, HEAL_LIMIT_S="1")
    finally:
        sites.far.second.start()

    assert 4 == failed.returncode, failed.stdout
    assert "container a-front could not be brought back" in failed.stdout
    assert f"DOCKER_CERT_PATH={sites.far.tls} docker -H {sites.far.tcp} version" in failed.stdout
    assert "switchdrill heal --all" in failed.stdout
    assert 0 == apart("heal", sites.folder, STALL).returncode
    assert "good" == sites.sees("a-front")


def test_a_container_that_somebody_removed_meanwhile_keeps_no_other_one_frozen(sites: Sites) -> None:
    sites.written("tls")
    assert 0 == apart("inject", sites.folder, STALL).returncode
    sites.far.second.docker("rm", "-f", "a-front")
    failed = apart("heal", sites.folder, STALL)

    assert 4 == failed.returncode, failed.stdout
    assert "container a-front was removed by somebody" in failed.stdout
    assert "switchdrill heal --all" in failed.stdout
    assert "good" == sites.sees("a-back")
    sites.make("a-front")
    assert 0 == apart("heal", sites.folder, STALL).returncode
