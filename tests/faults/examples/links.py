from switchdrill_faults import LinkBandwidth

CARRIED = [LinkBandwidth(link="primary.service0--viewers", rate="4mbit")]
CONTAINED = [LinkBandwidth(link="a.front--a.back", rate="1mbit")]
