"""What a look at a stop condition says."""

from pathlib import Path

import pytest

from switchdrill.errors import BadInput
from switchdrill.platform.model import Platform
from switchdrill.platform.stop_condition import StopCondition
from switchdrill.running.stop_conditions import look
from switchdrill.yamlfile import parse

EMBEDDED = Path(__file__).parents[2] / "drills" / "platforms" / "embedded" / "platform.yaml"


def condition(*argv: str) -> StopCondition:
    return StopCondition.model_validate({"name": "real-viewers", "look": [*argv], "within": "200ms"})


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("true",), ""),
        (("sh", "-c", "echo 5001 viewers; exit 1"), "5001 viewers"),
        (("sh", "-c", "exit 7"), "ended with 7"),
        (("sleep", "9"), "it can't be read: not done within 0.2 s"),
    ],
)
def test_whoever_can_not_say_go_on_says_stop(argv: tuple[str, ...], said: str) -> None:
    assert look(condition(*argv)) == said


def test_a_program_that_is_not_there_says_stop() -> None:
    assert "it can't be read: [Errno 2]" in look(condition("/no/such/program"))


def test_two_of_one_name_are_refused_with_the_line() -> None:
    twice = "\nstop_conditions:\n" + 2 * "  - {name: real-viewers, look: [a-look]}\n"
    text = EMBEDDED.read_text(encoding="utf-8").replace("${net}", "127.7") + twice
    with pytest.raises(BadInput, match="the name real-viewers stands twice") as raised:
        parse(text, Platform, where="platform.yaml")
    assert f"platform.yaml:{len(text.splitlines())}" in str(raised.value)
