"""Whether what was written before the start is still what it was: undos by the journal, inputs by the plan."""

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from switchdrill.record.entries import Entry, Opened, UndoWritten
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import of_kind
from switchdrill.record.plan import Plan, sha256_of
from switchdrill_reports.measured.chained import Damage, unreadable, was_final

_SUMS = "inputs/SHA256SUMS"


def not_kept(folder: RunFolder, entries: Sequence[Entry], plan: Plan | None) -> list[Damage]:
    """Every undo and input that is gone or changed."""
    return [*_undos(folder, entries), *(_inputs(folder, entries, plan) if plan is not None and entries else [])]


def _undos(folder: RunFolder, entries: Sequence[Entry]) -> Iterator[Damage]:
    known = {each.undo for each in of_kind(entries, UndoWritten)}
    if was_final(entries):  # else its runner may have died between the file and the line about it
        for file in sorted(folder.undo.glob("*.json")):
            if file.name.removesuffix(".json").removesuffix(".closed") not in known:
                yield Damage(file=f"undo/{file.name}", how="unchained")
    for each in of_kind(entries, UndoWritten):
        path = PurePosixPath(each.file)
        is_inside = path.parts[:1] == ("undo",) and len(path.parts) == 2 and ".." not in path.parts
        name = each.file if is_inside else f"undo/{each.undo}.json"
        yield from _compared(folder, name, each.sha256)


def _inputs(folder: RunFolder, entries: Sequence[Entry], plan: Plan) -> Iterator[Damage]:
    """The runbook by the plan's digest, the others by the list beside them, and that list by the first record.

    A platform file of the runbook's name was copied over it: then nothing is left to compare with the plan.
    """
    sums = _sums(folder.digests)
    if sums is None:
        yield Damage(file=_SUMS, how="missing")
        return
    opened = next(iter(of_kind(entries, Opened)), None)
    if opened is not None and opened.inputs_sha256:
        yield from _compared(folder, _SUMS, opened.inputs_sha256)
    if plan.runbook_file != plan.platform_file:
        sums = {**sums, plan.runbook_file: plan.runbook_sha256}
    for name, sha256 in sorted(sums.items()):
        if PurePosixPath(name).name == name:
            yield from _compared(folder, f"inputs/{name}", sha256)


def _compared(folder: RunFolder, name: str, sha256: str) -> Iterator[Damage]:
    try:
        digest = sha256_of(folder.path / name)
    except FileNotFoundError:
        yield Damage(file=name, how="missing")
        return
    except OSError as problem:
        yield unreadable(name, problem)
        return
    if digest != sha256:
        yield Damage(file=name, how="changed")


def _sums(path: Path) -> dict[str, str] | None:
    """Name -> digest; None when there is no such list."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    pairs = [line.split("  ", 1) for line in lines if "  " in line]
    return {name: digest for digest, name in pairs}
