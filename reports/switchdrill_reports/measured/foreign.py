"""Runs that are whole, and that this version of switchdrill can't read: another one wrote them, by other rules."""

import hashlib
from importlib.metadata import version
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from switchdrill.errors import BadInput
from switchdrill.record.entries import ENTRY
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import GENESIS, read_journal
from switchdrill.record.plan import Plan
from switchdrill.text import _
from switchdrill_reports.measured.evidence import what_is_wrong

AnyModel = TypeVar("AnyModel", bound=BaseModel)


def refuse_foreign(folder: RunFolder) -> None:
    """BadInput that names the field, and the version that wrote it; what is missing or broken is the judge's affair.

    Whole is a plan with the digest that the record names, and a line of the record that fits its chain: nobody but
    their writer made them what they are.
    """
    try:
        plan, lines = folder.plan.read_bytes(), folder.journal.read_bytes().splitlines()
        bad_line = read_journal(folder.journal).first_bad_line
    except Exception:  # the judge reads them again, and tells what is wrong
        return
    opened = _read(_Link, lines[0]) if lines else None
    if bad_line is not None:
        problem = _problem_of_line(lines, bad_line - 1)
        if problem is not None:
            raise _refusal(plan, where=f"{folder.journal}:{bad_line}", problem=problem)
    if opened is None or hashlib.sha256(plan).hexdigest() != opened.plan_sha256:
        return
    try:
        Plan.model_validate_json(plan)
    except ValidationError as problem:
        raise _refusal(plan, where=str(folder.plan), problem=problem) from problem


def _problem_of_line(lines: list[bytes], index: int) -> ValidationError | None:
    """What is wrong with a line that fits the chain; None: it does not, or nothing is."""
    link = _read(_Link, lines[index])
    previous = hashlib.sha256(lines[index - 1]).hexdigest() if index else GENESIS
    if link is None or (link.seq, link.prev) != (index, previous):
        return None
    try:
        ENTRY.validate_json(lines[index])
    except ValidationError as problem:
        return problem
    return None


def _refusal(plan: bytes, *, where: str, problem: ValidationError) -> BadInput:
    written = _read(_Written, plan) or _Written()
    return BadInput(
        _("this version of switchdrill can't read the run, so what was judged before stays as it is"),
        where=where,
        because=_(
            "{problem} (format {format}; written by switchdrill {theirs}, commit {commit}; this one is {ours})"
        ).format(
            problem=what_is_wrong(problem),
            format=written.schema_,
            theirs=written.tool_version,
            commit=written.tool_commit,
            ours=version("switchdrill"),
        ),
        now=_("judge it with the version that wrote it"),
    )


class _Link(BaseModel):
    """What every line of a record has, in any version."""

    model_config = ConfigDict(extra="ignore")

    seq: int
    prev: str
    plan_sha256: str = ""


class _Written(BaseModel):
    """Who wrote a plan, in any version."""

    model_config = ConfigDict(extra="ignore")

    schema_: str = Field(default="?", alias="schema")
    tool_version: str = "?"
    tool_commit: str = "?"


def _read(model: type[AnyModel], raw: bytes) -> AnyModel | None:
    try:
        return model.model_validate_json(raw)
    except ValidationError:
        return None
