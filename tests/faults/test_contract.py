"""What every registered fault keeps, a third party's too: with an example below, these tests hold it to that."""

import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from switchdrill.errors import BadInput
from switchdrill.fault import Fault, catalogue, parameters
from switchdrill.machine import process
from switchdrill.record.plan import Legend
from switchdrill.record.samples import Outcome
from switchdrill.undo import Undo
from switchdrill_faults import SiteLoss
from switchdrill_faults.toxiproxy import carrier, spawn

Make = Callable[..., Any]  # of a SmallPlatform, see tests/conftest.py

EXAMPLES: dict[str, list[Fault]] = {
    "site-loss": [
        SiteLoss(site="primary", shape="stall"),
        SiteLoss(site="primary", shape="fast_fail"),
        SiteLoss(site="b", shape="stall"),
    ],
}
"""Faults of each kind that the small platform of tests/conftest.py can have."""

every_example = pytest.mark.parametrize("fault", [each for kind in EXAMPLES.values() for each in kind], ids=repr)


@pytest.mark.parametrize("kind", sorted(catalogue()))
def test_every_registered_fault_has_examples_here(kind: str) -> None:
    assert EXAMPLES.get(kind), f"add examples of {kind!r} to EXAMPLES: without them nothing holds it to the contract"
    assert {type(each) for each in EXAMPLES[kind]} == {catalogue()[kind]}


@every_example
def test_a_fault_is_plain_data_that_cannot_change(fault: Fault) -> None:
    assert dataclasses.is_dataclass(fault)
    assert isinstance(type(fault).legend, Legend)
    assert set(parameters(fault)) == {field.name for field in dataclasses.fields(fault)}
    with pytest.raises(TypeError):
        type(fault)("positional")  # type: ignore[call-arg]
    for field in dataclasses.fields(fault):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(fault, field.name, None)
        with pytest.raises((BadInput, TypeError)):
            dataclasses.replace(fault, **{field.name: None})  # type: ignore[type-var]


@every_example
def test_planning_touches_nothing(fault: Fault, carried_platform: Make) -> None:
    small = carried_platform()
    before = _everything(small)

    first, second = fault.plan(small.platform), fault.plan(small.platform)

    assert list(first) == list(second)
    assert _everything(small) == before


@every_example
def test_planning_works_on_paper_before_the_platform_runs(fault: Fault, small_platform: Make) -> None:
    small = small_platform()

    undos = fault.plan(small.platform)

    assert len(undos) >= 1
    assert list(small.state.iterdir()) == []


@every_example
def test_an_undo_survives_being_written_down(fault: Fault, small_platform: Make) -> None:
    for undo in fault.plan(small_platform(fence=["/bin/true", "{site}", "it's 济南"]).platform):
        again = Undo.model_validate_json(undo.model_dump_json())

        assert again == undo
        assert undo.kind == fault.kind
        assert undo.says
        assert undo.target


@every_example
def test_the_effect_can_be_seen_by_a_probe(fault: Fault, small_platform: Make) -> None:
    small = small_platform()

    effect = fault.effect(fault.plan(small.platform))

    assert effect.site in small.platform.sites
    assert effect.outcomes
    assert {Outcome(number) for number in effect.outcomes} & {Outcome.GOOD, Outcome.UNKNOWN} == set()
    assert 0 < effect.within_s < 60


@every_example
def test_healing_what_was_never_broken_changes_nothing(fault: Fault, carried_platform: Make) -> None:
    small = carried_platform(fence=["/bin/false"])
    undos = fault.plan(small.platform)
    before = _everything(small)

    for undo in undos:
        fault.heal(undo)

    assert _everything(small) == before


@every_example
def test_healing_twice_is_fine(fault: Fault, carried_platform: Make) -> None:
    small = carried_platform()
    undos = fault.plan(small.platform)
    fault.inject(undos)

    said = [fault.heal(undo) for undo in undos]
    after_once = _everything(small)
    again = [fault.heal(undo) for undo in undos]

    assert [each for each in said + again if not each] == []
    assert _everything(small) == after_once
    assert small.answers() == small.all_good()


@every_example
def test_healing_works_in_another_process(fault: Fault, carried_platform: Make, tmp_path: Path) -> None:
    small = carried_platform()
    undos = fault.plan(small.platform)
    fault.inject(undos)
    assert small.answers() != small.all_good()

    for number, undo in enumerate(undos):
        file = tmp_path / f"{number}.json"
        file.write_text(undo.model_dump_json())
        program = (
            "import sys; from pathlib import Path\n"
            "from switchdrill.fault import catalogue; from switchdrill.undo import Undo\n"
            "undo = Undo.model_validate_json(Path(sys.argv[1]).read_bytes())\n"
            "print(catalogue()[undo.kind].heal(undo))"
        )
        healer = subprocess.run(
            [sys.executable, "-c", program, str(file)], capture_output=True, text=True, timeout=60, check=False
        )
        assert (healer.returncode, healer.stderr) == (0, "")

    assert small.answers() == small.all_good()


@every_example
def test_healing_works_when_what_broke_it_is_dead(fault: Fault, carried_platform: Make) -> None:
    small = carried_platform()
    undos = fault.plan(small.platform)
    fault.inject(undos)
    lost = fault.effect(undos).site
    for record in small.records:
        if record.site == lost and process.name_of(record.pid) is not None:
            os.kill(record.pid, signal.SIGKILL)

    for undo in undos:
        fault.heal(undo)

    assert small.answers() == small.all_good()


@every_example
def test_healing_after_the_platform_has_ended_starts_nothing(fault: Fault, carried_platform: Make) -> None:
    small = carried_platform()
    undos = fault.plan(small.platform)
    fault.inject(undos)
    carrier.stop(small.state)

    for undo in undos:
        fault.heal(undo)

    assert list(spawn.marked(small.state)) == []


def _everything(small: Any) -> dict[str, str]:
    """The platform's files and processes, and what its links answer: equal means that nothing was touched."""
    files = {str(path): path.read_text() for path in sorted(small.state.rglob("*")) if path.is_file()}
    processes = {}
    for record in small.records:
        stat = Path(f"/proc/{record.pid}/stat")
        processes[f"pid {record.pid}"] = stat.read_text().rsplit(")", 1)[1].split()[19] if stat.exists() else "gone"
    return {**files, **processes, **{f"{endpoint}": answer for endpoint, answer in small.answers().items()}}
