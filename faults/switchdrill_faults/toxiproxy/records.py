"""Where a platform's carriers are written down: `<state>/carriers/<site>.json`, its proxies and its log beside it."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from switchdrill.carrier import CarrierRecord
from switchdrill.errors import BadInput
from switchdrill.machine.files import write_whole
from switchdrill.text import _
from switchdrill_faults.toxiproxy.proxy import ASKED, AskedProxy

_PROXIES = ".proxies.json"


def folder_in(state: Path) -> Path:
    return state.absolute() / "carriers"


def state_of(record: Path) -> Path:
    return record.parent.parent


def path_of(state: Path, site: str) -> Path:
    return folder_in(state) / f"{site}.json"


def proxies_path(record: Path) -> Path:
    return record.with_name(record.stem + _PROXIES)


def path_beside(proxies: Path) -> Path:
    return proxies.with_name(proxies.name.removesuffix(_PROXIES) + ".json")


def log_path(record: Path) -> Path:
    return record.with_suffix(".log")


def lock_path(record: Path) -> Path:
    return record.with_suffix(".lock")


def found_in(state: Path) -> list[Path]:
    """The record of every site that was started and not stopped."""
    return sorted(path for path in folder_in(state).glob("*.json") if not path.name.endswith(_PROXIES))


def read(path: Path) -> CarrierRecord:
    """BadInput when it is missing or can't be read."""
    try:
        return CarrierRecord.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as problem:
        raise BadInput(
            _("the record of a site's Toxiproxy can't be read"), where=str(path), because=str(problem)
        ) from problem


def write(path: Path, record: CarrierRecord) -> None:
    write_whole(path, record.model_dump_json(indent=1).encode() + b"\n")


def read_proxies(path: Path) -> list[AskedProxy]:
    """BadInput when they are missing or can't be read."""
    try:
        return ASKED.validate_json(path.read_bytes())
    except (OSError, ValidationError) as problem:
        raise BadInput(_("a site's proxies can't be read"), where=str(path), because=str(problem)) from problem


def write_proxies(path: Path, proxies: Sequence[AskedProxy]) -> None:
    write_whole(path, ASKED.dump_json(list(proxies), indent=1) + b"\n")


def remove(path: Path) -> None:
    """Forget a site whose server is gone; its log stays, the record goes last."""
    for each in (proxies_path(path), lock_path(path), path):
        each.unlink(missing_ok=True)
