"""A32: whatever a file is called and claims to be, it is kept apart and served as bytes."""

import pytest

from conftest import World, client_of
from conversations.services.filenames import clean_name
from conversations.tests.factories import make_conversation
from conversations.tests.uploads import body_of, kept_files, picture, upload, uploaded

UNKNOWN = "application/octet-stream"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"
XHTML = b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script/></html>'
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
# A valid GIF whose bytes are a script too, and a PNG with a page behind its end.
GIF_SCRIPT = b"GIF89a/*" + picture(form="GIF")[8:] + b"*/=1;alert(1)"
PNG_PAGE = picture() + HTML


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("التقرير النهائي.pdf", "التقرير النهائي.pdf"),
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("C:\\Windows\\system32\\cmd.exe", "cmd.exe"),
        ("..", "file"),
        ("", "file"),
        ("a/..", "file"),
        ("a/b/", "b"),
        (".htaccess", "htaccess"),
        ("\u200b.htaccess", "htaccess"),
        (".\u200b.htaccess", "htaccess"),
        ("\u3164.htaccess", "htaccess"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("a\x00.png", "a.png"),
        ("a\r\nSet-Cookie: b=c.png", "aSet-Cookie: b=c.png"),
        ("  two   words .txt. ", "two words .txt"),
        ("e\u0301.txt", "\u00e9.txt"),
        ("evil.php.jpg", "evil.php.jpg"),
        ("x" * 200 + ".jpeg", "x" * 115 + ".jpeg"),
        ("a." + "x" * 200, "a." + "x" * 118),
        ("\ud800.txt", "txt"),
    ],
)
def test_a_name_is_only_a_name(given: str, kept: str) -> None:
    assert clean_name(given) == kept


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.svg", SVG),
        ("a.png", SVG),
        ("a.txt", SVG),
        ("a.html", HTML),
        ("a.xhtml", XHTML),
        ("a.xml", XHTML),
        ("a.txt", b"\xef\xbb\xbf  " + HTML),
        ("a.jpg", HTML),
        ("a.pdf", HTML),
        ("a.html", PDF),
        ("a.pdf.exe", PDF),
        ("a.jpg", picture()),
        ("a.png", picture(form="JPEG")),
        ("a", picture()),
        ("a.png", picture()[:30]),
        ("a.png", b"\x89PNG\r\n\x1a\n" + HTML),
        ("a.js", b"alert(1)"),
        ("a.txt", b"\x00\x01\x02"),
        ("a.txt", b"\xff\xfe\xfa"),
    ],
)
def test_a_type_that_the_bytes_and_the_name_do_not_share_is_none(
    acme: World, name: str, body: bytes
) -> None:
    client = client_of(acme.customer)
    talk = make_conversation(acme.customer, "Help")

    made = upload(client, talk, body, name).json()
    answer = client.get(f"attachments/{made['id']}/content/")

    assert (made["content_type"], made["size"], made["width"]) == (UNKNOWN, len(body), None)
    assert answer.headers["Content-Type"] == UNKNOWN
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert body_of(answer) == body


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "body", "content_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("A.PDF", PDF, "application/pdf"),
        ("a.txt", "سلام".encode(), "text/plain"),
        ("a.csv", b"a,b\r\n1,2\r\n", "text/csv"),
        ("a.mp4", b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", "video/mp4"),
        ("a.gz", b"\x1f\x8b\x08\0\0\0\0\0", "application/gzip"),
        ("evil.php.txt", b"<".join([b"a", b"b"]), "text/plain"),
    ],
)
def test_a_type_that_both_share_is_told_and_still_saved_not_shown(
    acme: World, name: str, body: bytes, content_type: str
) -> None:
    client = client_of(acme.customer)
    talk = make_conversation(acme.customer, "Help")

    made = upload(client, talk, body, name).json()
    answer = client.get(f"attachments/{made['id']}/content/")

    assert made["content_type"] == content_type
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert body_of(answer) == body


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a.png", "a.html"])
def test_of_a_file_that_is_two_things_no_page_is_left_to_open(acme: World, name: str) -> None:
    client = client_of(acme.customer)
    talk = make_conversation(acme.customer, "Help")

    made = upload(client, talk, PNG_PAGE, name).json()
    answer = client.get(f"attachments/{made['id']}/content/")

    is_drawn = b"<script>" not in body_of(answer)
    assert (made["content_type"], is_drawn) == {
        "a.png": ("image/png", True),
        "a.html": (UNKNOWN, False),
    }[name]


@pytest.mark.django_db
def test_an_image_that_is_a_script_is_drawn_anew(acme: World) -> None:
    client = client_of(acme.customer)
    made = upload(client, make_conversation(acme.customer, "Help"), GIF_SCRIPT, "a.gif").json()

    assert b"alert" not in body_of(client.get(f"attachments/{made['id']}/content/"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["../../../../var/evil.txt", "/var/evil.txt", "..%2f..%2fevil.txt", "a\x00b.txt"]
)
def test_a_file_lies_under_our_own_key_whatever_its_name(acme: World, name: str) -> None:
    talk, before = make_conversation(acme.customer, "Help"), kept_files()

    uploaded(acme.customer, talk, b"evil", name)

    (path,) = kept_files() - before
    company, _slash, key = path.partition("/")
    assert (company, len(key), "evil" in key) == (acme.company.id.hex, 32, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ('a"b\\c.txt', 'attachment; filename="c.txt"'),
        ("a;b.txt", 'attachment; filename="a;b.txt"'),
        ("عقد.txt", "attachment; filename*=utf-8''%D8%B9%D9%82%D8%AF.txt"),
    ],
)
def test_a_name_cannot_leave_its_header(acme: World, name: str, told: str) -> None:
    client = client_of(acme.customer)
    found = uploaded(acme.customer, make_conversation(acme.customer, "Help"), b"x", name)

    answer = client.get(f"attachments/{found}/content/")

    assert (answer.headers["Content-Disposition"], body_of(answer)) == (told, b"x")
