"""A site's edge: makes its certificate when it first starts, as an ACME client would bring one, then becomes HAProxy.

A master and its worker: on SIGUSR2 the master reads everything again, and a new worker takes over.
"""

import os
import subprocess
import sys
from pathlib import Path

CERTIFICATE = Path("/run/staging/edge.pem")
CONFIG = Path(__file__).parent / "config" / "haproxy.cfg"
NAME = "live.test"


def make_certificate() -> None:
    """One file with the key, signed by itself, for 90 days."""
    key, made = CERTIFICATE.with_suffix(".key"), CERTIFICATE.with_suffix(".crt")
    CERTIFICATE.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-days", "90",
         "-keyout", str(key), "-out", str(made)],
        check=True, capture_output=True,
    )  # fmt: skip
    CERTIFICATE.touch(mode=0o600)
    CERTIFICATE.write_bytes(made.read_bytes() + key.read_bytes())
    key.unlink()
    made.unlink()


def main() -> int:
    if not CERTIFICATE.exists():
        make_certificate()
    return int(os.execvp("haproxy", ["haproxy", "-W", "-db", "-f", str(CONFIG)]))  # noqa: S606  # it becomes that


if __name__ == "__main__":
    sys.exit(main())
