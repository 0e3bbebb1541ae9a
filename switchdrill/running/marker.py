"""What is wrong with a test marked `drill`, in a sentence: before its fixtures are set up, and before it is played."""

import inspect
import unittest
from collections.abc import Sequence
from os import PathLike

import pytest

from switchdrill.drill import Drill
from switchdrill.errors import BadInput
from switchdrill.text import _

KINDS = ("tabletop", "simulation", "real_switch")
KEYWORDS = ("runbook", "kind", "covers")


def refuse_mistakes(item: pytest.Item, mark: pytest.Mark) -> None:
    """BadInput when the mark, or what it stands on, can't be a drill."""
    wrong = _not_a_function(item) or _wrong_words(mark, has_runbook=bool(item.config.getoption("--drill-runbook")))
    if wrong:
        raise BadInput(
            wrong, where=item.nodeid, now=_("write it as: {example}").format(example=_EXAMPLE.format(name=_named(item)))
        )


def drill_of(item: pytest.Function, held: Drill | None) -> Drill:
    """What the fixture `drill` made for the test; BadInput when nobody asked for it who can give it to the test."""
    known = item._fixtureinfo  # noqa: SLF001
    wraps = (each for name, found in known.name2fixturedefs.items() if name != "drill" for each in found)
    is_asked = "drill" in known.argnames or any("drill" in each.argnames for each in wraps)
    if held is not None and (is_asked or "drill" not in item.fixturenames):  # the latter: by request.getfixturevalue
        return held
    raise BadInput(
        _("a test marked `drill` takes the fixture `drill`, and does everything through it"),
        where=item.nodeid,
        now=_("write it as: {example}").format(example=_EXAMPLE.format(name=_named(item))),
    )


_EXAMPLE = '@pytest.mark.drill(runbook="FILE.yaml")\ndef {name}(drill): ...'


def _named(item: pytest.Item) -> str:
    return getattr(item, "originalname", None) or item.name


def _not_a_function(item: pytest.Item) -> str:
    if not isinstance(item, pytest.Function):
        return _("only a test function can be a drill")
    if item.cls is not None and issubclass(item.cls, unittest.TestCase):
        return _("a method of unittest.TestCase can't be a drill: it takes no fixtures")
    if inspect.iscoroutinefunction(item.obj) or inspect.isasyncgenfunction(item.obj):
        return _("`async def` can't be a drill: it is walked twice, by plain calls; write `def`")
    return ""


def _wrong_words(mark: pytest.Mark, *, has_runbook: bool) -> str:
    unknown = sorted(set(mark.kwargs) - set(KEYWORDS))
    runbook, kind, covers = (mark.kwargs.get(name) for name in KEYWORDS)
    if mark.args:
        return _("the mark `drill` takes keywords only, not {given!r}").format(given=mark.args[0])
    if unknown:
        return _("the mark `drill` knows {known}, not {unknown}").format(
            known=", ".join(KEYWORDS), unknown=", ".join(unknown)
        )
    if "runbook" not in mark.kwargs and not has_runbook:
        return _("the mark `drill` names no runbook")
    if "runbook" in mark.kwargs and not (isinstance(runbook, str | PathLike) and str(runbook)):
        return _("the mark's runbook is the path of a file, not {given!r}").format(given=runbook)
    if "kind" in mark.kwargs and kind not in KINDS:
        return _("the mark's kind is one of {known}, not {given!r}").format(known=", ".join(KINDS), given=kind)
    if "covers" in mark.kwargs and not _are_numbers(covers):
        return _("the mark's covers is a list of numbers, not {given!r}").format(given=covers)
    return ""


def _are_numbers(covers: object) -> bool:
    return isinstance(covers, Sequence) and all(type(each) is int for each in covers)
