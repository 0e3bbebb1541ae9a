"""Makes the image that every container of the staging platform runs, when it is missing.

Its name carries a hash of the recipe (the folder image/, the Toxiproxy server), so a changed recipe is a new image and
an unchanged one takes no time. Two ways, chosen here: where a registry can be reached, image/Dockerfile on
debian:bookworm-slim; else mmdebstrap from Debian's packages. Toxiproxy comes from switchdrill's own ladder, PyAV as a
wheel by pip. Exit code 0: the image is there under its name and under the one that was asked for.
"""

import argparse
import hashlib
import io
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import docker
import docker.errors
from docker import DockerClient
from requests.exceptions import RequestException

from switchdrill.errors import EXIT_FAIL, EXIT_PASS, CouldNotStart, SwitchdrillError
from switchdrill_faults.toxiproxy import carrier

RECIPE = Path(__file__).parent / "image"
REPOSITORY = "switchdrill-staging"
LATEST = f"{REPOSITORY}:latest"
BASE = "debian:bookworm-slim"
SUITE = "bookworm"
PYTHON = "3.11"
"""Debian's own in that suite."""
WHEELS_IN = "usr/local/lib/python3.11/dist-packages"
TOXIPROXY_IN = "usr/local/bin/toxiproxy-server"

ENGINE_S = 10
PULL_S = 120
BUILD_S = 900
PIP_S = 300
EXCLUDED = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/info/*")


def make(wanted: str) -> str:
    """Make the image if it is missing, and give it the name `wanted`; what was done. CouldNotStart when it can't be."""
    engine = _engine()
    toxiproxy = _toxiproxy()
    name = f"{REPOSITORY}:{_hash_of_recipe(toxiproxy)}"
    said = f"{name} is there already"
    if not _is_there(engine, name):
        with tempfile.TemporaryDirectory(prefix="switchdrill-image-") as scratch:
            work = Path(scratch)
            _say("fetching PyAV for the image ...")
            _write_overlay(work / "overlay.tar", toxiproxy=toxiproxy, wheel=_wheel(work))
            if _has_base(engine):
                _say(f"building {name} on {BASE}: a minute or two ...")
                _build(name, work)
                said = f"{name} was built on {BASE}"
            else:
                _say(f"no registry answers: building {name} from Debian's packages: a minute or two ...")
                _bootstrap(engine, name, work)
                said = f"{name} was made by mmdebstrap"
    image = engine.images.get(name)
    for tag in {LATEST, wanted}:
        image.tag(tag)
    return f"{said}; also called {' and '.join(sorted({LATEST, wanted}))}"


def _engine() -> DockerClient:
    try:
        return docker.from_env(timeout=ENGINE_S, version="auto")
    except (docker.errors.DockerException, OSError) as problem:
        raise CouldNotStart(
            "no Docker engine answers, so there is nowhere to put the image",
            because=str(problem),
            now="install and start Docker (as root:  apt-get install docker.io), then:  switchdrill doctor",
        ) from problem


def _toxiproxy() -> Path:
    rung = carrier.provide()
    if not rung.binary:
        raise CouldNotStart(
            "the staging platform needs a Toxiproxy server of its own, as a file",
            because=rung.says,
            now="unset SWITCHDRILL_TOXIPROXY_URL for this command",
        )
    binary = Path(rung.binary)
    if _is_dynamic(binary.read_bytes()):
        raise CouldNotStart(
            "this Toxiproxy server needs libraries that the image may not have",
            where=str(binary),
            now="name a static one with SWITCHDRILL_TOXIPROXY_BIN=/path/to/toxiproxy-server",
        )
    return binary


def _is_dynamic(elf: bytes) -> bool:
    """Whether an ELF file names a program interpreter (segment type 3): then it is not static."""
    if elf[:4] != b"\x7fELF" or elf[4] != 2:
        return True
    table = int.from_bytes(elf[32:40], "little")
    size, count = int.from_bytes(elf[54:56], "little"), int.from_bytes(elf[56:58], "little")
    return any(int.from_bytes(elf[at : at + 4], "little") == 3 for at in range(table, table + size * count, size))


def _hash_of_recipe(toxiproxy: Path) -> str:
    digest = hashlib.sha256()
    for file in [*sorted(RECIPE.iterdir()), toxiproxy]:
        if file.is_file():
            content = file.read_bytes()
            digest.update(f"{file.name if file.parent == RECIPE else 'toxiproxy'} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()[:12]


def _is_there(engine: DockerClient, name: str) -> bool:
    try:
        engine.images.get(name)
    except docker.errors.ImageNotFound:
        return False
    return True


def _has_base(engine: DockerClient) -> bool:
    """Whether the base is here and has apt, or could be pulled."""
    if not _is_there(engine, BASE):
        puller = docker.from_env(timeout=PULL_S, version="auto")
        try:
            puller.images.pull(BASE)
        except (docker.errors.DockerException, RequestException) as problem:
            _say(f"{BASE} can't be pulled ({' '.join(str(problem).split())[:160]})")
            return False
        finally:
            puller.close()
    try:
        engine.containers.run(BASE, ["apt-get", "--version"], remove=True, network_disabled=True)
    except docker.errors.DockerException:
        _say(f"the {BASE} that is here has no apt")
        return False
    return True


def _wheel(work: Path) -> Path:
    """PyAV, for the image's Python and this machine's kind of processor."""
    machine = platform.machine()
    argv = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    argv += ["--only-binary", ":all:", "--require-hashes", "-r", str(RECIPE / "wheels.txt"), "-d", str(work / "wheels")]
    argv += ["--python-version", PYTHON, "--implementation", "cp"]
    argv += [each for kind in ("2_28", "2_17", "2014") for each in ("--platform", f"manylinux{_glibc(kind)}_{machine}")]
    _run(argv, limit_s=PIP_S, what="PyAV could not be fetched", now="see that pip works here:  python -m pip --version")
    wheels = sorted((work / "wheels").glob("*.whl"))
    if len(wheels) != 1:
        raise CouldNotStart("pip fetched something else than one wheel", because=", ".join(map(str, wheels)))
    return wheels[0]


def _glibc(kind: str) -> str:
    return kind if kind == "2014" else f"_{kind}"


def _write_overlay(target: Path, *, toxiproxy: Path, wheel: Path) -> None:
    """What is no Debian package, as a tar file that is unpacked over the image's root."""
    with tarfile.open(target, "w") as tar:
        _add(tar, TOXIPROXY_IN, toxiproxy.read_bytes(), mode=0o755)
        _add(tar, "build/finish.sh", (RECIPE / "finish.sh").read_bytes(), mode=0o755)
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                if not member.is_dir():
                    _add(tar, f"{WHEELS_IN}/{member.filename}", archive.read(member), mode=0o644)


def _add(tar: tarfile.TarFile, name: str, content: bytes, *, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, io.BytesIO(content))


def _build(name: str, work: Path) -> None:
    context = work / "context"
    shutil.copytree(RECIPE, context)
    shutil.move(work / "overlay.tar", context / "overlay.tar")
    builder = docker.from_env(timeout=BUILD_S, version="auto")
    try:
        builder.images.build(path=str(context), tag=name, rm=True, forcerm=True)
    except docker.errors.BuildError as problem:
        lines = [str(line.get("stream") or line.get("error") or "") for line in problem.build_log]
        raise CouldNotStart(
            "the image could not be built",
            where=str(RECIPE / "Dockerfile"),
            because="".join(lines)[-1500:].strip(),
            now="see that containers can reach Debian's packages",
        ) from problem
    finally:
        builder.close()


def _bootstrap(engine: DockerClient, name: str, work: Path) -> None:
    if shutil.which("mmdebstrap") is None:
        raise CouldNotStart(
            "the image can't be made here",
            because=f"neither can {BASE} be pulled, nor is mmdebstrap installed",
            now="as root:  apt-get install mmdebstrap   (Debian and Ubuntu); or mend the way to a registry",
        )
    root = work / "root.tar"
    argv = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(_packages())}"]
    argv += [f"--dpkgopt=path-exclude={pattern}" for pattern in EXCLUDED]
    argv += [f"--customize-hook=tar-in {work / 'overlay.tar'} /"]
    argv += ['--customize-hook=chroot "$1" sh /build/finish.sh', '--customize-hook=rm -r "$1/build"']
    argv += [SUITE, str(root)]
    now = "see that Debian's packages can be reached:  mmdebstrap --variant=extract bookworm /dev/null"
    _run(argv, limit_s=BUILD_S, what="mmdebstrap could not make the image", now=now)
    importer = docker.from_env(timeout=BUILD_S, version="auto")
    try:
        repository, _colon, tag = name.partition(":")
        importer.api.import_image_from_file(str(root), repository=repository, tag=tag)
    finally:
        importer.close()
    if not _is_there(engine, name):
        raise CouldNotStart("Docker did not take the image", where=name, now="see its log for the reason")


def _packages() -> list[str]:
    lines = (RECIPE / "packages.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _run(argv: Sequence[str], *, limit_s: float, what: str, now: str) -> None:
    try:
        ran = subprocess.run(argv, capture_output=True, text=True, timeout=limit_s, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise CouldNotStart(what, because=str(problem), now=now) from problem
    if ran.returncode:
        raise CouldNotStart(what, where=argv[0], because=(ran.stdout + ran.stderr).strip()[-1500:], now=now)


def _say(line: str) -> None:
    sys.stderr.write(f"switchdrill: {line}\n")
    sys.stderr.flush()


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", default=LATEST, help=f"the name that compose.yaml asks for ({LATEST})")
    asked = parser.parse_args(argv)
    try:
        said = make(asked.name)
    except SwitchdrillError as problem:
        sys.stderr.write(f"image.py: {problem}\n")
        return EXIT_FAIL
    except (docker.errors.DockerException, RequestException, OSError) as problem:
        sys.stderr.write(f"image.py: the Docker engine did not do what was asked\n  because  {problem}\n")
        return EXIT_FAIL
    sys.stdout.write(f"{said}\n")
    return EXIT_PASS


if __name__ == "__main__":
    sys.exit(main())
