"""Each operator's questions are sent from the address that its viewers come from: so it can be lost, and no other."""

from collections.abc import Iterator

import pytest

from switchdrill.platform.model import Platform
from switchdrill.record.plan import read_plan
from switchdrill.record.samples import Outcome
from switchdrill_faults import OperatorLoss

EVERY = {"through": "operators", "entry": "live", "every": "100ms", "timeout": "1s"}
PROBES = [
    {"name": "dns", "kind": "dns", **EVERY},
    {"name": "media", "kind": "hls", **EVERY},
    {"name": "ready", "kind": "http", "path": "/health", **EVERY},
    {"name": "gifts", "kind": "ledger", "ledger": "gifts", **EVERY},
]


@pytest.fixture
def operators(net):
    return {
        "telecom": {"resolver": f"{net}.0.11:18053", "source": f"{net}.0.21", "share": 0.6},
        "unicom": {"resolver": f"{net}.0.12:18053", "source": f"{net}.0.22", "share": 0.4},
    }


@pytest.fixture
def lost(operators, make_run, tmp_path) -> Iterator[Platform]:
    """The run's folder, with telecom lost."""
    folder = make_run(probes=PROBES, operators=operators, id=f"stage-{tmp_path.name}")
    fault = OperatorLoss(operator="telecom")
    undos = fault.plan(read_plan(folder.plan).platform)
    fault.inject(undos)
    try:
        yield folder
    finally:
        fault.heal(undos[0])


@pytest.mark.needs_root
@pytest.mark.usefixtures("stage")
def test_whatever_a_lost_operators_viewers_ask_is_not_answered_and_others_are(lost, ask):
    seen = {
        f"{probe['name']}.{operator}": [Outcome(each.outcome) for each in ask(lost, f"{probe['name']}.{operator}")]
        for probe in PROBES
        for operator in ("telecom", "unicom")
    }

    assert seen == {name: [Outcome.TIMED_OUT if "telecom" in name else Outcome.GOOD] for name in seen}


@pytest.mark.usefixtures("operators")
def test_an_answer_that_is_cut_is_asked_for_again_from_the_same_address(stage, make_run, ask, operators):
    stage.dns_how["telecom"] = "truncated"

    samples = ask(make_run(probes=PROBES, operators=operators), "dns.telecom")

    assert [Outcome(each.outcome) for each in samples] == [Outcome.GOOD]
