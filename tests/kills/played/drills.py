"""The drills that are killed: no viewers, faults for a moment. Not collected by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from switchdrill.record.plan import PlannedEffect
from switchdrill.undo import Undo
from switchdrill_faults import LinkBlackhole, ServicePause
from tests.kills.mechanisms import MECHANISMS


@pytest.mark.drill(runbook="runbook.yaml", kind="simulation")
@pytest.mark.parametrize("name", MECHANISMS)
def test_it_is_broken_for_a_moment(drill, name):
    drill.steady()
    with drill.broken_by(*MECHANISMS[name].faults()):
        drill.hold()


@dataclass(frozen=True, kw_only=True)
class Impatient(LinkBlackhole):
    """Nobody uses that link: it is not waited for long."""

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:
        return super().effect(undos).model_copy(update={"within_s": 0.5})


@pytest.mark.drill(runbook="runbook.yaml", kind="simulation")
def test_it_hits_nothing(drill):
    drill.steady()
    with drill.broken_by(Impatient(link="a.unused--viewers")):
        drill.hold()


@pytest.mark.drill(runbook="runbook.yaml", kind="simulation")
def test_it_is_broken_until_somebody_acts(drill):
    drill.steady()
    with drill.broken_by(*MECHANISMS["all-at-once"].faults()):
        drill.hold(duration="60s")


@pytest.mark.drill(runbook="runbook.yaml", kind="simulation")
def test_its_container_is_frozen_for_a_moment(drill):
    drill.steady()
    with drill.broken_by(ServicePause(service="box")):
        drill.hold(duration="2s")
