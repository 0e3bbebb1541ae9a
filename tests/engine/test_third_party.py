"""The page that teaches how to write a fault of one's own: what stands there is installed as it is, and works."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "faults" / "README.md").read_text(encoding="utf-8")
PLATFORM = """
schema: switchdrill.platform/v1
id: theirs
production: false
inject: true
sites:
  a: {role: primary, address: 127.0.0.1}
  b: {role: standby, address: 127.0.0.2}
entries:
  live: {name: live.test, port: 80}
operators:
  one: {address: 127.0.0.1, share: 1.0}
probes:
  - {name: watch, kind: hls, through: sites, entry: live, every: 200ms, timeout: 1s}
settings: {maintenance_a: "SWITCH"}
"""
LIFE = """
import json, sys
from pathlib import Path
from switchdrill.fault import catalogue
from switchdrill.platform.model import Platform
from switchdrill.undo import Undo
from switchdrill.yamlfile import read
from our_faults.maintenance_page import MaintenancePage

fault = MaintenancePage(site="primary")
undos = [Undo.model_validate_json(each.model_dump_json()) for each in fault.plan(read(Path(sys.argv[1]), Platform))]
told = [fault.counted(undos).ok]
fault.inject(undos)
told += [fault.counted(undos).ok]
told += [catalogue()["maintenance-page"].heal(undos[0]), catalogue()["maintenance-page"].heal(undos[0])]
print(json.dumps(told))
"""


@pytest.fixture
def switch() -> Iterator[str]:
    """A site's maintenance switch."""
    shown = ["off"]

    class Switch(BaseHTTPRequestHandler):
        def answer(self) -> None:
            shown[0] = {"PUT": "on", "DELETE": "off"}.get(self.command, shown[0])
            self.send_response(200)
            self.end_headers()
            self.wfile.write(shown[0].encode())

        do_GET = do_PUT = do_DELETE = answer  # noqa: N815  # as http.server calls them

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Switch) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def installed(tmp_path: Path, switch: str) -> tuple[dict[str, str], Path]:
    """The package of the page, as pip would leave it, and a platform's file."""
    toml, code = re.findall(r"```(?:toml|python)\n(.*?)```", PAGE.partition("## A fault of your own")[2], re.DOTALL)[:2]
    group, name, package = re.findall(r'entry-points\."([\w.]+)"\]\n(\w+) = "(\w+)"', toml)[0]
    home = tmp_path / "site"
    (home / package).mkdir(parents=True)
    (home / package / "__init__.py").write_text("")
    (home / re.findall(r'"""(\S+\.py):', code)[0]).write_text(code)
    told = home / f"{package}-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(f"[{group}]\n{name} = {package}\n")
    file = tmp_path / "platform.yaml"
    file.write_text(PLATFORM.replace("SWITCH", switch))
    return {**os.environ, "PYTHONPATH": str(home), "XDG_STATE_HOME": str(tmp_path / "state")}, file


def ran(env: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_listed_and_told_where_it_is_possible(installed: tuple[dict[str, str], Path]) -> None:
    env, file = installed

    listed = ran(env, "-m", "switchdrill", "faults", "--platform", str(file))

    mine = listed.partition("maintenance-page")[2].partition("\nmemory-limit")[0]
    assert "from our_faults.maintenance_page import MaintenancePage" in mine
    assert "every address answers 503" in mine
    assert "possible: a; by the site's own maintenance switch" in mine
    assert "not possible: b" in mine


def test_it_breaks_proves_itself_and_comes_home_twice(installed: tuple[dict[str, str], Path]) -> None:
    env, file = installed

    told = json.loads(ran(env, "-c", LIFE, str(file)))

    assert told == [False, True, "site a shows the picture again", "site a was whole; nothing was done"]


def test_when_it_can_not_come_home_the_command_is_told(installed: tuple[dict[str, str], Path]) -> None:
    env, file = installed
    text = file.read_text()
    file.write_text(re.sub(r"http://127.0.0.1:\d+", "http://127.0.0.1:9", text))
    program = LIFE[: LIFE.index("told = ")] + "print(type(fault).heal(undos[0]))"

    done = subprocess.run(
        [sys.executable, "-c", program, str(file)], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert "CouldNotHeal" in done.stderr
    assert "curl -X DELETE http://127.0.0.1:9/" in done.stderr
