"""What a platform's file lacks before it can be drilled, or says that can't be: found before anything is started.

P01  nothing waits for a person's decision: no comment `# decide: ...` stands there any more
P02  every key can be what it says
P03  there is a primary, and a standby that can take over
P04  every site has something that can be broken: a container, a program of ours, a link through its Toxiproxy
P05  an hls probe goes straight to the sites, so that the loss of one is seen
P06  an hls probe goes through the operators, so that viewers have something to watch
P07  a link that passes no Toxiproxy begins at a container, or outside
P08  every mapping is one running container, and no other service's; asked of the engine, when one answers
P09  the programs that it names are there
P10  it has a `failback`, a `fence`, a `check` and a `reset`
"""

import re
from collections.abc import Iterator
from pathlib import Path

from switchdrill import yamlfile
from switchdrill.containers.connection import NoEngine
from switchdrill.containers.engine import StateUnknown, reach
from switchdrill.errors import BadInput, Refused
from switchdrill.platform.address import NET_MARK
from switchdrill.platform.find import filled
from switchdrill.platform.gap import Gap, of_text, undecided
from switchdrill.platform.mapped import engines_of, has_containers, mapped, project_of
from switchdrill.platform.model import Platform
from switchdrill.platform.net import MADE_UP
from switchdrill.platform.programs import missing_programs
from switchdrill.text import _
from switchdrill.yamlfile import Unfit

_COMMANDS = ("failback", "fence", "check", "reset")
_STATE = Path("{state}")


def gaps(file: Path) -> list[Gap]:
    """All of them, those that are faults first; BadInput when it can't be read, or is not YAML at all."""
    text = yamlfile.read_text(file)
    decisions = undecided(text)
    try:
        platform = yamlfile.parse(text, Platform, where=str(file), values={"net": MADE_UP})
    except Unfit as problem:
        return sorted(of_text(decisions, problem.wrongs), key=lambda gap: gap.line)
    looked = list(_Look(platform, file, text.replace(NET_MARK, MADE_UP)).gaps())
    told = {gap.line for gap in looked if gap.is_fault}
    found = [*(gap for gap in of_text(decisions, []) if gap.line not in told), *looked]
    return sorted(found, key=lambda gap: (not gap.is_fault, gap.code, gap.line))


class _Look:
    """One look at one platform that can be read."""

    def __init__(self, platform: Platform, file: Path, text: str) -> None:
        self._platform = platform
        self._filled = filled(platform, file, _STATE)
        self._file = file
        self._text = text

    def gaps(self) -> Iterator[Gap]:
        yield from self._marks()
        yield from self._roles()
        yield from self._sites()
        yield from self._eyes()
        yield from self._ends()
        yield from self._mappings()
        yield from self._programs()
        yield from self._commands()
        yield from self._told()

    def _gap(self, code: str, said: str, *at: str | int, is_fault: bool = True) -> Gap:
        line = yamlfile.line_in(self._text, str(self._file), *at)
        return Gap(code=code, line=line, at=".".join(map(str, at)), said=said, is_fault=is_fault)

    def _marks(self) -> Iterator[Gap]:
        for number, line in enumerate(self._text.splitlines(), start=1):
            for mark in re.findall(r"\$\{[^}]*\}", line.partition(" #")[0]):
                said = _("nobody fills in {mark}; the only one is {net}").format(mark=mark, net=NET_MARK)
                yield Gap(code="P02", line=number, at=mark, said=said, is_fault=True)

    def _roles(self) -> Iterator[Gap]:
        roles = [site.role for site in self._platform.sites.values()]
        for role in ("primary", "standby"):
            if role not in roles:
                yield self._gap("P03", _("no site is the {role}: nobody can be switched").format(role=role), "sites")

    def _sites(self) -> Iterator[Gap]:
        services = [each for each in self._platform.services if each.container is not None or each.run is not None]
        taken = {each.site for each in services}
        taken |= {hop.site for link in self._platform.links for hop in link.hops}
        is_by_label = self._platform.docker is not None and self._platform.docker.is_by_label
        for name, site in self._platform.sites.items():
            if site.role != "witness" and name not in taken and not is_by_label:
                said = _("nothing of this site can be broken: no service of it, and no link through its Toxiproxy")
                yield self._gap("P04", said, "sites", name)
        for number, service in enumerate(self._platform.services):
            if service.site is not None and service.container is None and service.run is None:
                said = _("service {name} is neither a container nor a program of ours, so no fault can act on it")
                yield self._gap("P04", said.format(name=service.name), "services", number)

    def _eyes(self) -> Iterator[Gap]:
        media = [each for each in self._platform.probes if each.kind == "hls"]
        if not any(each.through == "sites" for each in media):
            said = _("no hls probe goes straight to the sites (`through: sites`): nobody could see that one is lost")
            yield self._gap("P05", said, "probes")
        if not any(each.through == "operators" for each in media):
            said = _("no hls probe goes through the operators: viewers have nothing to watch")
            yield self._gap("P06", said, "probes")
        elif not self._platform.operators:
            yield self._gap("P06", _("there is no operator: viewers come from nowhere"), "operators")

    def _ends(self) -> Iterator[Gap]:
        services = {each.name: each for each in self._platform.services}
        for number, link in enumerate(self._platform.links):
            start = services.get(link.from_)
            if link.port is not None and start is not None and start.container is None:
                said = _("{name} is no container, so what comes from there can't be told from what others send")
                yield self._gap("P07", said.format(name=link.from_), "links", number, "from")

    def _mappings(self) -> Iterator[Gap]:
        """One service after another, so that each that is wrong is told; then all together, for what stands twice."""
        platform = self._filled
        if not has_containers(platform) or self._platform.state is not None:  # resolved: they stand in it as found
            return
        try:
            project = project_of(platform, self._file, _STATE)
            if project is None:
                for endpoint in engines_of(platform):
                    reach(endpoint)
        except BadInput as problem:
            yield self._gap("P08", problem.in_a_line(), "docker", "compose")
            return
        except (NoEngine, StateUnknown) as problem:
            said = _("the mapping was not looked at: {why}").format(why=problem.in_a_line())
            yield self._gap("P08", said, "docker", is_fault=False)
            return
        docker = platform.docker and platform.docker.model_copy(update={"is_by_label": False})
        is_wrong = False
        for number, service in enumerate(platform.services):
            try:
                mapped(platform.model_copy(update={"services": [service], "docker": docker}), project)
            except (BadInput, Refused) as problem:
                is_wrong = True
                yield self._gap("P08", problem.in_a_line(), "services", number, "container")
        if not is_wrong:
            try:
                mapped(platform, project)
            except (BadInput, Refused) as problem:
                yield self._gap("P08", problem.in_a_line(), "services")

    def _programs(self) -> Iterator[Gap]:
        for at, word in missing_programs(self._filled, self._file):
            yield self._gap("P09", _("there is no program {name}").format(name=word), *at)

    def _commands(self) -> Iterator[Gap]:
        why = {
            "failback": _("`failback` is missing: viewers could not be sent back after a drill"),
            "fence": _("`fence` is missing: a site that comes home could take writes beside the one that took over"),
            "check": _("`check` is missing: nothing proves before a drill that roles and replication are in order"),
            "reset": _("`reset` is missing: nothing brings roles and replication in order after a drill that failed"),
        }
        for name in _COMMANDS:
            if name not in self._platform.commands:
                # Where nothing takes writes, nothing has to be fenced; who has a ledger, has something.
                is_fault = name != "fence" or bool(self._platform.ledgers)
                yield self._gap("P10" if is_fault else "", why[name], "commands", is_fault=is_fault)

    def _told(self) -> Iterator[Gap]:
        if not self._platform.inject:
            said = _("every fault is refused until a person writes `inject: true` here")
            yield self._gap("", said, "inject", is_fault=False)
        if self._platform.production:
            said = _("production: nothing of ours breaks it; runbook steps of its own can be timed")
            yield self._gap("", said, "production", is_fault=False)
        if not any(each.kind == "ledger" for each in self._platform.probes):
            said = _("no ledger probe: what is lost at the switch will be NOT_MEASURED")
            yield self._gap("", said, "probes", is_fault=False)
        if all(each.detected is None for each in self._platform.events):
            said = _("no log with `detected`: nobody measures Detect; add one, or promise `steer` from fault_onset")
            yield self._gap("", said, "events", is_fault=False)
