"""What a platform's own programs are given: their resolved file, a question with a limit, one command line."""

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from switchdrill.errors import BadInput, DeadlinePassed
from switchdrill.platform.asking import CommandFailed, ask, until_done
from switchdrill.platform.commands import Commands
from switchdrill.platform.model import Platform
from switchdrill.platform.resolved import read_resolved, settings_of
from switchdrill.yamlfile import Strict

ROOT = Path(__file__).parents[2]
TEXT = """schema: switchdrill.platform/v1
id: tiny
production: false
inject: true
sites:
  a: {role: primary, address: "${net}.1.1"}
  b: {role: standby, address: "${net}.2.1"}
  w: {role: witness, address: "${net}.3.1"}
entries: {live: {name: live.test, port: 80}}
operators: {telecom: {resolver: "${net}.0.11:53", share: 1}}
probes: [{name: p, kind: http, through: sites, entry: live, path: /, every: 1s, timeout: 1s}]
settings: {admin: "127.0.0.1:99", rounds: 3}
"""


class Settings(Strict):
    admin: str
    rounds: int = 1


class Said(Strict):
    done: bool


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "platform.yaml"
    path.write_text(TEXT.replace("${net}", "127.99"), encoding="utf-8")
    return path


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """ADDRESS:PORT of a server that has one answer."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.server.heard = self.rfile.read(int(self.headers["Content-Length"]))  # type: ignore[attr-defined]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def test_a_resolved_file_is_read_and_its_settings_are_what_the_program_says(file: Path) -> None:
    assert Settings(admin="127.0.0.1:99", rounds=3) == settings_of(read_resolved(file), Settings)


def test_a_template_is_told_from_a_resolved_file(file: Path) -> None:
    file.write_text(TEXT, encoding="utf-8")
    with pytest.raises(BadInput, match=r"\$\{net\} is not filled in") as caught:
        read_resolved(file)
    assert str(file) == caught.value.where
    assert "`switchdrill up` printed" in (caught.value.now or "")


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("rounds: 3", "rounds: many", 'settings.rounds: a valid integer is expected, without quotes, not "many"'),
        ("rounds: 3", "round: 3", "settings.round: unknown key"),
        ('admin: "127.0.0.1:99", ', "", "settings.admin: this key is missing"),
    ],
)
def test_a_wrong_setting_is_named_in_our_words(file: Path, was: str, now: str, said: str) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace(was, now), encoding="utf-8")
    with pytest.raises(BadInput, match="the settings of platform tiny can't be right") as caught:
        settings_of(read_resolved(file), Settings)
    assert said in (caught.value.because or "")


def test_an_answer_is_read_as_what_it_should_be() -> None:
    with answering(409, b'{"done": false}') as place:
        reply = ask(place, "POST", "/steer", {"to": "b"})
    assert (409, {"done": False}, Said(done=False)) == (reply.status, reply.told(), reply.read(Said))


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"dun": true}', b""])
def test_an_answer_that_is_something_else_is_shown(body: bytes) -> None:
    with answering(200, body) as place:
        reply = ask(place, "POST", "/steer", {})
    with pytest.raises(CommandFailed, match="can't be understood") as caught:
        reply.read(Said)
    assert f"200 {body.decode()}" == caught.value.because


def test_json_that_is_no_object_is_no_answer() -> None:
    with answering(200, b"[]") as place:
        reply = ask(place, "POST", "/steer", {})
    with pytest.raises(CommandFailed, match="can't be understood"):
        reply.told()


def test_who_does_not_answer_is_named() -> None:
    with answering(200, b"{}") as place:
        pass
    with pytest.raises(CommandFailed, match="does not answer") as caught:
        ask(place, "GET", "/state", within_s=0.5)
    assert f"GET http://{place}/state: ConnectionRefusedError" in (caught.value.because or "")


def test_what_failed_is_done_again_until_it_is_done() -> None:
    left = [CommandFailed("not yet"), CommandFailed("not yet")]

    def action() -> str:
        if left:
            raise left.pop()
        return ""

    assert "" == until_done(action, within_s=5, what="it")
    assert [] == left


def test_what_failed_last_is_told() -> None:
    def action() -> str:
        raise CommandFailed("no", because="b is not in step")

    with pytest.raises(DeadlinePassed, match="failback to a: not within") as caught:
        until_done(action, within_s=0.0, what="failback to a")
    assert "b is not in step" == caught.value.because


def refused(platform: Platform) -> str:
    raise CommandFailed(f"{platform.id} is not as before a drill", because="a is silent")


COMMANDS = Commands(
    steer=lambda platform, site: f"{platform.id}: steered to {site}",
    failback=lambda _platform, site: f"back to {site}",
    fence=lambda _platform, site: f"fenced {site}",
    check=refused,
    reset=lambda _platform: "as before",
    state=lambda _platform: "{}",
)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["steer", "b"], "tiny: steered to b\n"),
        (["failback", "a"], "back to a\n"),
        (["fence", "a"], "fenced a\n"),
        (["reset"], "as before\n"),
        (["state"], "{}\n"),
    ],
)
def test_every_command_says_what_was_done(
    file: Path, argv: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == COMMANDS.run("", ["--platform", str(file), *argv])
    assert said == capsys.readouterr().out


@pytest.mark.parametrize("name", ["platform.yaml", "articles.yaml"])
@pytest.mark.parametrize("folder", ["embedded", "staging"])
def test_what_the_files_of_our_own_platforms_say_is_this_command_line(folder: str, name: str, file: Path) -> None:
    text = (ROOT / "drills" / "platforms" / folder / name).read_text(encoding="utf-8")
    found = re.findall(r'^  (\w+): \["\{python\}", "\{here\}/ctl.py", (.*)\]$', text, re.MULTILINE)
    argv = {command: [each.strip('"') for each in words.split(", ")] for command, words in found}
    filled = {"{platform}": str(file), "{site}": "a"}

    assert {"steer", "failback", "fence", "check", "reset"} == set(argv)
    for command, words in argv.items():
        code = COMMANDS.run("", [filled.get(each, each) for each in words])
        assert (command, int(command == "check")) == (command, code)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["check"], ["tiny is not as before a drill", "a is silent"]),
        (["steer", "c"], ["there is no site 'c'; there are a, b"]),
        (["fence", "w"], ["there is no site 'w'; there are a, b"]),
    ],
)
def test_why_a_command_was_not_done_is_told_with_code_1(
    file: Path, argv: list[str], said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert 1 == COMMANDS.run("", ["--platform", str(file), *argv])
    printed = capsys.readouterr()
    assert "" == printed.out
    assert [] == [words for words in said if words not in printed.err]
