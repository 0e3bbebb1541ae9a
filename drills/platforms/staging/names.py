"""Everything in front of DNS, in one container: dnsdist, and a Toxiproxy that questions over TCP pass before it.

dnsdist delays UDP only. When one of both ends, the container does: half of DNS would look like a fault of nobody.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

CONFIG = Path(__file__).parent / "config"
PROGRAMS = (
    ("toxiproxy-server", "-host", "0.0.0.0", "-port", "8474", "-config", str(CONFIG / "names.json")),  # noqa: S104
    ("dnsdist", "--supervised", "--disable-syslog", "-C", str(CONFIG / "dnsdist.lua")),
)


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    subprocess.run(("nft", "-f", CONFIG / "names.nft"), check=True)
    programs = [subprocess.Popen(argv) for argv in PROGRAMS]
    try:
        os.wait()
    finally:
        for program in programs:
            program.terminate()
    return 1


if __name__ == "__main__":
    sys.exit(main())
