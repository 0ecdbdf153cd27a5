"""nginx understands deploy/nginx.conf, and sends sockets where they are served."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tokdesk.programs import DEPLOY
from tokdesk.tests.run import IN_CI

OPENSSL = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=desk.example"
AROUND = "pid {folder}/nginx.pid; events {{}} http {{ {temporary} {conf} }}"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
HAS_BOTH = bool(NGINX and shutil.which("openssl"))
REMEDY = "apt-get install nginx openssl"


def configuration(folder: Path) -> str:
    """Ours, with ports, hosts and files that there are on any machine."""
    conf = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    conf = re.sub(r"listen \[::\]:\d+[^;]*;", "", conf)
    conf = re.sub(r"listen \d+", f"listen unix:{folder}/nginx.sock", conf, count=1)
    conf = re.sub(r"listen \d+", f"listen unix:{folder}/nginx-tls.sock", conf, count=1)
    conf = re.sub(r"server (web|live):", "server 127.0.0.1:", conf)
    conf = re.sub(r"/(etc|var/log)/nginx/(certs/)?", f"{folder}/", conf)
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    return AROUND.format(folder=folder, temporary=temporary, conf=conf)


@pytest.mark.skipif(not IN_CI and not HAS_BOTH, reason=f"NOT run: {REMEDY}")
def test_nginx_understands_the_configuration(tmp_path: Path) -> None:
    assert HAS_BOTH, REMEDY
    pair = ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run([*OPENSSL.split(), *pair], check=True, capture_output=True)
    (tmp_path / "nginx.conf").write_text(configuration(tmp_path), encoding="utf-8")

    result = subprocess.run(
        [str(NGINX), "-t", "-q", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stderr) == (0, "")


def test_sockets_have_a_place_of_their_own_that_keeps_every_header() -> None:
    conf = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    places = re.findall(r"^    location ([^{]*) \{(.*?)^    \}", conf, re.DOTALL | re.MULTILINE)
    place = dict(places)["= /ws/v1/"]

    def headers(text: str, indent: int) -> set[str]:
        return set(re.findall(rf"^ {{{indent}}}proxy_set_header (\S+)", text, re.MULTILINE))

    assert "proxy_pass http://tokdesk_live;" in place
    assert headers(place, 8) == {*headers(conf, 4), "Upgrade"}
