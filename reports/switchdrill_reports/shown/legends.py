"""What the faults' own files say of themselves, repeated so that a report can say it in every language."""

from switchdrill_reports.words import marked

_LEGENDS = (
    marked("Site loss"),
    marked(
        "the site connects and is silent (stall), refuses at once (fast_fail), or connects time out (blackhole,"
        " power_off)"
    ),
    marked("the site connects and is silent (stall), or refuses at once (fast_fail)"),  # in runs of before
    marked("Site uplink loss"),
    marked("nobody outside reaches the site; its hosts and its line to the other site live on"),
    marked("Egress line loss"),
    marked("whoever comes by this line reaches nothing; the site's other lines live on"),
    marked("Operator loss"),
    marked("one operator's viewers get no name and reach no site; all others notice nothing"),
    marked("Site brown-out"),
    marked("the site answers late and slowly; under load not in time"),
    marked("Line degraded"),
    marked(
        "answers over the line come later and slower; unless its clients are steady, its connections are cut for a"
        " moment when it begins and when it ends"
    ),
    marked("Evening peak"),
    marked(
        "answers over the line come later and later, and sooner again; unless its clients are steady, its connections"
        " are cut for a moment with each step"
    ),
    marked("Link blackhole"),
    marked("connects over the link time out, live connections fall silent"),
    marked("Narrow link"),
    marked(
        "data passes the link no faster than the rate; its connections are cut for a moment when it begins and when it"
        " ends"
    ),
    marked("Slow link"),
    marked(
        "answers over the link come later; unless its clients are steady, its connections are cut for a moment when it"
        " begins and when it ends"
    ),
    marked("Link stalled"),
    marked("it connects, then silence; what was sent arrives when it is healed"),
    marked("Link cut"),
    marked("live connections are closed, new ones refused at once"),
    marked("Link resets"),
    marked("it connects, and is reset at the first word; connections of before are closed"),
    marked("Link closes slowly"),
    marked(
        "connections end later than they were closed; unless its clients are steady, they are cut for a moment when it"
        " begins and when it ends"
    ),
    marked("Trickling link"),
    marked(
        "data arrives in small pieces, one by one; unless its clients are steady, its connections are cut for a moment"
        " when it begins and when it ends"
    ),
    marked("Link with a data limit"),
    marked("each connection is closed when so much data has passed it"),
    marked("Flapping link"),
    marked("refused and whole by turns; each time it is cut its connections are closed"),
    marked("Packet loss"),
    marked("Packets corrupted"),
    marked("data over the link comes later and slower; datagrams are missing"),
    marked("Packets doubled"),
    marked("datagrams come twice; connections go on"),
    marked("Packets reordered"),
    marked("datagrams come late and in another order; connections are slower"),
    marked("Datagrams late"),
    marked("datagrams come late; connections are as before"),
    marked("Link refused"),
    marked("connects over the link are refused at once, live connections are reset"),
    marked("Partition"),
    marked("two parts of the platform do not hear one another; viewers reach both"),
    marked("Narrow links"),
    marked("data passes the links no faster than the rate, all of them together"),
    marked("Service killed"),
    marked("refused; of a container silence after a second, when its address is gone"),
    marked("Service frozen"),
    marked("it connects, then silence"),
    marked("Service restarted"),
    marked("refused for a moment, then as before; what it held in memory is gone"),
    marked("Stream metadata missing"),
    marked("viewers connect; once they are sent there, no picture comes, or none that goes on"),
    marked("Frozen playlist"),
    marked("playlists are answered at once, with 200, and name the same segments for ever"),
    marked("Wrong encoder parameters"),
    marked("segments go on; a player that believes the metadata shows them wrongly, or not at all"),
    marked("Publisher lost"),
    marked("what was there is still served; nothing new comes, and after a while nothing at all"),
    marked("Replication stopped"),
    marked("video is as before; writes wait, or are acknowledged and are at one site only"),
    marked("Replication late"),
    marked("writes that wait for the other site take longer; the others are there alone for as long"),
    marked("Dependency at the wrong site"),
    marked("nothing, until the other site is lost; then what needs the dependency fails here, too"),
    marked("Standby too small"),
    marked("a few viewers are served as ever; of many, some are refused, or served late"),
    marked("A site that was replaced keeps writing"),
    marked("after a switch, writes at the old site are acknowledged as well as at the new one"),
    marked("Monitoring path lost"),
    marked("nothing, until viewers are sent away from a site that served them well"),
    marked("Failed health checks"),
    marked("nothing: viewers are served; the platform's own checks of the site fail"),
    marked("Service stopped"),
    marked("Slow DNS"),
    marked("names are answered late; connections of DNS over TCP may be cut once"),
    marked("DNS silence"),
    marked("names are asked for, and nobody answers"),
    marked("DNS error"),
    marked("names are answered with an error: could not be found out (SERVFAIL), or no such name (NXDOMAIN)"),
    marked("Wrong DNS answer"),
    marked("names lead to an address that is not the platform's; who was told so keeps it for its TTL"),
    marked("DNS answers cut short"),
    marked("over UDP answers are empty and cut short; over TCP they are whole"),
    marked("Stale DNS"),
    marked("names are answered as they were when it began, beyond their TTL"),
    marked("it ends in its own way, then refused; of a container silence, when its address is gone"),
    marked("Service in a restart loop"),
    marked("it serves for a while, is gone for a moment, and has forgotten what it held in memory"),
    marked("Processor squeezed"),
    marked("it answers late, in fits and starts; under load not in time"),
    marked("Memory limited"),
    marked("it gets slower where it needs more; at the limit the kernel kills its processes"),
    marked("Disk full"),
    marked("it serves what it has, and can write nothing new: a picture that stands still"),
    marked("Clock skewed"),
    marked("refused for a moment, as it is started anew; then signatures, caches and leases are wrong"),
    marked("Certificate expired"),
    marked("players and browsers that verify it break off the handshake; plain HTTP is as before"),
)
LEGENDS = {each: each for each in _LEGENDS}
"""By itself: a third party's is shown as it stands."""
