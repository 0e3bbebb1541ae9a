from switchdrill_faults import DnsDelay, DnsError, DnsSilence, DnsStale, DnsTruncated, DnsWrongAnswer

NAMED = [
    DnsDelay(resolver="one", delay="120ms", jitter="20ms"),
    DnsSilence(resolver="two"),
    DnsError(resolver="one", rcode="servfail", name="live.test"),
    DnsWrongAnswer(resolver="authority", address="192.0.2.99"),
    DnsTruncated(resolver="one", type="A"),
    DnsStale(resolver="one"),
]
