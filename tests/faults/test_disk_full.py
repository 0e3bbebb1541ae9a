"""A folder of limited size without room for a byte: in a container, and on a mount of this machine."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchdrill.errors import BadInput, Refused
from switchdrill_faults import DiskFull, ServiceKill
from tests.faults.boxed import Boxed
from tests.faults.programs import Programs


@pytest.fixture
def mounted() -> Iterator[Path]:
    """A tmpfs of 4 MiB; below /mnt, since below /tmp others' files would be hit."""
    folder = Path(f"/mnt/switchdrill-tests-{os.getpid()}")
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


@pytest.mark.needs_docker
def test_a_container_can_write_nothing_until_it_is_healed(boxed: Boxed) -> None:
    fault = DiskFull(service="standby.other", path="/small")
    undos = fault.plan(boxed.platform())
    name = boxed.called("other")
    before = boxed.disk(name)
    boxed.engine.execute(name, ["sh", "-c", "echo theirs > /small/theirs"])
    assert not fault.counted(undos).ok

    fault.inject(undos)

    assert fault.counted(undos).ok, fault.counted(undos).said
    assert boxed.engine.execute(name, ["sh", "-c", "echo more > /small/more"]).code
    said = [fault.heal(undos[0]) for _twice in range(2)]
    assert "has room" in said[0]
    assert "nothing was done" in said[1]
    assert "theirs" == boxed.engine.execute(name, ["cat", "/small/theirs"]).said
    boxed.engine.execute(name, ["rm", "/small/theirs", "/small/more"])
    assert before == boxed.disk(name)


@pytest.mark.needs_docker
def test_room_that_the_service_makes_is_filled_again(boxed: Boxed) -> None:
    fault = DiskFull(service="standby.other", path="/small")
    undos = fault.plan(boxed.platform())
    name = boxed.called("other")
    boxed.engine.execute(name, ["sh", "-c", "df / > /small/theirs"])
    fault.inject(undos)
    boxed.engine.execute(name, ["rm", "/small/theirs"])
    assert not fault.counted(undos).ok

    assert [] == list(fault.keep(undos))

    assert fault.counted(undos).ok
    fault.heal(undos[0])


@pytest.mark.needs_docker
def test_a_container_that_was_killed_meanwhile_comes_home_with_room(boxed: Boxed) -> None:
    fault = DiskFull(service="standby.other", path="/small")
    undos = fault.plan(boxed.platform())
    name = boxed.called("other")
    before = boxed.disk(name)
    fault.inject(undos)
    kill = ServiceKill(service="standby.other")
    kill.inject(kill.plan(boxed.platform()))

    assert "started" in fault.heal(undos[0])

    assert before == boxed.disk(name)


@pytest.mark.needs_docker
@pytest.mark.parametrize(("path", "why"), [("/etc", "others"), ("/", "others"), ("/nowhere", "No such file")])
def test_a_folder_of_a_container_that_others_share_is_refused(path: str, why: str, boxed: Boxed) -> None:
    with pytest.raises(Refused) as refused:
        DiskFull(service="standby.other", path=path).plan(boxed.platform())

    assert why in str(refused.value)


@pytest.mark.needs_root
def test_a_program_can_write_nothing_until_it_is_healed(programs: Programs, mounted: Path) -> None:
    fault = DiskFull(service="a.web", path=str(mounted))
    undos = fault.plan(programs.start())
    (mounted / "theirs").write_text("theirs")
    fault.inject(undos)
    assert fault.counted(undos).ok, fault.counted(undos).said

    with pytest.raises(OSError, match="No space") as full:
        (mounted / "more").write_text("more")

    assert errno.ENOSPC == full.value.errno
    assert "has room" in fault.heal(undos[0])
    assert {"theirs", "more"} == {each.name for each in mounted.iterdir()}


@pytest.mark.parametrize("path", ["/", "/run", "/dev", "/nowhere"])
def test_folders_of_the_machine_itself_are_refused(path: str, programs: Programs) -> None:
    with pytest.raises(Refused):
        DiskFull(service="a.web", path=path).plan(programs.platform)


@pytest.mark.parametrize("path", ["", "hls", "/hls/../etc"])
def test_a_path_that_can_not_be_is_bad_input(path: str) -> None:
    with pytest.raises(BadInput, match="absolute path"):
        DiskFull(service="a.web", path=path)
