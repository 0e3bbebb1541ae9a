"""docs/keys.md names every key of platform.yaml and of runbook.yaml, and no other, and what it shows is as it says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from pydantic import BaseModel, PlainSerializer, TypeAdapter
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

from switchdrill.duration import written
from switchdrill.platform.model import Platform
from switchdrill.runbook.model import Runbook

from .test_run_command import switchdrill

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
FILES: dict[str, type[BaseModel]] = {"platform.yaml": Platform, "runbook.yaml": Runbook}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a table of keys."""

    paths: list[str]
    said: str
    left_out: str
    example: str


def chapter(file: str) -> str:
    return re.split(r"^## ", PAGE, flags=re.MULTILINE)[1 + list(FILES).index(file)]


def plain(path: str) -> str:
    """Without what stands for a name of one's own, or for one of a list: `sites.<site>.role` -> `sites.role`."""
    return re.sub(r"\.<\w+>|\[\]", "", path)


def rows(file: str) -> list[Row]:
    """Those of tables whose first column is `key`."""
    found = []
    for section in re.split(r"^### ", chapter(file), flags=re.MULTILINE):
        heading = re.match(r"`([^`]+)`\n", section)
        prefix = "" if heading is None else plain(heading[1]) + "."
        table = section.partition("| key |")[2].partition("\n\n")[0]
        for line in table.splitlines()[2:]:
            key, said, left_out, example = (cell.strip() for cell in line.strip("|").split("|"))
            paths = [prefix + plain(path) for path in re.findall(r"`([^`]+)`", key)]
            found.append(Row(paths=paths, said=said, left_out=left_out, example=example.strip("`")))
    return found


def named(file: str) -> list[str]:
    """All that stands in a first column or is a section's own key, with what is above it."""
    headings = re.findall(r"^### `([^`]+)`$", chapter(file), re.MULTILINE)
    whole = [path for row in rows(file) for path in row.paths] + [plain(each) for each in headings]
    return [".".join(parts[:end]) for each in whole for parts in [each.split(".")] for end in range(1, len(parts) + 1)]


def fields(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, FieldInfo | None]]:
    """Every key below `model`, as the page names it; None: one of a mapping whose keys are given."""
    for name, field in model.model_fields.items():
        path = f"{above}{field.alias or name}"
        yield path, field
        for kind in parts(field.annotation):
            if get_origin(kind) is dict and get_origin(get_args(kind)[0]) is Literal:
                yield from ((f"{path}.{key}", None) for key in get_args(get_args(kind)[0]))
            elif isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from fields(kind, f"{path}.")


def parts(annotation: object) -> Iterator[object]:
    """`annotation`, and all that it is made of."""
    yield annotation
    for each in get_args(annotation):
        yield from parts(each)


def choices(field: FieldInfo) -> list[str]:
    return [str(each) for kind in parts(field.annotation) if get_origin(kind) is Literal for each in get_args(kind)]


@pytest.mark.parametrize("file", FILES)
def test_the_page_names_every_key_and_no_other(file: str) -> None:
    known = {path for path, _field in fields(FILES[file])}

    assert known == set(named(file))


@pytest.mark.parametrize("file", FILES)
def test_it_says_which_sections_must_be_there(file: str) -> None:
    said = re.findall(r"`(\w+)`", re.findall(r"^Sections that must be there: ([^.]*)", chapter(file), re.MULTILINE)[0])
    told = {path for row in rows(file) for path in row.paths}
    needed = [name for name, field in FILES[file].model_fields.items() if field.is_required()]

    assert [name for name in needed if name not in told | {"schema_"}] == said


@pytest.mark.parametrize("file", FILES)
def test_a_key_is_told_once(file: str) -> None:
    told = [path for row in rows(file) for path in row.paths]

    assert sorted(set(told)) == sorted(told)


@pytest.mark.parametrize("file", FILES)
def test_it_says_rightly_what_must_be_there_and_what_is_taken_otherwise(file: str) -> None:
    by_path = dict(fields(FILES[file]))
    wrong = [
        (path, row.left_out)
        for row in rows(file)
        for path in row.paths
        if (field := by_path[path]) is not None and not says_what_is_taken(row.left_out, field)
    ]

    assert [] == wrong


def says_what_is_taken(cell: str, field: FieldInfo) -> bool:
    """Whether `cell` has what is taken when the key is left out; nothing, an empty one, may be told in any words."""
    default = field.get_default(call_default_factory=True, validated_data={})
    if field.is_required() or "required" in cell:
        return field.is_required() and "required" in cell
    if isinstance(default, bool):
        return cell == f"`{str(default).lower()}`"
    if isinstance(default, int) and any(isinstance(each, PlainSerializer) for each in field.metadata):
        return cell == f"`{written(default)}`"
    if isinstance(default, int | float | str) and default != "":
        return cell == f"`{default}`"
    return bool(cell)


@pytest.mark.parametrize("file", FILES)
def test_every_choice_of_a_key_stands_in_its_row(file: str) -> None:
    by_path = dict(fields(FILES[file]))
    missing = [
        (path, choice)
        for row in rows(file)
        for path in row.paths
        if (field := by_path[path]) is not None and get_origin(field.annotation) is not dict
        for choice in choices(field)
        if len(choices(field)) > 1 and f"`{choice}`" not in row.said
    ]

    assert [] == missing


@pytest.mark.parametrize("file", FILES)
def test_every_example_is_a_value_that_the_key_takes(file: str) -> None:
    by_path = dict(fields(FILES[file]))
    for row in rows(file):
        if not row.example:
            continue
        ((key, value),) = YAML(typ="safe").load(row.example).items()
        field = by_path[row.paths[0]]
        if field is not None:
            assert key == row.paths[0].rpartition(".")[2]
            TypeAdapter(field.rebuild_annotation()).validate_python(value, strict=True)


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """A folder with the two whole files, and the program that the platform names."""
    for file in FILES:
        (text,) = re.findall(r"```yaml\n(schema: .*?)```", chapter(file), re.DOTALL)
        (tmp_path / file).write_text(text, encoding="utf-8")
    (tmp_path / "ctl").write_text("#!/bin/sh\n")
    (tmp_path / "ctl").chmod(0o755)
    return tmp_path


def test_the_platform_that_it_shows_lacks_nothing_but_that_a_person_lets_it_be_broken(shown: Path) -> None:
    code, said = switchdrill(shown, "lint", "platform.yaml")

    assert 0 == code, said
    assert ["inject:"] == re.findall(r"^note platform.yaml:\d+ (\S+)", said, re.MULTILINE)
    assert "fine: nothing is missing" in said


def test_the_runbook_that_it_shows_can_be_kept_on_that_platform(shown: Path) -> None:
    code, said = switchdrill(shown, "lint", "runbook.yaml", "--platform", "platform.yaml")

    assert 0 == code, said
    assert "fine: every promise" in said


def test_a_key_that_nobody_knows_leads_to_the_page(shown: Path) -> None:
    for file, word in (("platform.yaml", "detector:"), ("runbook.yaml", "good_frame:")):
        path = shown / file
        path.write_text(path.read_text(encoding="utf-8").replace(word, f"x{word}"), encoding="utf-8")
        code, said = switchdrill(shown, "lint", file)

        assert 0 != code
        assert "unknown key" in said
        assert "docs/keys.md" in said
