"""The platform's own dnsdist as a mechanism: rules of ours by name, through its console, in its container.

Ours come first, since many an own rule ends the matter; every other one stays as it is.
"""

import re
from collections.abc import Sequence

from switchdrill.containers.found import Found
from switchdrill.text import _
from switchdrill_faults.docker.box import Box
from switchdrill_faults.names import lua
from switchdrill_faults.names.relayed import NotTold
from switchdrill_faults.names.rule import Rule

_LISTED = re.compile(r"^\d+\s+(switchdrill-\S+)\s+(\d+)\s", re.MULTILINE)
_WITHIN_S = 5.0
_STARTED: dict[str, str] = {}
"""Since when a container runs that rules of ours were last seen in, by its name."""


def lay(box: Box, config: str, port: int, rules: Sequence[Rule]) -> None:
    """Those that are there stay as they are. NotTold when dnsdist does not run, or refuses."""
    there = hits(box, config) or {}
    missing = [rule for rule in rules if rule.id not in there]
    if missing:
        said = _say(box, config, " ".join(lua.laid(rule, port) for rule in missing))
        lost = [rule.id for rule in missing if rule.id not in (hits(box, config) or {})]
        if lost:
            raise NotTold(_("dnsdist did not take a rule"), where=box.name, because=said.strip() or None)
    found = _running(box)
    if found is not None:
        _STARTED[box.name] = found.started


def lift(box: Box, config: str, ids: Sequence[str]) -> None:
    """Fine when they are gone. NotTold when dnsdist does not answer."""
    there = hits(box, config) or {}
    ours = [each for each in ids if each in there]
    if ours:
        _say(box, config, " ".join(f"rmRule('{each}')" for each in ours))


def hits(box: Box, config: str) -> dict[str, int] | None:
    """How many questions met each rule of ours; None: dnsdist does not run, and no rule with it. NotTold."""
    if _running(box) is None:
        return None
    return {name: int(count) for name, count in _LISTED.findall(_say(box, config, "showRules()"))}


def was_started_anew(box: Box) -> bool:
    """Whether what we laid is gone with the process that it was in."""
    found = _running(box)
    return found is not None and _STARTED.get(box.name, found.started) != found.started


def _running(box: Box) -> Found | None:
    found = box.found(box.engine())
    return found if found is not None and found.state in ("running", "paused") else None


def _say(box: Box, config: str, words: str) -> str:
    argv = ["dnsdist", "-C", config, "-c", "-e", words]
    engine = box.engine()

    def say() -> tuple[int, str]:
        api = engine.use("api", lambda client: client.api)
        made = str(api.exec_create(box.id or box.name, argv)["Id"])
        said = bytes(api.exec_start(made)).decode("utf-8", errors="replace")
        return int(api.exec_inspect(made)["ExitCode"]), said

    code, said = engine.use(f"exec in {box.name}", lambda _client: say(), within_s=_WITHIN_S)
    if code:
        raise NotTold(
            _("the console of dnsdist does not answer"),
            where=f"{box.name}, {config}",
            because=said.strip() or None,
            now=_("its configuration needs controlSocket(...) and setKey(...); name it as `dnsdist: {config: ...}`"),
        )
    return said
