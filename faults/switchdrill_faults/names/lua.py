"""Our rules in dnsdist's own words."""

import dns.rdatatype

from switchdrill_faults.names.rule import ANY, Rule

_GENERATOR = "s=(s*16807)%2147483647"
"""Park and Miller's: a chance that can be repeated; dnsdist's own has no seed."""


def laid(rule: Rule, port: int) -> str:
    """Adds the rule in front of all others, under its own name."""
    matching = ", ".join(_selectors(rule, port))
    seed = f"local s={rule.seed % 2147483645 + 1} "
    return f"do {seed}addAction(AndRule({{{matching}}}), {_action(rule)}, {{name='{rule.id}'}}) mvRuleToTop() end"


def _selectors(rule: Rule, port: int) -> list[str]:
    found = [f"DSTPortRule({port})"]
    if rule.transport != ANY:
        found.append(f"TCPRule({'true' if rule.transport == 'tcp' else 'false'})")
    if rule.name != ANY and rule.is_below:
        node = f"local n=newSuffixMatchNode() n:add(newDNSName('{rule.name}')) return n"
        found.append(f"SuffixMatchNodeRule((function() {node} end)())")
    elif rule.name != ANY:
        found.append(f"QNameRule('{rule.name}')")
    if rule.type != ANY:
        found.append(f"QTypeRule({int(dns.rdatatype.from_text(rule.type))})")
    if rule.probability < 1:
        found.append(f"LuaRule(function(dq) {_GENERATOR} return s/2147483647 < {rule.probability:.6f} end)")
    return found


def _action(rule: Rule) -> str:
    if rule.act == "delay" and rule.jitter_ms:
        drawn = f"{rule.delay_ms - rule.jitter_ms} + s%{2 * rule.jitter_ms + 1}"
        return f"LuaAction(function(dq) {_GENERATOR} return DNSAction.Delay, tostring({drawn}) end)"
    addresses = ", ".join(f"'{each}'" for each in rule.addresses)
    return {
        "delay": f"DelayAction({rule.delay_ms})",
        "silence": "DropAction()",
        "error": f"RCodeAction({rule.rcode})",
        "answer": f"SpoofAction({{{addresses}}}, {{ttl={rule.ttl_s}}})",
        "truncate": "TCAction()",
    }[rule.act]
