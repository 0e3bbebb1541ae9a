"""A new drill repository: its files, written into a folder that holds nothing yet."""

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from switchdrill.beginning.promises import promised
from switchdrill.errors import CouldNotStart, Refused
from switchdrill.text import LANGUAGES, _, spoken_language

RUNBOOK = "runbooks/site-loss.yaml"
_MARK = 'runbook="runbooks/two-site-fast.yaml"'
_TITLE = re.compile(r'^"""(.*)"""$', re.MULTILINE)


def refuse_full(folder: Path) -> None:
    """Refused when anything is there; a repository that was made and is empty (`.git`) will do."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise Refused(_("this is a file, not a folder"), where=str(folder), now=_("name a new folder"))
    there = sorted(each.name for each in folder.iterdir() if each.name != ".git")
    if there:
        raise Refused(
            _("the folder is not empty, and nothing is ever overwritten"),
            where=str(folder),
            because=", ".join(there[:5]) + (", ..." if len(there) > 5 else ""),
            now=_("name a new folder"),
        )


def write(folder: Path, platform: str) -> list[Path]:
    """All files, with `platform` as platform.yaml; returns them. Never overwrites: FileExistsError."""
    written: list[Path] = []
    for name, text in {"platform.yaml": platform, **_shipped()}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as out:
            out.write(text)
        written.append(path)
    return written


def _shipped() -> Mapping[str, str]:
    """By name in the new folder: what we ship for it, and our own site-loss drill, runbook and pages."""
    root = _root()
    drill = (root / "drills" / "test_site_loss.py").read_text(encoding="utf-8")
    runbook = (root / "drills" / "runbooks" / "two-site.yaml").read_text(encoding="utf-8")
    title = _("Site loss: the primary site goes dark at peak, and its viewers must be back on the standby.")
    language = spoken_language()
    drill = _TITLE.sub(f'"""{title}"""', drill, count=1).replace(_MARK, f'runbook="../{RUNBOOK}"')
    return {
        "drills/test_site_loss.py": drill,
        RUNBOOK: promised(runbook),
        "KEYS.md": (root / "docs" / "keys.md").read_text(encoding="utf-8"),
        "PLATFORM.md": (root / "docs" / "platforms.md").read_text(encoding="utf-8"),
        "README.md": _file(f"README.{language if language in LANGUAGES else 'en'}.md"),
        "requirements.txt": _file("requirements.txt"),
        ".github/workflows/drills.yml": _file("github.yml"),
        ".gitlab-ci.yml": _file("gitlab.yml"),
        ".gitignore": _file("gitignore"),
        "pytest.ini": "[pytest]\n# " + _("What is drilled when --platform names no other.") + "\n"
        + "drill_platform = platform.yaml\n",
    }  # fmt: skip


def _file(name: str) -> str:
    return (files("switchdrill.beginning") / "files" / name).read_text(encoding="utf-8")


def _root() -> Path:
    """Where our own drills and pages are: a checkout, or inside an installed package."""
    package = Path(__file__).resolve().parent.parent
    for root in (package.parent, package / "content"):
        if (root / "drills" / "test_site_loss.py").is_file():
            return root
    raise CouldNotStart(
        _("the drills that switchdrill ships are missing"), where=str(package), now=_("install switchdrill again")
    )
