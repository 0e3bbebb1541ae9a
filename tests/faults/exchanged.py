"""Datagrams between containers: what became of those that one sends, and how many another has heard."""

import json
import sysconfig
from pathlib import Path

from tests.faults.boxed import HERE, PYTHON, Boxed
from tests.faults.datagrams import Sent


def sent_by(boxed: Boxed, who: str, address: str, count: int) -> Sent:
    python = PYTHON / "bin" / f"python{sysconfig.get_python_version()}"
    argv = [str(python), str(HERE / "datagrams.py"), address, str(count)]
    api = boxed.engine.use("api", lambda client: client.api)
    made = api.exec_create(boxed.called(who), argv)["Id"]
    said = boxed.engine.use("exec", lambda _client: bytes(api.exec_start(made)), within_s=60)
    return Sent(**json.loads(said))


def heard_by(boxed: Boxed, who: str) -> int:
    """As the kernel of its namespace counts them."""
    told = Path(f"/proc/{boxed.engine.get(boxed.called(who)).pid}/net/snmp").read_text()
    names, numbers = (line.split() for line in told.splitlines() if line.startswith("Udp:"))
    return int(dict(zip(names, numbers, strict=True))["InDatagrams"])
