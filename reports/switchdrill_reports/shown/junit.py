"""junit.xml: the run as one test case, for servers that show test results. English; identifiers are not translated."""

from xml.etree import ElementTree

from switchdrill.clock import NS_PER_MS, NS_PER_S, Anchor
from switchdrill_reports.result import Result
from switchdrill_reports.shown.names import finding_name, titles_of
from switchdrill_reports.shown.opening import opening
from switchdrill_reports.shown.ranking import worst_first
from switchdrill_reports.shown.wording import worded

_TAGS = {"FAIL": "failure", "INCOMPLETE": "error", "INVALID": "error", None: "error"}
"""JUnit has no third state. A refused drill is an error too: a skipped test is green, and silence is no pass."""


def junit(result: Result) -> bytes:
    """The whole document; the same bytes for the same result."""
    tag = _TAGS.get(result.verdict)
    length_s = f"{(result.ended_ns - result.began_ns) / NS_PER_S:.3f}"
    counts = {"tests": "1", "failures": str(int(tag == "failure")), "errors": str(int(tag == "error")), "skipped": "0"}
    root = ElementTree.Element("testsuites", counts)
    anchor = Anchor(mono_ns=result.anchor_mono_ns, wall=result.anchor_wall, boot_id=result.boot_id)
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        {
            "name": "switchdrill",
            **counts,
            "time": length_s,
            "timestamp": anchor.date(result.began_ns).isoformat(timespec="seconds"),
            "hostname": _legal(result.host),
        },
    )
    classname, _separator, name = result.drill.rpartition("::")
    attributes = {"classname": _legal(classname), "name": _legal(name), "time": length_s}
    case = ElementTree.SubElement(suite, "testcase", attributes)
    properties = ElementTree.SubElement(case, "properties")
    for key, value in _properties(result).items():
        ElementTree.SubElement(properties, "property", {"name": f"drill.{key}", "value": _legal(value)})
    if tag is not None:
        problem = ElementTree.SubElement(
            case,
            tag,
            {
                "type": result.verdict or "REFUSED",
                "message": _legal(opening(result, "en")),
            },
        )
        problem.text = _legal(_told(result))
    ElementTree.indent(root, " ")
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _properties(result: Result) -> dict[str, str]:
    """A measured time that is not known, not usable, or has no upper end, is left out: absent never looks like zero."""
    found = {
        "verdict": result.verdict or "REFUSED",
        "run": result.run,
        "kind": result.kind,
        "platform": result.platform,
        "runbook": result.runbook,
        "promised_ms": str(result.promised_ns // NS_PER_MS),
        "limit_ms": str(result.limit_ns // NS_PER_MS),
        "all_healed": str(result.all_healed).lower(),
        "plan_sha256": result.plan_sha256,
    }
    recovery = result.finding("recovery")
    if result.measured is not None and recovery is not None and recovery.state != "UNUSABLE":
        found["measured_lo_ms"] = str(result.measured.lo // NS_PER_MS)
        if result.measured.hi is not None:
            found["measured_ms"] = str(-(-result.measured.hi // NS_PER_MS))
    return found


def _told(result: Result) -> str:
    titles = titles_of(result)
    lines = [worded(each, "en", titles=titles) for each in result.reasons]
    lines += [
        f"{each.state}  {finding_name(each, 'en', titles)}: {worded(each.said, 'en', titles=titles)}"
        for each in worst_first(result.findings)
        if each.state != "MET"
    ]
    if not result.all_healed:
        again = f"Mend it with:  switchdrill heal {result.run}"
        mend = again if result.can_be_healed else "Healing again changes nothing."
        lines.insert(0, f"STILL BROKEN. {mend}")
    return "\n".join(lines)


def _legal(text: str) -> str:
    """XML 1.0 has no way to write most control characters."""
    return "".join(each if _is_legal(ord(each)) else "\N{REPLACEMENT CHARACTER}" for each in text)


def _is_legal(number: int) -> bool:
    return number in (0x9, 0xA, 0xD) or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD or number >= 0x10000
