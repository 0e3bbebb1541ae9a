"""An SSH server on the far side, with a key of its own and its own configuration; nothing of this host's is used.

Debian's `openssh-server`, unpacked beside the test when it is not installed. It sees an /etc/passwd of its own,
since its package would have made a user `sshd`.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from switchdrill.clock import wait_until
from tests.remote.second import Second

PORT = 2222


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """How to come in."""

    url: str
    path: str
    """In front of PATH: an `ssh` that uses the test's key and hosts, as a person's ~/.ssh would tell."""


@contextmanager
def shell(second: Second, folder: Path) -> Iterator[Shell]:
    """Up, until the end of the block. `docker` on the far side means the second engine."""
    sshd = _program(folder)
    for key in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)], check=True, capture_output=True
        )
    (folder / "authorized").write_bytes((folder / "user.pub").read_bytes())
    host_key = " ".join((folder / "host.pub").read_text().split()[:2])
    (folder / "known").write_text(f"[{second.address}]:{PORT} {host_key}\n")
    (folder / "sshd_config").write_text(
        f"Port {PORT}\nListenAddress {second.address}\nHostKey {folder}/host\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {folder}/authorized\nStrictModes no\nPasswordAuthentication no\nMaxStartups 100\n"
        f"PermitRootLogin prohibit-password\nSetEnv DOCKER_HOST={second.url}\n"
    )
    (folder / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\nsshd:x:100:65534::/run/sshd:/usr/sbin/nologin\n")
    (folder / "shadow").write_text("root:*:20000:0:99999:7:::\n")
    server = subprocess.Popen(
        second.inside("unshare", "--mount", "sh", "-ec", _BEGIN, "sh", str(folder), str(sshd)),
        stdin=subprocess.DEVNULL, stdout=(folder / "sshd.log").open("wb"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    bin_ = folder / "bin"
    bin_.mkdir()
    own = f"-o IdentityFile={folder}/user -o UserKnownHostsFile={folder}/known -o IdentitiesOnly=yes -o BatchMode=yes"
    (bin_ / "ssh").write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F none {own} "$@"\n')
    (bin_ / "ssh").chmod(0o755)
    log = folder / "sshd.log"
    try:
        wait_until(lambda: "listening" in log.read_text(), within_s=5, what="an SSH server", saw=log.read_text)
        yield Shell(url=f"ssh://root@{second.address}:{PORT}", path=str(bin_))
    finally:
        server.kill()
        server.wait()


_BEGIN = """\
mount --bind "$1/passwd" /etc/passwd
mount --bind "$1/shadow" /etc/shadow
mkdir -p /run/sshd
chmod 755 /run/sshd
export LD_LIBRARY_PATH="$(dirname "$2")/../lib/$(uname -m)-linux-gnu"
exec "$2" -D -e -f "$1/sshd_config"
"""


def _program(folder: Path) -> Path:
    own = shutil.which("sshd", path="/usr/sbin:/sbin")
    if own is not None:
        return Path(own)
    fetch = ["apt-get", "download", "openssh-server", "libwrap0"]
    if subprocess.run(fetch, cwd=folder, capture_output=True, check=False, timeout=60).returncode != 0:
        subprocess.run(["apt-get", "update"], capture_output=True, check=False, timeout=120)
        again = subprocess.run(fetch, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
        assert again.returncode == 0, f"an SSH server can't be had: {again.stderr}"
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(package), str(folder / "unpacked")], check=True, capture_output=True)
    return folder / "unpacked" / "usr" / "sbin" / "sshd"
