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
    """Of one that moves the `body` is its frames as they were sent, and nothing else."""

    width: int
    height: int
    body: bytes
    is_redrawn: bool
    thumbnail: bytes


def redraw(file: BinaryIO, content_type: str) -> Drawing:
    """Raises TooManyPixels, NoImage."""
    name = FORMATS[content_type]
    file.seek(0)
    try:
        with _places:
            return _drawn(file, name)
    except (TooManyPixels, *BOMBS) as error:
        raise TooManyPixels from error
    except Exception as error:
        # Decoders fail on broken files as they like; none of it is a mistake of ours.
        raise NoImage from error


def _drawn(file: BinaryIO, name: str) -> Drawing:
    with _opened(file, name) as image:
        if image.width * image.height > MOST_PIXELS:
            raise TooManyPixels
        is_moving = getattr(image, "is_animated", False)
        clean = _clean(image, name)
    body = _frames(file, name) if is_moving else _saved(clean, name)
    width, height = clean.size
    clean.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return Drawing(width, height, body, not is_moving, _saved(clean, "WEBP"))


def _opened(file: BinaryIO, name: str) -> Image.Image:
    if name == "JPEG":
        # Telephones put several pictures into one file. Pillow would take that for one that moves;
        # its plain reader knows the first alone, which is the photo.
        return JpegImageFile(file)
    return Image.open(file, formats=[name])


def _frames(file: BinaryIO, name: str) -> bytes:
    file.seek(0)
    return only_frames(file.read(), name)


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
