"""A small image for tests: busybox from Debian, and this host's nft with its libraries. Made once, a few MB.

The engine that runs here keeps it; another one gets it by `docker save | docker load`.
"""

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

NFT = "/usr/sbin/nft"
REPOSITORY = "switchdrill-tiny-test"


def provide() -> str:
    """The image's name; made when this host's engine has none of this recipe."""
    recipe = [Path(__file__).read_bytes(), *(Path(part).read_bytes() for part in _parts_of_nft())]
    name = f"{REPOSITORY}:{hashlib.sha256(b''.join(recipe)).hexdigest()[:12]}"
    if subprocess.run(["docker", "image", "inspect", name], capture_output=True, check=False).returncode != 0:
        with tempfile.TemporaryDirectory() as folder:
            tar = Path(folder, "tiny.tar")
            _pack(tar, Path(folder))
            _ran("docker", "import", str(tar), name)
    return name


def _pack(tar: Path, folder: Path) -> None:
    with tarfile.open(tar, "w") as out:
        parents = {str(up)[1:] for part in _parts_of_nft() for up in Path(part).parents if up != Path("/")}
        for made in sorted({"bin", "tmp", "proc", "sys", "dev", "etc", "www", *parents}):
            entry = tarfile.TarInfo(made)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if made == "tmp" else 0o755
            out.addfile(entry)
        out.add(_busybox(folder), "bin/busybox")
        for applet in ("sh", "httpd", "sleep", "wget", "nc", "cat", "true"):
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            out.addfile(link)
        for part in _parts_of_nft():
            out.add(Path(part).resolve(), part.removeprefix("/"))


def _parts_of_nft() -> list[str]:
    listed = _ran("ldd", NFT).split()
    return sorted({NFT, *(word for word in listed if word.startswith("/"))})


def _busybox(folder: Path) -> Path:
    """A static one: of this host, else out of Debian's package."""
    own = shutil.which("busybox")
    if own is not None and "not a dynamic" in subprocess.run(["ldd", own], capture_output=True, text=True).stderr:
        return Path(own)
    subprocess.run(["apt-get", "download", "busybox-static"], cwd=folder, capture_output=True, check=True, timeout=60)
    _ran("dpkg-deb", "-x", str(next(folder.glob("busybox-static*.deb"))), str(folder / "unpacked"))
    return next((folder / "unpacked").rglob("bin/busybox"))


def _ran(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60).stdout
