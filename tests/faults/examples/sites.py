from switchdrill_faults import (
    EgressLoss,
    EveningPeak,
    LineDegraded,
    OperatorLoss,
    SiteBrownOut,
    SiteLoss,
    SiteUplinkLoss,
)

CARRIED = [
    SiteLoss(site="primary", shape="stall"),
    SiteLoss(site="primary", shape="fast_fail"),
    SiteLoss(site="b", shape="stall"),
    SiteUplinkLoss(site="primary", shape="fast_fail"),
    SiteBrownOut(site="primary", rate="1mbit"),
    LineDegraded(line="primary.service0--viewers", latency="40ms", rate="1mbit"),
    EveningPeak(line="primary.service0--viewers", peak="100ms", over="60s"),
]
WITH_ROOT = [
    SiteLoss(site="primary", shape="blackhole"),
    EgressLoss(line="a-public", shape="blackhole"),
    OperatorLoss(operator="one"),
]
CONTAINED = [SiteLoss(site="primary", shape="stall"), SiteLoss(site="primary", shape="power_off")]
