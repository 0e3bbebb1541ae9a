"""YAML 1.2 in, validated models out; every complaint names the file, the line, the path and what was expected."""

import io
import json
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError

from switchdrill.errors import BadInput
from switchdrill.text import _, marked

MAX_BYTES = 1_000_000
MAX_NESTING = 64
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_EXPLICIT_KEY = re.compile(r"\s*(?:-\s+)*\?(?:\s|$)")
EXPECTED = {
    "extra_forbidden": marked("unknown key"),
    "missing": marked("this key is missing"),
    "int_type": marked("a valid integer is expected, without quotes, not {found}"),
    "float_type": marked("a number is expected, without quotes, not {found}"),
    "string_type": marked("text is expected, in quotes where it looks like something else, not {found}"),
    "bool_type": marked("true or false is expected, without quotes, not {found}"),
    "list_type": marked("Input should be a valid list"),
    "dict_type": marked("Input should be a valid dictionary"),
    "model_type": marked("Input should be a valid dictionary"),
    "literal_error": marked("Input should be {expected}"),
    "greater_than": marked("Input should be greater than {gt}"),
    "greater_than_equal": marked("Input should be greater than or equal to {ge}"),
    "less_than": marked("Input should be less than {lt}"),
    "less_than_equal": marked("Input should be less than or equal to {le}"),
    "too_short": marked("at least {min_length} expected, not {actual_length}"),
    "too_long": marked("at most {max_length} expected, not {actual_length}"),
}
"""What is wrong with a field, by pydantic's own name for it, mostly in pydantic's own words."""

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """The parent of every model that is read from a file: unknown keys are errors, values never change.

    Nor do they change their kind: `"8080"` and `true` are no numbers, `"no"` and `1` no truths, `1` is no text.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    explained_in: ClassVar[str] = ""
    """The page that explains every key, of a whole file that has one: as `init` writes it, and where we have it."""


class Misplaced(ValueError):
    """Something that only the whole shows to be wrong; `at` is where it stands below that whole, as in the file."""

    def __init__(self, said: str, *at: str | int) -> None:
        super().__init__(said)
        self.at = at


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing in a file that can't be right."""

    line: int
    """1-based."""
    at: str
    """`sites.a.role`."""
    said: str
    """What was expected there."""


class Unfit(BadInput):
    """A file that is YAML, and not what it should be; `wrongs` has all that can't be right."""

    def __init__(self, where: str, wrongs: Sequence[Wrong], *, explained_in: str = "") -> None:
        first, *rest = wrongs
        super().__init__(
            _("{count} thing(s) in the file can't be right").format(count=len(wrongs)),
            where=f"{where}:{first.line}",
            because="\n".join(
                [f"{first.at}: {first.said}", *(f"{where}:{each.line}: {each.at}: {each.said}" for each in rest)]
            ),
            now=_("mend the file, {page} explains every key; nothing was started").format(page=explained_in)
            if explained_in
            else _("mend the file; nothing was started"),
        )
        self.wrongs = wrongs


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Given to validators as their context: where the data comes from. Data that was never a file has none."""

    path: Path


def read(path: Path, model: type[Model], *, values: dict[str, str] | None = None) -> Model:
    """Read `path` as `model`. `values` fills `${name}` marks before parsing. Raises BadInput with all complaints."""
    return parse(read_text(path), model, where=str(path), values=values)


def read_text(path: Path) -> str:
    """The file's text; BadInput when it is missing, too large or not UTF-8."""
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise BadInput(
            _("the file can't be read"), where=str(path), because=problem.strerror, now=_("check the path")
        ) from problem
    if len(raw) > MAX_BYTES:
        raise BadInput(_("the file is larger than {limit} bytes").format(limit=MAX_BYTES), where=str(path))
    try:
        return _printable(raw.decode("utf-8-sig"), path)
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].count(b"\n") + 1
        raise BadInput(
            _("the file is not UTF-8"),
            where=f"{path}:{line}",
            because=_("byte 0x{byte:02x} can't be read as UTF-8").format(byte=raw[problem.start]),
            now=_("save it as UTF-8"),
        ) from problem


def _printable(text: str, path: Path) -> str:
    """`text`; BadInput, with its line, for what YAML does not have in it: control characters."""
    found = _CONTROL.search(text)
    if found is None:
        return text
    raise BadInput(
        _("the file is not YAML"),
        where=f"{path}:{text.count(chr(10), 0, found.start()) + 1}",
        because=_("control character {code}").format(code=ascii(found.group())),
        now=_("take it out; nothing was started"),
    )


def parse(text: str, model: type[Model], *, where: str, values: dict[str, str] | None = None) -> Model:
    """As `read`, from text; `where` is what complaints call the source."""
    for name, value in (values or {}).items():
        text = text.replace("${" + name + "}", value)
    tree = _load(text, where)
    if not isinstance(tree, CommentedMap):
        raise BadInput(_("a mapping of keys to values is expected"), where=f"{where}:1")
    try:
        return model.model_validate(tree, context=SourceFile(Path(where)))
    except RecursionError as problem:
        raise _too_deep(where) from problem
    except ValidationError as problem:
        errors = problem.errors()
        # A file of another kind is wrong all over; that it is of another kind is what counts.
        of_kind = [error for error in errors if error["loc"] == ("schema",) and error["type"] == "literal_error"]
        page = model.explained_in if issubclass(model, Strict) else ""
        raise Unfit(where, [_wrong(tree, error) for error in of_kind or errors], explained_in=page) from problem


class _PlainTruths(RoundTripConstructor):
    """A truth with an anchor is a truth; the library would make a number of it."""


_PlainTruths.add_constructor("tag:yaml.org,2002:bool", SafeConstructor.construct_yaml_bool)


def _load(text: str, where: str) -> object:
    _refuse_deep_nesting(text, where)
    loader = YAML(typ="rt")
    loader.Constructor = _PlainTruths
    loader.version = (1, 2)
    loader.allow_duplicate_keys = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an anchor that is used twice is legal
            return loader.load(io.StringIO(text))
    except DuplicateKeyError as problem:
        raise BadInput(
            _("a key stands twice"),
            where=_marked(where, problem),
            because=str(problem.problem),
            now=_("keep one of them"),
        ) from problem
    except MarkedYAMLError as problem:
        raise BadInput(
            _("the file is not YAML"), where=_marked(where, problem), because=str(problem.problem or problem.context)
        ) from problem
    except RecursionError as problem:
        raise _too_deep(where) from problem
    except Exception as problem:  # the library's own constructors fall over values that do not fit their tags
        because = f"{type(problem).__name__}: {problem}"
        raise BadInput(
            _("the file is not YAML"), where=where, because=because, now=_("mend the file; nothing was started")
        ) from problem


def line_of(path: Path, at: str) -> int:
    """The line, 1-based, of `at` (such as `triggers.0.every`) in a file that was read before; as near as it stands."""
    parts = [int(part) if part.isdecimal() else part for part in at.split(".")]
    return line_in(read_text(path), str(path), *parts)


def line_in(text: str, where: str, *at: str | int) -> int:
    """As `line_of`, of a text that was parsed before."""
    tree = _load(text, where)
    return _line_of(tree, at) if isinstance(tree, CommentedMap) else 1


def _marked(where: str, problem: MarkedYAMLError) -> str:
    mark = problem.problem_mark or problem.context_mark
    return where if mark is None else f"{where}:{mark.line + 1}"


def _refuse_deep_nesting(text: str, where: str) -> None:
    """A recursive parser would fall over a file that is nested 10,000 deep; count before parsing.

    Explicit keys (`? `) are refused as such: a few of them in one another take the parser for ever.
    """
    level = 0
    for number, whole in enumerate(text.splitlines(), start=1):
        line = _COMMENT.sub("", whole)
        if _EXPLICIT_KEY.match(line):
            raise BadInput(
                _("explicit keys (`? key`) are not read"),
                where=f"{where}:{number}",
                now=_("write it as: {example}").format(example="key: value"),
            )
        indent = len(line) - len(line.lstrip(" "))
        depth = max(line.count("["), line.count("{"), line.count("- "), indent)
        if depth > MAX_NESTING * 4:
            raise _too_deep(f"{where}:{number}")
        for character in line:
            level += (character in "[{") - (character in "]}")
            if level > MAX_NESTING:
                raise _too_deep(f"{where}:{number}")


def _too_deep(where: str) -> BadInput:
    return BadInput(
        _("the file is nested deeper than {limit} levels").format(limit=MAX_NESTING),
        where=where,
        now=_("mend the file; nothing was started"),
    )


def _wrong(tree: CommentedMap, error: ErrorDetails) -> Wrong:
    """What one pydantic error says, and where in the file."""
    path = [part for part in error["loc"] if not (isinstance(part, str) and part.startswith("function-"))]
    raised = error.get("ctx", {}).get("error")
    path += raised.at if isinstance(raised, Misplaced) else ()
    dotted = ".".join(str(part).replace("\n", "\\n") for part in path if part != "[key]") or _("(top level)")
    return Wrong(line=_line_of(tree, path), at=dotted, said=expected(error))


def expected(error: ErrorDetails) -> str:
    """What one pydantic error says was expected, in our words."""
    if error["type"] not in EXPECTED:
        return str(error["msg"]).removeprefix("Value error, ")
    facts = {name: str(fact).replace(" or ", _(" or ")) for name, fact in error.get("ctx", {}).items()}
    return _(EXPECTED[error["type"]]).format(**facts, found=_as_written(error["input"]))


def _as_written(value: object) -> str:
    """As it would stand in a file, shortened: what is in quotes there is in quotes here."""
    if isinstance(value, dict | list):
        return _("a mapping") if isinstance(value, dict) else _("a list")
    is_word = isinstance(value, str | int | float | None)
    return (json.dumps(value, ensure_ascii=False) if is_word else str(value))[:100]


def _line_of(tree: CommentedMap, path: Sequence[object]) -> int:
    node: object = tree
    line = 0
    for part in path:
        try:
            if isinstance(node, CommentedMap) and part in node:
                line = node.lc.key(part)[0]
                node = node[part]
            elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
                line = node.lc.item(part)[0]
                node = node[part]
            else:
                break
        except (AttributeError, KeyError, TypeError):
            break
    return line + 1
