"""A store that speaks S3 and a virus scanner, of one test run; as in servers.py."""

import contextlib
import json
import secrets
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from tokdesk.integrations.clamav import ScanFailed, find_malware
from tokdesk.integrations.s3 import S3Files
from tokdesk.tests.servers import Account, Missing, running, temporary_folder
from tokdesk.tests.waiting import wait_until

MALWARE = b"tokdesk-test-malware"
BUCKET, REGION, KEY, SECRET = "desk", "us-east-1", "desk", "desk-secret"
# SeaweedFS adds this to a port for its inner traffic.
INNER = 10_000


@dataclass(frozen=True)
class Bucket:
    """An empty bucket, as the options of a storage."""

    endpoint: str

    def options(self) -> dict[str, object]:
        return {
            "bucket_name": BUCKET,
            "endpoint_url": self.endpoint,
            "region_name": REGION,
            "access_key": KEY,
            "secret_key": SECRET,
            "location": "attachments",
        }

    def storage(self) -> Storage:
        return S3Files(**self.options())


@contextlib.contextmanager
def temporary_s3() -> Iterator[Bucket]:
    """Raises Missing: SeaweedFS is not installed."""
    program = Path(sys.executable).with_name("weed")
    if not program.exists():
        raise Missing("no SeaweedFS found (pip install -r requirements-dev.txt)")
    with temporary_folder(Account()) as folder:
        master, volume, filer, s3 = free_ports(4)
        (folder / "s3.json").write_text(json.dumps({"identities": [identity()]}))
        options = {
            "dir": folder,
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "master.port": master,
            "master.electionTimeout": "1s",
            "master.telemetry": "false",
            "master.volumePreallocate": "false",
            "master.volumeSizeLimitMB": 64,
            "volume.port": volume,
            "volume.max": 10,
            "filer.port": filer,
            "s3": "true",
            "s3.port": s3,
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "s3.iam": "false",
            "s3.config": folder / "s3.json",
        }
        words = [f"-{name}={value}" for name, value in options.items()]
        with running([str(program), "server", *words], folder=folder, account=Account()) as log:
            bucket = Bucket(f"http://127.0.0.1:{s3}")
            wait_until(lambda: makes_bucket(bucket), seconds=30, on_timeout=log)
            yield bucket


def identity() -> dict[str, object]:
    return {
        "name": "desk",
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
    }


def makes_bucket(bucket: Bucket) -> bool:
    """Only once a first file is kept is there room for files."""
    storage = bucket.storage()
    try:
        storage.connection.create_bucket(Bucket=BUCKET)
        storage.delete(storage.save("ready", contents(b"ready")))
    except Exception:
        # Each part that is not up yet fails in its own way.
        return False
    return True


@contextlib.contextmanager
def temporary_clamd() -> Iterator[str]:
    """The URL of a clamd that knows one piece of malware. Raises Missing."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
    if program is None:
        raise Missing("no clamd found (apt-get install clamav-daemon)")
    with temporary_folder(Account()) as folder:
        signatures = folder / "signatures"
        signatures.mkdir()
        (signatures / "tests.ndb").write_text(f"TokDesk.Test:0:*:{MALWARE.hex()}\n")
        lines = [
            f"LocalSocket {folder / 'clamd.sock'}",
            f"DatabaseDirectory {signatures}",
            f"TemporaryDirectory {folder}",
            "Foreground yes",
            "StreamMaxLength 30M",
        ]
        (folder / "clamd.conf").write_text("\n".join(lines) + "\n")
        command = [program, "--config-file", str(folder / "clamd.conf")]
        with running(command, folder=folder, account=Account()) as log:
            url = f"unix://{folder / 'clamd.sock'}"
            wait_until(lambda: scans(url), seconds=30, on_timeout=log)
            yield url


def scans(url: str) -> bool:
    try:
        return find_malware(url, contents(b"harmless")) is None
    except ScanFailed:
        return False


def contents(body: bytes) -> ContentFile:
    return ContentFile(body)


def free_ports(count: int) -> list[int]:
    """Each with its companion, below what systems give to outgoing connections: those come and go.

    From anywhere on: two runs that begin at one moment must not choose the same.
    """
    first = 11_000 + secrets.randbelow(9_000)
    pairs = (port for port in range(first, 22_000) if is_free(port) and is_free(port + INNER))
    return list(islice(pairs, count))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
