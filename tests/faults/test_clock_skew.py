"""A service that tells another time of day: it alone, until it is healed, while its monotonic clock stays."""

import pytest

from switchdrill.containers.engine import Held
from switchdrill.errors import BadInput, Refused
from switchdrill.platform import program
from switchdrill_faults import ClockSkew, ServiceKill
from switchdrill_faults.docker import skew as docker_skew
from switchdrill_faults.services import skew
from tests.faults import seen
from tests.faults.boxed import Boxed
from tests.faults.programs import Programs

pytestmark = pytest.mark.needs_faketime


@pytest.mark.needs_docker
def test_a_container_tells_another_time_until_it_is_healed(boxed: Boxed) -> None:
    fault = ClockSkew(service="standby.other", by="+1h")
    undos = fault.plan(boxed.platform())
    name = boxed.called("other")
    assert not fault.counted(undos).ok

    fault.inject(undos)

    counted = fault.counted(undos)
    assert counted.ok, counted.said
    assert "+36" in counted.said or "+35" in counted.said
    uptime = boxed.engine.execute(name, ["cat", "/proc/uptime"]).said
    assert uptime, "a program that starts in it works"
    said = [fault.heal(undos[0]) for _twice in range(2)]
    assert "tells the right time again" in said[0]
    assert "nothing was done" in said[1]
    assert not boxed.engine.has_file(name, "/etc/ld.so.preload")
    assert not boxed.engine.has_file(name, "/etc/faketimerc")
    assert "+0 s off" in fault.counted(undos).said
    assert "good" == seen.tcp(boxed.address("other"))


@pytest.mark.needs_docker
def test_a_container_that_was_killed_meanwhile_comes_home_with_the_right_time(boxed: Boxed) -> None:
    fault = ClockSkew(service="standby.other", by="-90s")
    undos = fault.plan(boxed.platform())
    fault.inject(undos)
    assert fault.counted(undos).ok
    kill = ServiceKill(service="standby.other")
    kill.inject(kill.plan(boxed.platform()))

    fault.heal(undos[0])

    assert "+0 s off" in fault.counted(undos).said
    assert not boxed.engine.has_file(boxed.called("other"), "/etc/ld.so.preload")


@pytest.mark.needs_docker
def test_a_container_without_the_library_is_refused(boxed: Boxed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker_skew.skew, "FOLDERS", ("/nowhere",))

    with pytest.raises(Refused) as refused:
        ClockSkew(service="standby.other", by="+1h").plan(boxed.platform())

    assert "not in its image" in str(refused.value)


@pytest.mark.needs_docker
def test_a_preload_of_its_own_is_never_overwritten(boxed: Boxed) -> None:
    name = boxed.called("other")
    boxed.engine.write_file(name, "/etc/ld.so.preload", Held(b"/lib/theirs.so\n", 0o644, 0, 0))
    try:
        with pytest.raises(Refused) as refused:
            ClockSkew(service="standby.other", by="+1h").plan(boxed.platform())
    finally:
        boxed.engine.write_file(name, "/etc/ld.so.preload", Held(b"", 0o644, 0, 0))
        boxed.engine.execute(name, ["rm", "/etc/ld.so.preload"])

    assert "already" in str(refused.value)


def test_a_program_tells_another_time_until_it_is_healed(programs: Programs) -> None:
    fault = ClockSkew(service="primary.web", by="-90s")
    undos = fault.plan(programs.start())
    assert not fault.counted(undos).ok

    fault.inject(undos)

    counted = fault.counted(undos)
    assert counted.ok, counted.said
    assert "are -90 s off" in counted.said
    said = [fault.heal(undos[0]) for _twice in range(2)]
    assert "tells the right time again" in said[0]
    assert "nothing was done" in said[1]
    known = program.read(program.path_of(programs.state, "a.web"))
    assert known is not None
    assert known.process is not None
    assert not skew.is_loaded(skew.maps_of(known.process.pid))
    assert skew.OFFSET not in known.env
    assert programs.answers() == {"a": "good", "b": "good"}


@pytest.mark.parametrize("by", ["1h", "+", "+1", "+50ms", "+0s", "", "+-1h"])
def test_a_skew_that_can_not_be_is_bad_input(by: str) -> None:
    with pytest.raises(BadInput, match="ClockSkew"):
        ClockSkew(service="a.web", by=by)
