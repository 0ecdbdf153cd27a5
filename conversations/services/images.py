"""Images, drawn anew: what else stood in the file (places, comments, scripts) is gone.

Of those that move only the first frame is drawn, for the thumbnail; animations.py cleans the rest.

A decoder may need two hundred megabytes for one image, so only a few are drawn at once.
"""

from dataclasses import dataclass
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any, BinaryIO

from PIL import Image, ImageCms, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from conversations.services.animations import only_frames

# As many as the largest photos of telephones have.
MOST_PIXELS = 50_000_000
THUMBNAIL_SIDE = 320
AT_ONCE = 2
FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
}
OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88, "optimize": True, "progressive": True},
    "WEBP": {"quality": 88},
}
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

_places = BoundedSemaphore(AT_ONCE)


class TooManyPixels(Exception):
    """Whoever draws this runs out of memory."""


class NoImage(Exception):
    """It begins like an image and is none."""


@dataclass(frozen=True)
class Drawing:
    """`body` is None for one that moves: its frames stay as they were sent."""

    width: int
    height: int
    body: bytes | None
    thumbnail: bytes


def redraw(file: BinaryIO, content_type: str) -> Drawing:
    """The file itself of one that moves loses all but its frames.

    Raises:
        TooManyPixels, NoImage.
    """
    name = FORMATS[content_type]
    try:
        drawing = _drawn(file, name)
        frames = _frames(file, name) if drawing.body is None else None
    except (TooManyPixels, *BOMBS) as error:
        raise TooManyPixels from error
    except Exception as error:
        # Decoders fail on broken files as they like; none of it is a mistake of ours.
        raise NoImage from error
    if frames is not None:
        _overwrite(file, frames)
    return drawing


def _drawn(file: BinaryIO, name: str) -> Drawing:
    file.seek(0)
    with _places, _opened(file, name) as image:
        if image.width * image.height > MOST_PIXELS:
            raise TooManyPixels
        return _drawing(image, name)


def _opened(file: BinaryIO, name: str) -> Image.Image:
    if name == "JPEG":
        # Telephones put several pictures into one file. Pillow would take that for one that moves;
        # its plain reader knows the first alone, which is the photo.
        return JpegImageFile(file)
    return Image.open(file, formats=[name])


def _frames(file: BinaryIO, name: str) -> bytes:
    file.seek(0)
    with _places:
        return only_frames(file.read(), name)


def _overwrite(file: BinaryIO, body: bytes) -> None:
    file.seek(0)
    file.write(body)
    file.truncate()


def _drawing(image: Image.Image, name: str) -> Drawing:
    is_moving = getattr(image, "is_animated", False)
    clean = _clean(image, name)
    (width, height), body = clean.size, None if is_moving else _saved(clean, name)
    clean.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return Drawing(width, height, body, _saved(clean, "WEBP"))


def _clean(image: Image.Image, name: str) -> Image.Image:
    """Upright, in the colours that every screen knows, and nothing but its pixels."""
    upright = _plain(_usual_colours(ImageOps.exif_transpose(image)))
    if name == "JPEG" and upright.mode == "RGBA":
        upright = upright.convert("RGB")
    upright.info = {}
    return upright


def _plain(image: Image.Image) -> Image.Image:
    if image.mode in ("L", "RGB", "RGBA"):
        # A palette's or a colour's transparency stands beside the pixels, and would be lost.
        return image.convert("RGBA") if "transparency" in image.info else image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _usual_colours(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        usual = ImageCms.createProfile("sRGB")
        changed = ImageCms.profileToProfile(image, own, usual, outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return image
    return changed or image


def _saved(image: Image.Image, name: str) -> bytes:
    output = BytesIO()
    image.save(output, name, **OPTIONS.get(name, {}))
    return output.getvalue()
