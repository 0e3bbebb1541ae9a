from switchdrill_faults import SiteLoss

CARRIED = [
    SiteLoss(site="primary", shape="stall"),
    SiteLoss(site="primary", shape="fast_fail"),
    SiteLoss(site="b", shape="stall"),
]
WITH_ROOT = [SiteLoss(site="primary", shape="blackhole")]
CONTAINED = [SiteLoss(site="primary", shape="stall"), SiteLoss(site="primary", shape="power_off")]
