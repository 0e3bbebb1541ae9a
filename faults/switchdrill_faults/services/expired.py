"""A certificate that has expired, made on this machine by openssl, with a key of its own."""

import shutil
import tempfile
from pathlib import Path

from switchdrill.errors import CouldNotStart
from switchdrill.machine.command import run
from switchdrill.text import _

_BEGAN, _ENDED = "20200101000000Z", "20200401000000Z"
_CONFIG = """
[ca]
default_ca = own
[own]
dir = {folder}
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = DNS:{name}
"""
_LIMIT_S = 20.0


def why_not() -> str:
    """Why none can be made here; empty: it can."""
    return "" if shutil.which("openssl") else _("there is no openssl on this machine")


def make(name: str) -> tuple[bytes, bytes]:
    """Certificate and key, PEM. CouldNotStart."""
    with tempfile.TemporaryDirectory(prefix="switchdrill-") as scratch:
        folder = Path(scratch)
        (folder / "index.txt").touch()
        (folder / "serial").write_text("01\n")
        (folder / "config").write_text(_CONFIG.format(folder=folder, name=name))
        key, asked, made = folder / "key.pem", folder / "asked.pem", folder / "made.pem"
        new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}"]
        _openssl(["req", "-new", *new, "-keyout", str(key), "-out", str(asked)], folder)
        own = ["-config", str(folder / "config"), "-selfsign", "-keyfile", str(key), "-batch", "-notext"]
        dates = ["-startdate", _BEGAN, "-enddate", _ENDED]
        _openssl(["ca", *own, *dates, "-in", str(asked), "-out", str(made)], folder)
        return made.read_bytes(), key.read_bytes()


def _openssl(argv: list[str], folder: Path) -> None:
    try:
        ran = run(["openssl", *argv], limit_s=_LIMIT_S, cwd=folder)
    except OSError as problem:
        raise CouldNotStart(_("openssl can't be run"), because=problem.strerror) from problem
    if not ran.is_fine:
        raise CouldNotStart(_("openssl made no certificate"), where=argv[0], because=ran.last_words)
