from switchdrill_faults import (
    LinkBandwidth,
    LinkCut,
    LinkDataLimit,
    LinkFlapping,
    LinkLatency,
    LinkReset,
    LinkSlowClose,
    LinkStall,
    LinkTrickle,
)

STEADY = "primary.service--standby.service"
CARRIED = [
    LinkBandwidth(link="primary.service0--viewers", rate="4mbit"),
    LinkCut(link="primary.service*--viewers"),
    LinkDataLimit(link=STEADY, limit="20kB"),
    LinkFlapping(link="primary.service0--viewers", period="2s", duty="50%"),
    LinkLatency(link="primary.service0--viewers", latency="50ms", jitter="5ms", direction="both"),
    LinkReset(link=STEADY),
    LinkSlowClose(link="primary.service0--viewers", delay="100ms"),
    LinkStall(link=STEADY),
    LinkTrickle(link="primary.service0--viewers", piece="64B", pause="2ms", direction="both"),
]
CONTAINED = [LinkBandwidth(link="a.front--a.back", rate="1mbit")]
