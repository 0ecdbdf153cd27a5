"""Images are drawn anew, and A33: those that would take all memory are refused at once."""

import struct
import time
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms

from conftest import World, client_of
from conversations.services.images import MOST_PIXELS
from conversations.tests.factories import make_conversation
from conversations.tests.uploads import body_of, picture, shown, upload
from tokdesk.tests.answers import faults
from tokdesk.tests.rows import nothing_changes

pytestmark = pytest.mark.django_db

SECRET = b"52.5200 N 13.4050 E"


def exif(**tags: object) -> Image.Exif:
    found = Image.Exif()
    found[0x010E] = SECRET.decode()
    for tag, value in tags.items():
        found[{"orientation": 0x0112}[tag]] = value
    return found


def png_header(width: int, height: int) -> bytes:
    """A picture of so many pixels in so few bytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_an_image_loses_what_it_tells_of_its_maker(acme: World, form: str) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    name = f"photo.{form.lower()}"
    sent = picture((400, 200), form, exif=exif())
    assert SECRET in sent

    made = upload(client, talk, sent, name).json()
    answer = client.get(f"attachments/{made['id']}/content/")

    body = body_of(answer)
    assert (made["content_type"], made["width"], made["height"]) == (
        f"image/{form.lower()}",
        400,
        200,
    )
    assert made["size"] == len(body) == int(answer.headers["Content-Length"])
    assert SECRET not in body
    assert not Image.open(BytesIO(body)).getexif()
    assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'
    assert answer.headers["Content-Type"] == f"image/{form.lower()}"


def test_a_photo_stands_upright(acme: World) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    lying = picture((400, 200), "JPEG", exif=exif(orientation=6))

    made = upload(client, talk, lying, "photo.jpg").json()
    drawn = shown(client.get(f"attachments/{made['id']}/content/"))

    assert ((made["width"], made["height"]), drawn.size) == ((200, 400), (200, 400))


@pytest.mark.parametrize(
    ("size", "small"), [((800, 400), (320, 160)), ((100, 1000), (32, 320)), ((40, 20), (40, 20))]
)
def test_a_thumbnail_is_small(acme: World, size: tuple[int, int], small: tuple[int, int]) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    made = upload(client, talk, picture(size), "photo.png").json()

    answer = client.get(f"attachments/{made['id']}/thumbnail/")

    drawn = shown(answer)
    assert (drawn.format, drawn.size) == ("WEBP", small)
    assert answer.headers["Content-Disposition"] == 'inline; filename="thumbnail.webp"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_no_image_has_no_thumbnail(acme: World) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    made = upload(client, talk).json()

    assert client.get(f"attachments/{made['id']}/thumbnail/").status_code == 404


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_what_moves_goes_on_moving_and_is_saved_not_shown(acme: World, form: str) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    frames = [Image.new("RGB", (40, 20), colour) for colour in ("red", "blue")]
    output = BytesIO()
    frames[0].save(output, form, save_all=True, append_images=frames[1:], duration=100)

    made = upload(client, talk, output.getvalue(), f"wave.{form.lower()}").json()
    answer = client.get(f"attachments/{made['id']}/content/")

    assert (made["content_type"], made["width"]) == (f"image/{form.lower()}", 40)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert body_of(answer) == output.getvalue()
    assert shown(client.get(f"attachments/{made['id']}/thumbnail/")).format == "WEBP"


def telephone_photo() -> bytes:
    """Two pictures in one file, the first with the place where it was taken."""
    told = exif(orientation=6)
    told[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
    output = BytesIO()
    first, second = (Image.new("RGB", (400, 200), colour) for colour in ("red", "blue"))
    first.save(output, "MPO", save_all=True, append_images=[second], exif=told)
    return output.getvalue()


def only_first(photo: bytes) -> bytes:
    """Its index names a second picture that is not there."""
    return photo[: photo.index(b"\xff\xd9") + 2]


@pytest.mark.parametrize("cut", [bytes, only_first])
def test_a_photo_that_holds_two_pictures_is_drawn_like_any_other(acme: World, cut: Any) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    photo = cut(telephone_photo())
    assert SECRET in photo
    assert b"MPF" in photo

    made = upload(client, talk, photo, "photo.jpg").json()
    answer = client.get(f"attachments/{made['id']}/content/")

    body = body_of(answer)
    drawn = Image.open(BytesIO(body))
    assert (made["content_type"], made["width"], made["height"]) == ("image/jpeg", 200, 400)
    assert answer.headers["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert (drawn.format, drawn.size, dict(drawn.getexif())) == ("JPEG", (200, 400), {})
    assert (SECRET in body, b"MPF" in body, b"Exif" in body) == (False, False, False)
    red, green, blue = drawn.convert("RGB").getpixel((100, 200))
    assert (red > 240, green < 15, blue < 15) == (True, True, True)


TOLD = {
    "GIF": {"comment": SECRET},
    "WEBP": {"exif": exif(), "xmp": SECRET, "lossless": True},
    "PNG": {"exif": exif()},
}


def moving(form: str, **options: Any) -> bytes:
    frames = [Image.new("RGB", (40, 20), colour) for colour in ("red", "blue")]
    output = BytesIO()
    rest = {"append_images": frames[1:], "duration": [100, 250], "loop": 3}
    frames[0].save(output, form, save_all=True, **rest, **options)
    return output.getvalue()


def frames_of(image: Image.Image) -> list[Any]:
    found = []
    for number in range(image.n_frames):
        image.seek(number)
        image.load()
        pixel = image.convert("RGB").getpixel((5, 5))
        found.append((pixel, image.info.get("duration"), image.info.get("loop")))
    return found


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_what_moves_loses_what_it_tells_of_its_maker(acme: World, form: str) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    plain, sent = (
        moving(form, **({"lossless": True} if form == "WEBP" else {})),
        moving(form, **TOLD[form]),
    )
    assert SECRET in sent

    made = upload(client, talk, sent + SECRET, f"wave.{form.lower()}").json()
    body = body_of(client.get(f"attachments/{made['id']}/content/"))

    assert SECRET not in body
    assert made["size"] == len(body)
    assert (made["content_type"], made["width"]) == (f"image/{form.lower()}", 40)
    kept, meant = Image.open(BytesIO(body)), Image.open(BytesIO(plain))
    assert frames_of(kept) == frames_of(meant)
    assert [pixel for pixel, _time, _loop in frames_of(kept)] == [(255, 0, 0), (0, 0, 255)]


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_what_moves_and_breaks_off_is_no_image(acme: World, form: str) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")

    answer = upload(client, talk, moving(form)[:-20], f"wave.{form.lower()}")

    assert (answer.status_code, answer.json()["content_type"]) == (201, "application/octet-stream")


@pytest.mark.parametrize(
    ("mode", "form"),
    [
        *(
            ("1", "PNG"),
            ("L", "PNG"),
            ("LA", "PNG"),
            ("P", "PNG"),
            ("RGBA", "PNG"),
            ("I;16", "PNG"),
        ),
        *(("CMYK", "JPEG"), ("L", "JPEG"), ("P", "GIF"), ("RGBA", "WEBP")),
    ],
)
def test_every_kind_of_image_can_be_drawn(acme: World, mode: str, form: str) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    output = BytesIO()
    Image.new(mode, (40, 20)).save(output, form)

    made = upload(client, talk, output.getvalue(), f"a.{form.lower()}").json()
    drawn = shown(client.get(f"attachments/{made['id']}/content/"))

    assert (drawn.size, drawn.format) == ((40, 20), form)


def test_an_image_with_a_profile_becomes_one_without(acme: World) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    made = upload(client, talk, picture(icc_profile=profile), "a.png").json()
    drawn = shown(client.get(f"attachments/{made['id']}/content/"))

    assert ("icc_profile" in drawn.info, drawn.getpixel((0, 0))) == (False, (255, 0, 0))


def test_a_transparent_colour_stays_transparent(acme: World) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")

    made = upload(client, talk, picture(transparency=(255, 0, 0)), "a.png").json()
    drawn = shown(client.get(f"attachments/{made['id']}/content/"))

    assert drawn.getpixel((0, 0))[3] == 0


@pytest.mark.parametrize(
    ("width", "height"), [(30_000, 30_000), (10_001, 10_000), (MOST_PIXELS // 100 + 1, 100)]
)
def test_an_image_of_too_many_pixels_is_400_at_once(acme: World, width: int, height: int) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    started = time.monotonic()

    with nothing_changes():
        answer = upload(client, talk, png_header(width, height), "bomb.png")

    assert (answer.status_code, faults(answer)) == (400, {"file": ["too_many_pixels"]})
    assert time.monotonic() - started < 2


def test_text_that_swells_inside_of_an_image_is_no_image(acme: World) -> None:
    """A compressed comment of a picture unpacks to twenty megabytes."""
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    comment = b"zTXt", b"a\0\0" + zlib.compress(bytes(20_000_000), 6)
    chunk = struct.pack(">I", len(comment[1])) + b"".join(comment)
    chunk += struct.pack(">I", zlib.crc32(b"".join(comment)))
    plain = picture()

    answer = upload(client, talk, plain[:33] + chunk + plain[33:], "a.png")

    assert (answer.status_code, answer.json()["content_type"]) == (201, "application/octet-stream")
