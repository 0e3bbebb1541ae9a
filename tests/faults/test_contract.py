"""What every registered fault keeps, a third party's too: with an example below, these tests hold it to that."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from switchdrill.errors import BadInput
from switchdrill.fault import Fault, Needing, catalogue, parameters
from switchdrill.record.plan import Legend
from switchdrill.record.samples import Outcome
from switchdrill.undo import Undo
from switchdrill_faults import SiteLoss
from tests.faults import examples
from tests.faults.another import Another
from tests.faults.stages import Stage

IN_BOXES = (pytest.mark.needs_docker, pytest.mark.needs_root)
NETEM = (pytest.mark.needs_root, pytest.mark.needs_netem)
NEEDS: dict[str, Sequence[pytest.MarkDecorator]] = {"clock-skew": (pytest.mark.needs_faketime,)}

EXAMPLES: list[tuple[str, Fault, Sequence[pytest.MarkDecorator]]] = [
    *(("carried", each, ()) for each in examples.every("CARRIED")),
    *(("carried", each, (pytest.mark.needs_root,)) for each in examples.every("WITH_ROOT")),
    *(("carried", each, NETEM) for each in examples.every("WITH_NETEM")),
    *(("named", each, ()) for each in examples.every("NAMED")),
    *(("ordered", each, ()) for each in examples.every("ORDERED")),
    *(("started", each, NEEDS.get(each.kind, ())) for each in examples.every("STARTED")),
    *(("started", each, (pytest.mark.needs_root,)) for each in examples.every("STARTED_AS_ROOT")),
    *(("contained", each, (*IN_BOXES, *NEEDS.get(each.kind, ()))) for each in examples.every("CONTAINED")),
]


def on_stage(examples: Sequence[tuple[str, Fault, Sequence[pytest.MarkDecorator]]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("stage", "fault"),
        [pytest.param(stage, fault, marks=marks, id=f"{stage}-{fault!r}") for stage, fault, marks in examples],
        indirect=["stage"],
    )


every_example = on_stage(EXAMPLES)


@pytest.mark.parametrize("kind", sorted(catalogue()))
def test_every_registered_fault_has_examples_here(kind: str) -> None:
    found = {type(each) for _stage, each, _marks in EXAMPLES if each.kind == kind}
    assert found == {catalogue()[kind]}, f"add an example of {kind!r} to a module of tests/faults/examples"


@pytest.mark.parametrize("fault", [fault for _stage, fault, _marks in EXAMPLES], ids=repr)
def test_a_fault_is_plain_data_that_cannot_change(fault: Fault) -> None:
    assert dataclasses.is_dataclass(fault)
    assert isinstance(type(fault).legend, Legend)
    assert isinstance(fault, Needing)
    assert fault.needs
    assert set(parameters(fault)) == {field.name for field in dataclasses.fields(fault)}
    with pytest.raises(TypeError):
        type(fault)("positional")  # type: ignore[call-arg]
    for field in dataclasses.fields(fault):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(fault, field.name, None)
        with pytest.raises((BadInput, TypeError)):
            dataclasses.replace(fault, **{field.name: None})  # type: ignore[type-var]


@every_example
def test_planning_touches_nothing(fault: Fault, stage: Stage) -> None:
    platform = stage.running()
    before = stage.everything()

    first, second = fault.plan(platform), fault.plan(platform)

    assert list(first) == list(second)
    assert stage.everything() == before


@every_example
def test_planning_works_on_paper_before_the_platform_runs(fault: Fault, stage: Stage) -> None:
    platform = stage.on_paper()
    assert platform.state is not None
    before = sorted(Path(platform.state).iterdir())

    undos = fault.plan(platform)

    assert len(undos) >= 1
    assert sorted(Path(platform.state).iterdir()) == before


@every_example
def test_an_undo_survives_being_written_down(fault: Fault, stage: Stage) -> None:
    for undo in fault.plan(stage.on_paper(fence=["/bin/true", "{site}", "it's 济南"])):
        again = Undo.model_validate_json(undo.model_dump_json())

        assert again == undo
        assert undo.kind == fault.kind
        assert undo.says
        assert undo.target
        assert undo.mechanism
        assert "\n" not in undo.mechanism


@every_example
def test_the_effect_can_be_seen_by_a_probe_or_is_counted(fault: Fault, stage: Stage) -> None:
    platform = stage.on_paper()

    effect = fault.effect(fault.plan(platform))

    assert (effect.site in platform.sites) == bool(effect.outcomes)
    assert effect.site in ("", *platform.sites)
    assert {Outcome(number) for number in effect.outcomes} & {Outcome.GOOD, Outcome.UNKNOWN} == set()
    assert 0 < effect.within_s < 60


@every_example
def test_what_was_not_broken_is_not_counted_as_broken(fault: Fault, stage: Stage) -> None:
    undos = fault.plan(stage.running())

    counted = fault.counted(undos)

    assert counted.said
    assert not counted.ok or fault.effect(undos).outcomes, counted.said


@every_example
def test_healing_what_was_never_broken_changes_nothing(fault: Fault, stage: Stage) -> None:
    undos = fault.plan(stage.running(fence=["/bin/false"]))
    before = stage.everything()

    for undo in undos:
        fault.heal(undo)

    assert stage.everything() == before


@every_example
def test_healing_twice_works_from_the_undo_alone_in_another_process(
    fault: Fault, stage: Stage, another: Another
) -> None:
    undos = fault.plan(stage.running())
    before = stage.everything()
    fault.inject(undos)
    assert stage.everything() != before

    for undo in undos:
        assert another.heal(undo)
    after_once = stage.everything()
    again = [fault.heal(undo) for undo in undos]

    assert [each for each in again if not each] == []
    assert stage.everything() == after_once
    assert stage.is_good()


@on_stage([each for each in EXAMPLES if each[0] != "contained"])  # in boxes nothing of ours lives on
def test_healing_works_when_what_broke_it_is_dead(fault: Fault, stage: Stage) -> None:
    undos = fault.plan(stage.running())
    fault.inject(undos)
    if isinstance(fault, SiteLoss):  # of all others the server that carries the site is no means
        stage.kill_what_breaks(fault.effect(undos).site)

    for undo in undos:
        fault.heal(undo)

    assert stage.is_good()


@on_stage([each for each in EXAMPLES if each[0] != "contained" or isinstance(each[1], SiteLoss)])
def test_healing_after_the_platform_has_ended_starts_nothing(fault: Fault, stage: Stage) -> None:
    undos = fault.plan(stage.running())
    fault.inject(undos)
    stage.end()

    for undo in undos:
        fault.heal(undo)

    assert stage.what_runs() == []
