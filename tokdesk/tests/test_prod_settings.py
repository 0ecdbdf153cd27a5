import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRET = "k7Qw" * 16
GOOD = {
    "TOKDESK_SECRET_KEY": SECRET,
    "TOKDESK_ALLOWED_HOSTS": "desk.example",
    "TOKDESK_ALLOWED_ORIGINS": "https://desk.example",
    "TOKDESK_BASE_URL": "https://desk.example",
    "EMAIL_URL": "consolemail://",
    "TOKDESK_TRUSTED_PROXIES": "1",
}
UNSET = ""  # counts as unset, and a developer's .env cannot fill it in
BOOT = "from django.conf import settings as s; "
INSECURE = "insecure-development-key-never-used-in-production-0123456789"


def boot(tmp_path: Path, changes: dict[str, str], code: str = "s.DEBUG") -> tuple[int, str]:
    """A process of its own: settings are read once and its environment must be ours alone."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "tokdesk.settings.prod",
        "TOKDESK_DATA": str(tmp_path),
        **GOOD,
        **changes,
    }
    result = subprocess.run(
        [sys.executable, "-c", f"{BOOT}print({code})"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, (result.stdout or result.stderr).strip().splitlines()[-1]


def test_production_boots_with_good_values(tmp_path: Path) -> None:
    code = "[s.DEBUG, s.DEMO_ENABLED, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT]"

    assert boot(tmp_path, {}, code) == (0, "[False, False, True, True]")


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"DEBUG": "on"}, "DEBUG"),
        ({"TOKDESK_DEBUG": "1"}, "DEBUG"),
        ({"TOKDESK_SECRET_KEY": UNSET}, "TOKDESK_SECRET_KEY"),
        ({"TOKDESK_SECRET_KEY": INSECURE}, "TOKDESK_SECRET_KEY"),
        ({"TOKDESK_SECRET_KEY": "k" * 49}, "TOKDESK_SECRET_KEY"),
        ({"TOKDESK_ALLOWED_HOSTS": UNSET}, "TOKDESK_ALLOWED_HOSTS"),
        ({"TOKDESK_ALLOWED_HOSTS": "desk.example,*"}, "TOKDESK_ALLOWED_HOSTS"),
        ({"TOKDESK_ALLOWED_ORIGINS": "*"}, "TOKDESK_ALLOWED_ORIGINS"),
        ({"TOKDESK_ALLOWED_ORIGINS": "https://*.example"}, "TOKDESK_ALLOWED_ORIGINS"),
        ({"TOKDESK_RATE_LIMITS": "off"}, "TOKDESK_RATE_LIMITS"),
        ({"TOKDESK_BASE_URL": UNSET}, "TOKDESK_BASE_URL"),
        ({"EMAIL_URL": UNSET}, "EMAIL_URL"),
        ({"TOKDESK_TRUSTED_PROXIES": UNSET}, "TOKDESK_TRUSTED_PROXIES"),
        ({"EMAIL_URL": "pigeon://roof"}, "EMAIL_URL"),
        ({"TOKDESK_BASE_URL": "http://desk.example"}, "TOKDESK_BASE_URL"),
        ({"PORT": "abc"}, "PORT"),
        ({"TOKDESK_TRUSTED_PROXIES": "-1"}, "TOKDESK_TRUSTED_PROXIES"),
        ({"TOKDESK_HSTS_SECONDS": "a year"}, "TOKDESK_HSTS_SECONDS"),
        ({"DATABASE_URL": "mysql://db.example/tokdesk"}, "DATABASE_URL"),
        ({"TOKDESK_SECRET_KEY_FILE": "/nowhere/key"}, "TOKDESK_SECRET_KEY_FILE"),
    ],
)
def test_production_refuses_to_boot_and_names_the_variable(
    changes: dict[str, str], variable: str, tmp_path: Path
) -> None:
    code, last_line = boot(tmp_path, changes)

    assert code == 1
    assert last_line.startswith(f"django.core.exceptions.ImproperlyConfigured: {variable} ")


LAYER = "s.CHANNEL_LAYERS['default']"
HOST = f"{LAYER}['CONFIG']['hosts'][0]"


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({"REDIS_URL": "redis://redis:6379/0"}, "redis://redis:6379/0"),
        ({"REDIS_URL": "unix:///run/redis.sock"}, "unix:///run/redis.sock"),
        (
            {"REDIS_URL": "redis://redis:6379/0", "TOKDESK_LAYER_URL": "redis://layer:6379/0"},
            "redis://layer:6379/0",
        ),
    ],
)
def test_hints_go_through_redis_and_wait_there_without_end(
    changes: dict[str, str], address: str, tmp_path: Path
) -> None:
    options = {"socket_timeout": None, "max_connections": 2000, "socket_connect_timeout": 2}
    host = {"address": address, **options, "health_check_interval": 15}

    assert boot(tmp_path, changes, HOST) == (0, str(host))


def test_without_redis_hints_stay_in_the_process(tmp_path: Path) -> None:
    changes = {"REDIS_URL": UNSET, "TOKDESK_LAYER_URL": UNSET}

    assert boot(tmp_path, changes, f"{LAYER}['BACKEND']") == (
        0,
        "channels.layers.InMemoryChannelLayer",
    )


def test_a_layer_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    code, last_line = boot(tmp_path, {"TOKDESK_LAYER_URL": "amqp://layer/"})

    assert code == 1
    assert last_line.startswith("django.core.exceptions.ImproperlyConfigured: TOKDESK_LAYER_URL ")


def test_secret_key_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{SECRET[::-1]}\n")
    changes = {"TOKDESK_SECRET_KEY": UNSET, "TOKDESK_SECRET_KEY_FILE": str(tmp_path / "key")}

    assert boot(tmp_path, changes, "s.SECRET_KEY") == (0, SECRET[::-1])
