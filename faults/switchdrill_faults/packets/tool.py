"""By what a rule is laid: the packet filter, or netem."""

from typing import Protocol

from switchdrill_faults.packets import netem, nft
from switchdrill_faults.packets.nft import Ground
from switchdrill_faults.packets.rule import Border, Flow
from switchdrill_faults.packets.script import Place


class Tool(Protocol):
    """Lays rules on a ground, and takes them away."""

    NAMED: str

    def lay(self, ground: Ground, rule: Border | Flow, table: str, place: Place) -> None: ...

    def lay_again(self, ground: Ground, rule: Border | Flow, table: str, place: Place) -> None: ...

    def counted(self, ground: Ground, rule: Border | Flow, table: str) -> dict[str, int] | None: ...

    def is_there(self, ground: Ground, table: str) -> bool: ...

    def take_away(self, ground: Ground, table: str) -> bool: ...


def tool_for(rule: Border | Flow) -> Tool:
    return netem if isinstance(rule, Flow) and rule.act == "shape" else nft
