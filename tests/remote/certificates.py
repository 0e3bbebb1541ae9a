"""Certificates for an engine and its clients, made with openssl as Docker's own manual tells."""

import subprocess
from pathlib import Path


def authority(folder: Path, name: str = "ca") -> Path:
    """A certificate authority of its own, in a folder of its own."""
    home = folder / name
    home.mkdir(parents=True)
    _openssl(home, "req", "-x509", *_new_key("ca"), "-subj", f"/CN={name}", "-days", "2", "-out", "ca.pem")
    return home


def engine_flags(ca: Path, address: str) -> list[str]:
    """What makes a dockerd listen at `address` for clients of this authority only."""
    _sign(ca, "server", extra=f"subjectAltName=IP:{address}\nextendedKeyUsage=serverAuth\n")
    files = {"tlscacert": "ca.pem", "tlscert": "server.pem", "tlskey": "server-key.pem"}
    return ["--tlsverify", *(f"--{flag}={ca / file}" for flag, file in files.items())]


def client_folder(ca: Path, into: Path, *, trusts: Path | None = None) -> Path:
    """ca.pem, cert.pem and key.pem for a client of `ca` that trusts `trusts` (the same, if nothing is said)."""
    _sign(ca, "client", extra="extendedKeyUsage=clientAuth\n")
    into.mkdir(parents=True)
    for source, name in ((ca / "client.pem", "cert.pem"), (ca / "client-key.pem", "key.pem")):
        (into / name).write_bytes(source.read_bytes())
    (into / "ca.pem").write_bytes(((trusts or ca) / "ca.pem").read_bytes())
    return into


def _sign(ca: Path, name: str, *, extra: str) -> None:
    (ca / f"{name}.ext").write_text(extra, encoding="ascii")
    _openssl(ca, "req", *_new_key(name), "-subj", f"/CN={name}", "-out", f"{name}.csr")
    _openssl(
        ca, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial",
        "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.pem",
    )  # fmt: skip


def _new_key(name: str) -> list[str]:
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}-key.pem"]


def _openssl(folder: Path, *words: str) -> None:
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"openssl {' '.join(words)}: {done.stderr}"
