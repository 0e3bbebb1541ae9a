"""What the rules of one front make of one question; counted, and by chance where a rule says so."""

import ipaddress
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from switchdrill.clock import NS_PER_MS, NS_PER_S
from switchdrill_faults.names.rule import Rule


@dataclass(slots=True)
class Active:
    """A rule that is laid: how often it was met, and who waits because of it."""

    rule: Rule
    hits: int = 0
    chance: random.Random = field(default_factory=random.Random)
    waiting: dict[int, Callable[[], None]] = field(default_factory=dict)
    """What is to be sent later; played at once when the rule is taken away."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.rule.seed)  # noqa: S311  # a drill that can be repeated, no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of one question."""

    delay_s: float = 0.0
    held_by: Active | None = None
    """The last rule that delays it."""
    is_dropped: bool = False
    answer: bytes | None = None
    """Given instead of asking; None: it is asked."""


UNTOUCHED = Verdict()


def judge(wire: bytes, transport: str, laid: list[Active]) -> Verdict:
    """Delays add up, whatever else is done; of the other rules the one that was laid first decides."""
    if not laid:
        return UNTOUCHED
    try:
        query = dns.message.from_wire(wire, ignore_trailing=True)
        question = query.question[0]
    except (dns.exception.DNSException, IndexError):
        return UNTOUCHED  # whoever is behind says what is wrong with it
    delay_ns, held_by = 0, None
    for active in sorted(laid, key=lambda each: each.rule.act != "delay"):
        rule = active.rule
        if not rule.means(question.name, question.rdtype, transport) or active.chance.random() >= rule.probability:
            continue
        active.hits += 1
        if rule.act == "delay":
            delay_ns += _drawn_ns(active)
            held_by = active
            continue
        answer = None if rule.act == "silence" else _answer(query, rule)
        return Verdict(delay_s=delay_ns / NS_PER_S, held_by=held_by, is_dropped=rule.act == "silence", answer=answer)
    return Verdict(delay_s=delay_ns / NS_PER_S, held_by=held_by)


def _drawn_ns(active: Active) -> int:
    rule = active.rule
    drawn_ms = rule.delay_ms + active.chance.uniform(-rule.jitter_ms, rule.jitter_ms)
    return int(drawn_ms * NS_PER_MS)


def _answer(query: dns.message.Message, rule: Rule) -> bytes:
    response = dns.message.make_response(query, recursion_available=True)
    if rule.act == "error":
        response.set_rcode(dns.rcode.Rcode(rule.rcode))
    elif rule.act == "truncate":
        response.flags |= dns.flags.TC
    else:
        question = query.question[0]
        wanted = 6 if question.rdtype == dns.rdatatype.AAAA else 4
        alike = [each for each in rule.addresses if ipaddress.ip_address(each).version == wanted]
        if alike:
            kind = "AAAA" if wanted == 6 else "A"
            response.answer.append(dns.rrset.from_text(question.name, rule.ttl_s, "IN", kind, *alike))
    return response.to_wire()
