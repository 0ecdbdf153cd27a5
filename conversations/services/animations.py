"""Images that move, cut down to their frames: what else stood in the file is gone.

They are taken apart, not drawn anew: a small file may hold thousands of large frames, and drawing
all of them would take minutes and gigabytes.
"""

from collections.abc import Callable, Iterator
from struct import pack, unpack_from

PNG_START = b"\x89PNG\r\n\x1a\n"
# Pixels, times, transparency and plain colours; texts, EXIF and profiles are missing on purpose.
PNG_KEPT = {
    *(b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD"),
    *(b"acTL", b"fcTL", b"fdAT", b"IDAT", b"IEND"),
}
WEBP_KEPT = {b"VP8X", b"ANIM", b"ANMF"}
WEBP_KEPT_IN_FRAME = {b"ALPH", b"VP8 ", b"VP8L"}
# That there is a profile, EXIF or XMP.
WEBP_TOLD = 0x20 | 0x08 | 0x04
FRAME_HEAD = 16
GIF_IMAGE, GIF_EXTENSION, GIF_END, GIF_PADDING = b",", b"!", b";", b"\0"
GIF_TIMES, GIF_APPLICATION = 0xF9, 0xFF
GIF_LOOP = b"NETSCAPE2.0"


# Five times as many as the largest upload has that is no attack; each costs a microsecond or two.
MOST_PIECES = 1_000_000


class BrokenAnimation(ValueError):
    """It ends in the middle, holds what its kind cannot, or is nothing but tiny pieces."""


class _Bytes:
    """Read from the start; what is wanted must be there."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.place = 0
        self.pieces = 0

    def take(self, length: int) -> bytes:
        taken = self.body[self.place : self.place + length]
        self.pieces += 1
        if len(taken) != length or self.pieces > MOST_PIECES:
            raise BrokenAnimation
        self.place += length
        return taken

    @property
    def is_at_end(self) -> bool:
        return self.place >= len(self.body)


def only_frames(body: bytes, name: str) -> bytes:
    """The same pictures at the same times. Raises BrokenAnimation."""
    return b"".join(KINDS[name](_Bytes(body)))


def _png(body: _Bytes) -> Iterator[bytes]:
    yield _expected(body, PNG_START)
    kind = b""
    while kind != b"IEND":
        head = body.take(8)
        length, kind = unpack_from(">I", head)[0], head[4:]
        chunk = body.take(length + 4)
        if kind in PNG_KEPT:
            yield head + chunk


def _webp(body: _Bytes) -> Iterator[bytes]:
    _expected(body, b"RIFF")
    length = unpack_from("<I", body.take(4))[0]
    inner = _Bytes(body.take(length))
    _expected(inner, b"WEBP")
    kept = b"".join(_webp_chunk(kind, chunk) for kind, chunk in _riff(inner) if kind in WEBP_KEPT)
    yield b"RIFF" + pack("<I", len(kept) + 4) + b"WEBP" + kept


def _webp_chunk(kind: bytes, chunk: bytes) -> bytes:
    if kind == b"VP8X":
        chunk = bytes(flags & ~WEBP_TOLD for flags in chunk[:1]) + chunk[1:]
    if kind == b"ANMF":
        parts = _riff(_Bytes(chunk[FRAME_HEAD:]))
        kept = (_riff_chunk(*part) for part in parts if part[0] in WEBP_KEPT_IN_FRAME)
        chunk = chunk[:FRAME_HEAD] + b"".join(kept)
    return _riff_chunk(kind, chunk)


def _riff(body: _Bytes) -> Iterator[tuple[bytes, bytes]]:
    while not body.is_at_end:
        head = body.take(8)
        length = unpack_from("<I", head, 4)[0]
        chunk = body.take(length)
        if length % 2 and not body.is_at_end:
            body.take(1)
        yield head[:4], chunk


def _riff_chunk(kind: bytes, chunk: bytes) -> bytes:
    return kind + pack("<I", len(chunk)) + chunk + b"\0" * (len(chunk) % 2)


def _gif(body: _Bytes) -> Iterator[bytes]:
    screen = body.take(13)
    yield screen + body.take(_colours(screen[10]))
    # Many lack their end; what shows them does not mind.
    while not body.is_at_end:
        mark = body.take(1)
        if mark == GIF_END:
            break
        if mark == GIF_IMAGE:
            yield mark + _gif_image(body)
        elif mark == GIF_EXTENSION:
            yield _gif_extension(body.take(1)[0], list(_gif_blocks(body)))
        elif mark != GIF_PADDING:
            raise BrokenAnimation
    yield GIF_END


def _gif_image(body: _Bytes) -> bytes:
    place = body.take(9)
    head = place + body.take(_colours(place[8]) + 1)
    start = body.place
    for _block in _gif_blocks(body):
        pass
    return head + body.body[start : body.place]


def _gif_extension(label: int, blocks: list[bytes]) -> bytes:
    """How long a frame stands, and how often all of them are shown; comments are nothing."""
    kept: list[bytes] = []
    if label == GIF_TIMES:
        kept = [block[:4] for block in blocks[:1]]
    elif label == GIF_APPLICATION and blocks[:1] == [GIF_LOOP]:
        kept = [GIF_LOOP, *(block[:3] for block in blocks[1:2])]
    return GIF_EXTENSION + bytes([label]) + _gif_joined(kept) if kept else b""


def _gif_blocks(body: _Bytes) -> Iterator[bytes]:
    while length := body.take(1)[0]:
        yield body.take(length)


def _gif_joined(blocks: list[bytes]) -> bytes:
    return b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def _colours(flags: int) -> int:
    """How many bytes the table of colours has that follows."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _expected(body: _Bytes, start: bytes) -> bytes:
    if body.take(len(start)) != start:
        raise BrokenAnimation
    return start


KINDS: dict[str, Callable[[_Bytes], Iterator[bytes]]] = {"PNG": _png, "WEBP": _webp, "GIF": _gif}
