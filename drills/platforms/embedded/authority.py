"""The authoritative answers of the GSLB: one A record per entry name, the address of the site that viewers go to."""

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from wiring import Place


class Authority:
    """Zones of one name each. What the name answers is set with `point_to`."""

    def __init__(self, names: set[str], own: Place, ttl_s: int) -> None:
        self._zones = {dns.name.from_text(name) for name in names}
        self._own = own[0]
        self._ttl_s = ttl_s
        self._address = ""
        self._serial = 0

    def point_to(self, address: str, *, serial: int) -> None:
        """From now on every entry name is at `address`."""
        self._address = address
        self._serial = serial

    async def answer(self, query: dns.message.Message) -> dns.message.Message:
        """REFUSED outside our zones; NXDOMAIN below them, NODATA for other types, both with the SOA."""
        response = dns.message.make_response(query)
        question = query.question[0]
        zone = next((zone for zone in self._zones if question.name.is_subdomain(zone)), None)
        if zone is None or question.rdclass != dns.rdataclass.IN:
            response.set_rcode(dns.rcode.REFUSED)
            return response
        response.flags |= dns.flags.AA
        found = self._found(question.name, zone, question.rdtype)
        if found:
            response.answer.extend(found)
            return response
        if question.name not in (zone, self._server(zone)):
            response.set_rcode(dns.rcode.NXDOMAIN)
        response.authority.append(self._soa(zone))
        return response

    def _found(self, name: dns.name.Name, zone: dns.name.Name, kind: dns.rdatatype.RdataType) -> list[dns.rrset.RRset]:
        """Everything of type `kind` at `name`; ANY gets the address, the rest is nobody's need."""
        is_address = kind in (dns.rdatatype.A, dns.rdatatype.ANY)
        if name == self._server(zone) and is_address:
            return [dns.rrset.from_text(name, 3600, "IN", "A", self._own)]
        if name != zone:
            return []
        if is_address and self._address:
            return [dns.rrset.from_text(name, self._ttl_s, "IN", "A", self._address)]
        if kind == dns.rdatatype.NS:
            return [dns.rrset.from_text(name, 3600, "IN", "NS", self._server(zone).to_text())]
        if kind == dns.rdatatype.SOA:
            return [self._soa(zone)]
        return []

    def _soa(self, zone: dns.name.Name) -> dns.rrset.RRset:
        hostmaster = f"hostmaster.{zone.to_text()}"
        fields = f"{self._server(zone).to_text()} {hostmaster} {self._serial} 3600 600 86400 {self._ttl_s}"
        return dns.rrset.from_text(zone, self._ttl_s, "IN", "SOA", fields)

    @staticmethod
    def _server(zone: dns.name.Name) -> dns.name.Name:
        return dns.name.from_text("ns", origin=zone)
