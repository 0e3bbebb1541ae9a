"""Who may take writes: the agent's word, with its number. Shared by the agent, the APIs and the databases' keepers."""

import json
from dataclasses import dataclass


class Unreadable(ValueError):
    """A message that is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decree:
    """Only the agent makes epochs; each says one thing only, so the higher one is right."""

    epoch: int
    active: str
    """The site that may take writes; empty before the first word."""
    down: tuple[str, ...] = ()
    """Sites that are declared down: the active one need not wait for them."""

    def as_dict(self) -> dict[str, object]:
        return {"epoch": self.epoch, "active": self.active, "down": list(self.down)}

    def as_json(self, **more: int) -> str:
        return json.dumps({**self.as_dict(), **more})


NOBODY = Decree(epoch=0, active="")


def read_decree(body: bytes | str) -> Decree:
    """Raises Unreadable."""
    told = read_object(body)
    epoch, active, down = told.get("epoch"), told.get("active"), told.get("down", [])
    if not isinstance(epoch, int) or epoch < 0 or not isinstance(active, str) or not isinstance(down, list):
        raise Unreadable('{"epoch": 1, "active": "a", "down": []} is expected')
    return Decree(epoch=epoch, active=active, down=tuple(str(site) for site in down))


def read_object(body: bytes | str) -> dict[str, object]:
    """A JSON object; Unreadable when it is none."""
    try:
        told = json.loads(body)
    except ValueError as problem:
        raise Unreadable(f"no JSON: {problem}") from problem
    if not isinstance(told, dict):
        raise Unreadable("a JSON object is expected")
    return told


def number_in(told: dict[str, object], name: str, default: int = 0) -> int:
    """A whole number of a JSON object; Unreadable when it is something else."""
    value = told.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unreadable(f"{name}: a whole number is expected")
    return value


def text_in(told: dict[str, object], name: str, default: str = "") -> str:
    """A string of a JSON object; Unreadable when it is something else."""
    value = told.get(name, default)
    if not isinstance(value, str):
        raise Unreadable(f"{name}: a text is expected")
    return value


def part_of(told: object, *names: str) -> object:
    """What stands in nested JSON objects under `names`; None when it does not."""
    for name in names:
        told = told.get(name) if isinstance(told, dict) else None
    return told
