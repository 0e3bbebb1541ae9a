"""Both languages of the engine and the faults are whole: nothing untranslated, nothing unused, no placeholder lost."""

from pydantic_core import PydanticKnownError

from switchdrill.fault import catalogue
from switchdrill.running import progress
from switchdrill.yamlfile import EXPECTED
from switchdrill_reports.shown import names

from .messages import HELD


def test_the_catalogue_is_whole() -> None:
    """To mend it: python -m tests.engine.messages, then translate the empty ones."""

    assert {} == HELD.mistakes()


def test_every_legend_of_a_fault_is_in_the_catalogue() -> None:
    known = {str(message.id) for message in HELD.messages()}
    said = {words for fault in catalogue().values() for words in (fault.legend.name, fault.legend.looks_like)}

    assert set() == said - known


def test_progress_names_every_part_that_a_report_names() -> None:

    assert {*names.PARTS, "stop"} == set(progress.PARTS)


def test_pydantic_still_says_what_the_catalogue_translates() -> None:
    ours = {"extra_forbidden", "missing", "model_type", "too_short", "too_long",
            "int_type", "float_type", "string_type", "bool_type"}  # fmt: skip
    facts = {"literal_error": {"expected": "'a' or 'b'"}, "greater_than": {"gt": 1}, "greater_than_equal": {"ge": 1},
             "less_than": {"lt": 1}, "less_than_equal": {"le": 1}}  # fmt: skip
    theirs = {kind: PydanticKnownError(kind, facts.get(kind)).message_template for kind in EXPECTED if kind not in ours}

    assert theirs == {kind: template for kind, template in EXPECTED.items() if kind not in ours}
