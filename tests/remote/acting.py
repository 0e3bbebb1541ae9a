"""One step of a fault in a process of its own, in which the far engine's containers are nobody's children.

`python -m tests.remote.acting STEP FOLDER FAULT`: the folder has platform.yaml, and gets undo.json. Started through
`apart`, it sees none of this host's processes, as if the engine were on another machine: only helper containers reach
the packet path there.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from switchdrill import yamlfile
from switchdrill.clock import wait_until
from switchdrill.errors import CouldNotHeal, SwitchdrillError
from switchdrill.fault import Fault, catalogue
from switchdrill.platform.find import filled
from switchdrill.platform.mapped import mapped
from switchdrill.platform.model import Platform
from switchdrill.undo import Undo
from switchdrill_faults.docker import home
from tests.faults import seen

ROOT = Path(__file__).parents[2]


def apart(step: str, folder: Path, fault: dict[str, str], **more: str) -> subprocess.CompletedProcess[str]:
    """Run a step; its exit code is 0, or the error's. `more`: environment variables."""
    return begin(step, folder, fault, **more).done()


class Step:
    """One that runs."""

    def __init__(self, child: "subprocess.Popen[str]") -> None:
        self.child = child

    def done(self, within_s: float = 60) -> "subprocess.CompletedProcess[str]":
        out, _none = self.child.communicate(timeout=within_s)
        return subprocess.CompletedProcess(self.child.args, self.child.returncode, out, "")


def begin(step: str, folder: Path, fault: dict[str, str], **more: str) -> Step:
    argv = [sys.executable, "-m", "tests.remote.acting", step, str(folder), json.dumps(fault)]
    return Step(
        subprocess.Popen(
            ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", _ALONE, "sh", *argv],
            cwd=ROOT, env={**os.environ, **more}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
    )  # fmt: skip


_ALONE = """\
# Its own copy of the mounts would keep the network of every container alive that is there now, at the same address.
while read -r _what where kind _rest; do [ "$kind" != nsfs ] || umount -l "$where"; done </proc/mounts
exec "$@"
"""


def main(step: str, folder: Path, told: dict[str, str]) -> str:
    kind = catalogue()[told["kind"]]
    fault: Fault = kind(**{name: value for name, value in told.items() if name not in ("kind", "seen_at")})
    file = folder / "undo.json"
    if step == "inject":
        platform = yamlfile.read(folder / "platform.yaml", Platform)
        undos = fault.plan(mapped(filled(platform, folder / "platform.yaml", folder), None))
        file.write_text(json.dumps([each.model_dump() for each in undos]))
        fault.inject(undos)
        if told.get("seen_at"):
            seen.tcp(told["seen_at"])  # so that there is a packet to count
        counted = wait_until(lambda: (each := fault.counted(undos)).ok and each, within_s=3, what="an effect")
        return f"{undos[0].mechanism}\n{counted.said if counted else counted}"
    undos = [Undo.model_validate(each) for each in json.loads(file.read_text())]
    home.HEAL_LIMIT_S = float(os.environ.get("HEAL_LIMIT_S", home.HEAL_LIMIT_S))
    return "\n".join(kind.heal(each) for _twice in range(2) for each in undos)


if __name__ == "__main__":
    try:
        print(main(sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])))
    except SwitchdrillError as problem:
        print(problem)
        sys.exit(CouldNotHeal.exit_code if isinstance(problem, CouldNotHeal) else problem.exit_code)
