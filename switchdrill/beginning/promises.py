"""The first runbook: an example's, whose every promise waits for a person on its own line."""

from switchdrill.text import _


def promised(example: str) -> str:
    """`example`, one of our own runbooks, as somebody's first. ValueError when a line that asks is not there.

    It promises nothing of data: a new platform has no ledger yet, and what nobody counts can't be promised.
    """
    asked = _asked()
    lines = ["# " + _("An example, with the figures of an example: write down what was really promised.")]
    lines += ["# " + _("Each line with `decide:` waits for a person; when it is decided, take that comment away.")]
    in_data = False
    for line in example.rstrip("\n").split("\n"):
        if line.startswith("#"):
            continue
        if line.startswith("id: "):
            lines.append("id: site-loss")
            continue
        is_part = in_data and line.startswith(" ")
        in_data = line == "data:" or is_part
        if is_part:
            lines.append(f"#{line}")
            continue
        start = next((start for start in asked if line.startswith(start)), None)
        code = "data: {}" if in_data else line
        lines.append(code if start is None else f"{code}  # decide: {asked.pop(start)}")
    if asked:
        raise ValueError(f"no such line: {', '.join(asked)}")
    return "\n".join(lines) + "\n"


def _asked() -> dict[str, str]:
    """What a line begins with, and what a person must decide there."""
    return {
        "title:": _("what your plan is called"),
        "  commander:": _("who decides, and who stands in"),
        "  sre:": _("who acts, and who stands in"),
        "  recovery:": _("how fast the picture must be back: promised, and the longest that is waited for"),
        "  phases:": _("the recovery, divided: the targets sum to its target"),
        "  failback:": _("how fast viewers must be back on the primary"),
        "  peak:": _("as many viewers as show a peak, and as one machine can play"),
        "good_frame:": _("max_age: how old the newest picture may be; without a mark in it, more than two segments"),
        "  - {id: switch": _("the rule by which your platform switches, in its own figures"),
        "steering:": _("the TTL of the name that players ask for, and the longest that an operator keeps it"),
        "data:": _("what data may be lost; first it needs a ledger in platform.yaml, and a probe that writes there"),
        "steps:": _("who does what until viewers are back, each with its time"),
    }
