"""What is said to the relay, and what it answers: one JSON object a line each, over TCP."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from switchdrill_faults.names.rule import Rule

LONGEST_LINE = 1_000_000


class Command(BaseModel):
    """`lay` these rules, `lift` those with these ids, or `show`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: Literal["lay", "lift", "show"]
    rules: list[Rule] = []
    ids: list[str] = []


class Met(BaseModel):
    """A rule that is laid, and how many questions met it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Rule
    hits: int


class Told(BaseModel):
    """Everything that is laid once the command was done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    laid: list[Met] = []
    problem: str = ""
    """Why nothing was done; empty: it was."""
