"""How a letter looks: the company's name and colour above it, readable whatever the colour is."""

import re
from dataclasses import dataclass

from companies.models import Company
from notifications.names import spoken

COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
OWN_COLOUR = "#2858cd"
# Black, as anything lighter is too pale on a middle grey.
DARK, LIGHT = "#000000", "#ffffff"


@dataclass(frozen=True)
class Brand:
    """The head of a letter; `ink` is the colour of the name on it."""

    name: str
    colour: str
    ink: str


def brand_of(company: Company) -> Brand:
    """A colour that is none, however it came to be stored, is ours: it stands in the page's CSS."""
    colour = company.colour if COLOUR.match(company.colour) else OWN_COLOUR
    return Brand(spoken(company.name), colour, ink_on(colour))


def ink_on(colour: str) -> str:
    """Dark or light, whichever is told apart better from the colour."""
    return max((LIGHT, DARK), key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2: from 1 for the same colour to 21 for black on white."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    if part <= 0.04045:
        return part / 12.92
    value: float = ((part + 0.055) / 1.055) ** 2.4
    return value


DESK = Brand("TokDesk", OWN_COLOUR, ink_on(OWN_COLOUR))
