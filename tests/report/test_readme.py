"""reports/README.md sends people to files that exist and are about as long as it says."""

import re
from importlib.resources import files
from pathlib import Path

PACKAGE = Path(str(files("switchdrill_reports")))


def test_every_file_named_is_there_and_about_as_long_as_it_says() -> None:
    text = (PACKAGE.parent / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/.]+)` \((\d+)\)", text)
    lengths = {name: len((PACKAGE / name).read_text(encoding="utf-8").splitlines()) for name, _lines in named}

    assert len(named) > 15
    assert [] == [(name, lines, lengths[name]) for name, lines in named if abs(lengths[name] - int(lines)) > 40]
