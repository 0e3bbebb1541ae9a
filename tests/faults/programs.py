"""Programs to break: two services of four processes each, started as a platform's own are."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from switchdrill.machine.process import OWNER, is_frozen, owned_by, variables_of
from switchdrill.platform.lifecycle import start_platform, stop_platform, undo_of
from switchdrill.platform.model import Platform
from switchdrill.platform.started import Started
from switchdrill_faults.services import handshake
from tests.faults import seen
from tests.faults.served import TLS_PORT

HERE = Path(__file__).parent
PORT = seen.PORT


def make_certificate(pem: Path) -> None:
    """Valid for a day, with its key."""
    key = pem.with_suffix(".key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
         "/CN=live.test", "-days", "1", "-keyout", str(key), "-out", str(pem)],
        check=True, capture_output=True,
    )  # fmt: skip
    pem.write_bytes(pem.read_bytes() + key.read_bytes())
    key.unlink()


@dataclass(slots=True)
class Programs:
    """`a.web` and `b.web` of a platform that switchdrill starts."""

    net: str
    state: Path
    started: list[Started] | None = None

    @property
    def platform(self) -> Platform:
        return Platform.model_validate(
            {
                "schema": "switchdrill.platform/v1",
                "id": "programs",
                "production": False,
                "inject": True,
                "sites": {
                    "a": {"role": "primary", "address": self.address("a")},
                    "b": {"role": "standby", "address": self.address("b")},
                },
                "services": [
                    {
                        "name": f"{site}.web",
                        "site": site,
                        "run": [sys.executable, str(HERE / "served.py"), str(self.heard(site)), self.address(site),
                                *([str(self.pem)] if site == "a" else [])],
                        "ready": {"tcp": f"{self.address(site)}:{PORT}"},
                    }
                    for site in "ab"
                ],
                "certificates": [
                    {"service": "a.web", "file": str(self.pem), "at": f"{self.address('a')}:{TLS_PORT}",
                     "name": "live.test", "reload": ["sh", "-c", f"kill -HUP $(cat {self.pem.with_suffix('.pid')})"]}
                ],
                "entries": {"live": {"name": "live.test", "port": PORT}},
                "operators": {"one": {"resolver": f"{self.net}.0.1:53", "share": 1.0}},
                "probes": [
                    {"name": "watch", "kind": "hls", "through": "sites", "entry": "live", "every": "200ms",
                     "timeout": "1s"}
                ],
                "state": str(self.state),
            }
        )  # fmt: skip

    def address(self, site: str) -> str:
        return f"{self.net}.{'ab'.index(site) + 1}.11"

    def heard(self, site: str) -> Path:
        return self.state / f"{site}.heard"

    @property
    def pem(self) -> Path:
        return self.state / "a.pem"

    def start(self) -> Platform:
        if not self.pem.exists():
            make_certificate(self.pem)
        self.started = start_platform(self.platform, None, None)
        return self.platform

    def stop(self) -> None:
        stop_platform(undo_of(state=self.state, run=None))

    def processes(self) -> dict[str, str]:
        """What runs, and since when."""
        return {
            f"process {each.pid}": f"{each.started} {is_frozen(each)} {variables_of(each).get(OWNER)}"
            for each in owned_by(self.state)
        }

    def limits(self) -> dict[str, str]:
        """Which groups of the kernel they are in."""
        return {f"group of {each.pid}": Path(f"/proc/{each.pid}/cgroup").read_text() for each in owned_by(self.state)}

    def certificate(self) -> dict[str, str]:
        """The file, its folder, and what a client is shown."""
        try:
            shown = handshake.shown(f"{self.address('a')}:{TLS_PORT}", "live.test").hex()
        except OSError:
            shown = "none"
        return {"certificate": shown, "file": self.pem.read_text(), "beside": str(sorted(self.state.glob("a.pem*")))}

    def answers(self) -> dict[str, str]:
        return {site: seen.tcp(self.address(site)) for site in "ab"}
