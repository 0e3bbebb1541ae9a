"""What holds the catalogues to the sources sees messages in f-strings, and those that nobody could look up."""

from pathlib import Path

import pytest

from tests.catalogue import Held, holes, in_python, unreadable_in

VERBS = frozenset({"_"})


def written(folder: Path, source: str) -> Path:
    (folder / "some.py").write_text(source, encoding="utf-8")
    return folder


def test_a_message_is_found_wherever_it_stands(tmp_path: Path) -> None:
    source = """x = _("one"); y = f"{_('two')}!"; z = _("three " "{a}").format(a=1); say("not ours")"""

    assert {("some.py", "one"), ("some.py", "two"), ("some.py", "three {a}")} == set(
        in_python(written(tmp_path, source), VERBS)
    )


@pytest.mark.parametrize(
    "argument", ['f"{a} is gone"', '"{a} is gone".format(a=a)', '"%s is gone" % a', 'a + " is gone"']
)
def test_a_message_that_is_filled_in_too_early_is_named_with_its_line(tmp_path: Path, argument: str) -> None:

    assert ["some.py:2"] == unreadable_in(written(tmp_path, f"\nsay(_({argument}))"), VERBS)


def test_a_message_that_is_kept_elsewhere_may_be_looked_up(tmp_path: Path) -> None:

    assert [] == unreadable_in(written(tmp_path, "_(fault.legend.name); _(WORDS[0]); _(name)"), VERBS)


def test_placeholders_are_the_same_in_any_order_but_not_in_any_format() -> None:

    assert holes("{a} of {b:g}, %(c)s") == holes("%(c)s，{b:g} 中的 {a}")
    assert holes("{a:g}") != holes("{a}")
    assert holes("{a!r}") != holes("{a}")
    assert holes("%(c)s") != holes("%(c)d")


def test_bringing_up_to_date_keeps_what_fits_and_names_the_rest(tmp_path: Path) -> None:
    held = Held(file=tmp_path / "messages.po", title="#", found=(("a.py", "old"), ("a.py", "kept")))
    held.bring_up_to_date()
    text = held.file.read_text(encoding="utf-8")
    held.file.write_text(text.replace('msgid "kept"\nmsgstr ""', 'msgid "kept"\nmsgstr "留"'), encoding="utf-8")
    later = Held(file=held.file, title="#", found=(("a.py", "kept"), ("b.py", "new")))

    assert ["new"] == later.untranslated()
    assert ["old"] == later.unused()
    assert (["new"], ["old"]) == later.bring_up_to_date()
    assert {"kept": "留", "new": ""} == {str(each.id): str(each.string) for each in later.messages()}
    assert [] == later.unused()


def test_every_mistake_is_called_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "messages.po"
    file.write_text(
        'msgid "same"\nmsgstr "same"\n\n#, fuzzy\nmsgid "half"\nmsgstr "半"\n\n'
        'msgid "{a} is gone"\nmsgstr "没了"\n\nmsgid "gone"\nmsgstr "没"\n',
        encoding="utf-8",
    )
    found = tuple(("a.py", message) for message in ("same", "half", "{a} is gone", "new"))
    held = Held(file=file, title="#", found=found, too_early=("a.py:3",))

    assert {
        "untranslated": ["new"],
        "unused": ["gone"],
        "doubtful": ["same", "half"],
        "placeholders differ": ["{a} is gone"],
        "filled in before it is looked up": ["a.py:3"],
    } == held.mistakes()
