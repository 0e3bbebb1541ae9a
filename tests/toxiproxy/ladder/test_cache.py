"""What was once provided is kept, and taken only when it is still what it was."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from switchdrill.carrier import Rung
from switchdrill.errors import CouldNotStart
from switchdrill_faults.toxiproxy import cache, ladder
from switchdrill_faults.toxiproxy.rung import RungFailed
from tests.toxiproxy.ladder.programs import SERVER, install, say_nothing, script


def test_the_cache_is_taken_when_its_digest_is_right() -> None:
    binary = install(SERVER.format(version="git"))

    rung = ladder.climb(say_nothing)

    assert (rung.name, rung.binary) == ("cache", str(binary))
    assert "git" in rung.says


def test_a_changed_file_in_the_cache_is_not_run() -> None:
    binary = install(SERVER.format(version="git"))
    ran = binary.with_name("it-ran")
    binary.write_text(f"#!/bin/sh\ntouch {ran}\n" + SERVER.format(version="git"))

    with pytest.raises(RungFailed, match="was changed"):
        cache.find()

    assert not ran.exists()


@pytest.mark.parametrize(
    "record", ["", "{", '{"file": "x"}', '{"file": "../../x", "sha256": "", "version": "", "source": ""}']
)
def test_a_record_that_makes_no_sense_is_an_empty_cache(record: str) -> None:
    install(SERVER.format(version="git"))
    (cache.folder() / "installed.json").write_text(record)

    with pytest.raises(RungFailed):
        cache.find()


def test_the_cache_records_file_digest_version_and_source() -> None:
    install(SERVER.format(version="git"))

    record = json.loads((cache.folder() / "installed.json").read_text())

    assert set(record) == {"file", "sha256", "version", "source"}
    assert shutil.which(str(cache.folder() / record["file"])) is not None


def test_a_cache_that_cannot_be_written_is_told(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bare / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(bare / "file"))

    with pytest.raises(CouldNotStart, match="Not a directory"):
        ladder.climb(say_nothing)


def test_two_processes_that_provide_at_once_do_the_work_once(
    bare: Path, releases: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second waits for the first, and finds its work done."""
    count = bare / "built"
    script(
        bare / "bin" / "go",
        "#!/bin/sh\n"
        '[ "$1" = version ] && echo go version go1.26.0 linux/amd64 && exit\n'
        f"echo once >> {count}; /bin/sleep 0.7\n"
        '/bin/mkdir -p "$GOBIN"; printf "#!/bin/sh\\necho toxiproxy-server version git\\n" > "$GOBIN/server"\n',
    )
    program = "from switchdrill_faults.toxiproxy import carrier; print(carrier.provide().model_dump_json())"
    racing = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _number in range(3)
    ]

    told = [each.communicate(timeout=60) for each in racing]

    rungs = [Rung.model_validate_json(out) for out, _errors in told]
    assert sorted(rung.name for rung in rungs) == ["cache", "cache", "go install"]
    assert len({rung.binary for rung in rungs}) == 1
    assert count.read_text() == "once\n"
    assert sum("another process is providing" in errors for _out, errors in told) >= 1


def test_what_a_killed_provider_left_is_cleared_by_the_next(bare: Path) -> None:
    left = cache.folder() / "work-dead" / "modules"
    left.mkdir(parents=True)
    (left / "read-only").write_text("")
    left.chmod(0o500)

    with cache.workshop(say_nothing) as work:
        assert [path.name for path in cache.folder().glob("work-*")] == [work.name]
