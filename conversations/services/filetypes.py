"""What a file is: believed only where its first bytes and its extension agree."""

import codecs
from typing import BinaryIO

import puremagic

UNKNOWN = "application/octet-stream"
# Extension -> type. What a browser would run is missing on purpose: HTML, SVG, XML, scripts.
TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "odt": "application/vnd.oasis.opendocument.text",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "zip": "application/zip",
    "gz": "application/gzip",
    "7z": "application/x-7z-compressed",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
}
TEXTS = {"txt": "text/plain", "log": "text/plain", "csv": "text/csv", "md": "text/markdown"}
# The same by another name.
ALIASES = {"mp3": {"mpga"}}
LOOKED_AT = 64 * 1024
CONTROLS = frozenset(range(0x20)) - set(b"\t\n\r\f")


def type_of(file: BinaryIO, extension: str) -> str:
    """One of ours, or that of bytes which nobody should open by themselves."""
    file.seek(0)
    if extension in TEXTS:
        return TEXTS[extension] if _is_text(file.read(LOOKED_AT)) else UNKNOWN
    if extension not in TYPES:
        return UNKNOWN
    possible = {extension, *ALIASES.get(extension, ())}
    return TYPES[extension] if possible & _sniffed(file) else UNKNOWN


def _sniffed(file: BinaryIO) -> set[str]:
    """The extensions that files which begin and end like this one have."""
    try:
        found = puremagic.magic_stream(file)
    except (puremagic.PureError, ValueError):
        return set()
    return {each.extension.removeprefix(".") for each in found}


def _is_text(head: bytes) -> bool:
    """UTF-8 that does not begin as markup does."""
    if CONTROLS & set(head) or head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True
