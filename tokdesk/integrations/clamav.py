"""clamd, the virus scanner that stays in memory; it is sent a file and says what it found."""

from typing import BinaryIO
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket

TIMEOUT_SECONDS = 20
PORT = 3310


class ScanFailed(Exception):
    """Nobody knows whether the file is clean."""


def find_malware(url: str, file: BinaryIO) -> str | None:
    """The name of what was found in it, or None.

    Raises:
        ScanFailed: clamd cannot be reached, or could not look at the whole file.
    """
    try:
        answers = _clamd(url).instream(file)
    except (ClamdError, OSError) as error:
        raise ScanFailed(f"clamd: {error}") from error
    status, finding = next(iter(answers.values()), ("", None))
    if status not in ("OK", "FOUND"):
        raise ScanFailed(f"clamd: {finding or status or 'no answer'}")
    return (finding or "unnamed") if status == "FOUND" else None


def _clamd(url: str) -> ClamdNetworkSocket:
    """Of tcp://host:port or unix:///path."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return ClamdUnixSocket(parts.path, timeout=TIMEOUT_SECONDS)
    return ClamdNetworkSocket(parts.hostname or "", parts.port or PORT, timeout=TIMEOUT_SECONDS)
