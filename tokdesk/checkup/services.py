"""What TokDesk talks to beside the database: Redis, the cache, the layer, the mail server."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import redis as client
from django.conf import settings
from django.core.cache import cache
from django.core.mail import get_connection

from tokdesk.checkup.files import write_into
from tokdesk.checkup.verdicts import Verdict, failure, good, warning
from tokdesk.datafolder import DataFolder

OLDEST_REDIS = (6, 2)
TIMEOUT_SECONDS = 5
FILES = "tokdesk.integrations.mailfile.EmlFileBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def redis() -> Verdict:
    """The configured server, or the one of a desk that runs on this data."""
    url = settings.REDIS_URL or DataFolder(settings.DATA_DIR).redis_url()
    if not url:
        return no_redis()
    try:
        with connected(url) as server:
            facts = server.info("server")
    except (client.RedisError, OSError) as error:
        detail = f"{place_of(url)} does not answer ({type(error).__name__})"
        return failure(detail, "Start Redis or Valkey, or correct REDIS_URL.")
    return judge_redis(facts, place_of(url))


def no_redis() -> Verdict:
    if settings.DEMO_ENABLED:
        return good("none: cache and limits live in each process")
    return warning("none: each process has its own cache", "Set REDIS_URL.")


def judge_redis(facts: dict[str, str], place: str) -> Verdict:
    speaks = str(facts["redis_version"])
    name = f"Valkey {facts['valkey_version']}" if "valkey_version" in facts else f"Redis {speaks}"
    if tuple(map(int, speaks.split(".")[:2])) < OLDEST_REDIS:
        oldest = ".".join(map(str, OLDEST_REDIS))
        return failure(f"{name} at {place}", f"Upgrade to Redis {oldest} or newer, or to Valkey.")
    return good(f"{name} at {place}")


@contextlib.contextmanager
def connected(url: str) -> Iterator[client.Redis]:
    options = {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS}
    with contextlib.closing(client.Redis.from_url(url, **options)) as server:
        yield server


def place_of(url: str) -> str:
    """Where it listens; never its password."""
    parts = urlsplit(url)
    return parts.path if parts.scheme == "unix" else f"{parts.hostname}:{parts.port or 6379}"


def cache_round_trip() -> Verdict:
    """A cache in front of a dead server swallows what is set, so only reading it again tells."""
    key, value = f"doctor:{uuid4()}", "hello"
    cache.set(key, value, 30)
    came_back = cache.get(key) == value
    cache.delete(key)
    if came_back and cache.get(key) is None:
        return good(f"set, read and deleted ({settings.CACHES['default']['BACKEND']})")
    return failure(
        "does not keep what is put into it", "See redis above; pages are slow until then."
    )


def layer() -> Verdict:
    """What one connection says there, another must hear."""
    url = settings.LAYER_URL or DataFolder(settings.DATA_DIR).redis_url()
    if not url:
        return no_layer()
    name = f"doctor:{uuid4()}"
    try:
        # redis-py has no types of its own there.
        with connected(url) as server, server.pubsub() as listener:  # type: ignore[no-untyped-call]
            listener.subscribe(name)
            listener.get_message(timeout=TIMEOUT_SECONDS)
            heard = server.publish(name, "hello")
    except (client.RedisError, OSError) as error:
        detail = f"{place_of(url)} passes no hints on ({type(error).__name__})"
        return failure(detail, "Start Redis or Valkey, or correct TOKDESK_LAYER_URL.")
    if heard != 1:
        return failure(f"{place_of(url)} passes no hints on", "Look at its rights and its log.")
    return good(f"hints are heard at {place_of(url)}")


def no_layer() -> Verdict:
    if settings.DEMO_ENABLED:
        return good("none: sockets hear at once of their own process only")
    return warning("none: sockets hear of other processes seconds late", "Set REDIS_URL.")


def mail() -> Verdict:
    looks = {FILES: mail_into_files, SMTP: mail_by_smtp}
    look = looks.get(settings.EMAIL_BACKEND)
    return look() if look else good(settings.EMAIL_BACKEND)


def mail_into_files() -> Verdict:
    problem = write_into(settings.MAIL_DIR)
    if problem:
        return failure(problem, "Make the folder writable for this account, or set EMAIL_URL.")
    if settings.DEMO_ENABLED:
        return good(f"files in {settings.MAIL_DIR}")
    return warning(f"nobody gets mail: it stays in {settings.MAIL_DIR}", "Set EMAIL_URL.")


def mail_by_smtp() -> Verdict:
    """Connect and sign in; nothing is sent."""
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    connection = get_connection(timeout=TIMEOUT_SECONDS)
    try:
        connection.open()
    except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
        # The server's words may repeat the account, its class is enough.
        detail = f"{place} takes no mail from us ({type(error).__name__})"
        return failure(detail, "Check EMAIL_URL and that this machine may reach the mail server.")
    with contextlib.suppress(OSError, smtplib.SMTPException):
        connection.close()
    return good(f"SMTP at {place}")
