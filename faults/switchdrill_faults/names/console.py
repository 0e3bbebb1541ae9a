"""The platform's own dnsdist as a mechanism: rules of ours by name, through its console, in its container.

Ours come first, since many an own rule ends the matter; every other one stays as it is.
"""

import re
from collections.abc import Sequence

from docker import DockerClient

from switchdrill.containers.found import Found
from switchdrill.text import _
from switchdrill_faults.docker.box import Box
from switchdrill_faults.names import lua
from switchdrill_faults.names.relayed import NotTold
from switchdrill_faults.names.rule import Rule

_LISTED = re.compile(r"^\d+\s+(switchdrill-\S+)\s+(\d+)\s", re.MULTILINE)
_HEADING = "#"
_WITHIN_S = 5.0
_STARTED: dict[str, str] = {}
"""Since when a container runs that rules of ours were last seen in, by its name."""


def lay(box: Box, config: str, port: int, rules: Sequence[Rule]) -> None:
    """Those that are there stay as they are. NotTold when dnsdist does not run, or refuses."""
    found = _running(box)
    there = _listed(box, config, "") if found is not None else None
    if found is None or there is None:
        raise NotTold(_("dnsdist can't take a rule: its container does not run"), where=box.name)
    missing = [rule for rule in rules if rule.id not in there]
    if missing:
        now = _listed(box, config, " ".join(lua.laid(rule, port) for rule in missing))
        lost = [rule.says() for rule in missing if rule.id not in now]
        if lost:
            raise NotTold(_("dnsdist did not take a rule"), where=box.name, because=", ".join(lost))
    _STARTED[box.name] = found.started


def lift(box: Box, config: str, ids: Sequence[str]) -> dict[str, int]:
    """These, which are there; as `hits` afterwards. NotTold."""
    return _listed(box, config, " ".join(f"rmRule('{each}')" for each in ids))


def hits(box: Box, config: str) -> dict[str, int] | None:
    """How many questions met each rule of ours; None: dnsdist does not run, and no rule with it. NotTold."""
    return None if _running(box) is None else _listed(box, config, "")


def was_started_anew(box: Box) -> bool:
    """Whether what we laid is gone with the process that it was in."""
    found = _running(box)
    return found is not None and _STARTED.get(box.name, found.started) != found.started


def _running(box: Box) -> Found | None:
    found = box.found(box.engine())
    return found if found is not None and found.state in ("running", "paused") else None


def _listed(box: Box, config: str, words: str) -> dict[str, int]:
    """What stands there once these words were said. A console that fails says so, and ends as if all were well."""
    said = _say(box, config, f"{words} showRules()".strip())
    if not said.lstrip().startswith(_HEADING):
        raise NotTold(
            _("the console of dnsdist does not do as it is told"),
            where=f"{box.name}, {config}",
            because=said.strip() or None,
            now=_("its configuration needs controlSocket(...) and setKey(...); name it as `dnsdist: {config: ...}`"),
        )
    return {name: int(count) for name, count in _LISTED.findall(said)}


def _say(box: Box, config: str, words: str) -> str:
    argv = ["dnsdist", "-C", config, "-c", "-e", words]
    engine = box.engine()

    def say(client: DockerClient) -> str:
        made = str(client.api.exec_create(box.id or box.name, argv)["Id"])
        return bytes(client.api.exec_start(made)).decode("utf-8", errors="replace")

    return engine.use(f"exec in {box.name}", say, within_s=_WITHIN_S)
