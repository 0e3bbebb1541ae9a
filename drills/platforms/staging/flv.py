"""FLV tags, which are also RTMP's messages: cut out of what a muxer writes."""

from dataclasses import dataclass

AUDIO, VIDEO, DATA = 8, 9, 18
_FILE_HEADER = 13
"""The header and the size of the tag before the first one."""
_TAG_HEADER = 11
_SIZE_AFTER = 4
_END_OF_SEQUENCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One message: sound, picture, or metadata."""

    kind: int
    at_ms: int
    body: bytes

    @property
    def is_setup(self) -> bool:
        """What a decoder needs before the first picture or sound: metadata, codec parameters."""
        if self.kind == DATA:
            return True
        return len(self.body) > 1 and self.body[1] == 0

    @property
    def is_end(self) -> bool:
        """A muxer says so of its pictures when it is closed; a stream that goes on does not."""
        return self.kind == VIDEO and len(self.body) > 1 and self.body[1] == _END_OF_SEQUENCE

    @property
    def is_key_picture(self) -> bool:
        return self.kind == VIDEO and self.body[0] >> 4 == 1 and not self.is_setup


class TagCutter:
    """A file to a muxer, that only grows; hands out whole tags."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._has_begun = False

    def write(self, data: bytes) -> int:
        self._buffer += data
        return len(data)

    def tags(self) -> list[Tag]:
        """The whole tags that came since the last call."""
        found: list[Tag] = []
        at = 0
        if not self._has_begun and len(self._buffer) >= _FILE_HEADER:
            self._has_begun = True
            at = _FILE_HEADER
        while self._has_begun and len(self._buffer) >= at + _TAG_HEADER:
            head = self._buffer[at : at + _TAG_HEADER]
            size = int.from_bytes(head[1:4], "big")
            end = at + _TAG_HEADER + size + _SIZE_AFTER
            if len(self._buffer) < end:
                break
            at_ms = int.from_bytes(head[4:7], "big") | head[7] << 24
            found.append(Tag(kind=head[0], at_ms=at_ms, body=bytes(self._buffer[at + _TAG_HEADER : end - _SIZE_AFTER])))
            at = end
        del self._buffer[:at]
        return found
