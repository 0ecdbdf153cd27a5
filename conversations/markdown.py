"""The Markdown that messages may use, as safe HTML and as one plain line.

Emphasis, strikethrough, code, links, lists and quotes; no headings, images, tables or HTML. Text is
rendered once, when it is stored.
"""

import re
from collections.abc import Iterable

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

ELLIPSIS = "…"
INLINE = ("newline", "escape", "backticks", "strikethrough", "emphasis", "link", "autolink")
BLOCK = ("blockquote", "fence", "list", "paragraph")
# A right-to-left line among left-to-right ones stands as it was meant.
WITH_DIRECTION = ("p", "ul", "ol", "blockquote")
TAGS = {"p", "br", "em", "strong", "s", "code", "pre", "a", "ul", "ol", "li", "blockquote"}
SCHEMES = {"http", "https", "mailto", "tel"}
# With a scheme always: what a link without one opens is for the page to say, not for its text.
LINK = re.compile(rf"(?:{'|'.join(sorted(SCHEMES))}):", re.IGNORECASE)

_markdown = MarkdownIt("zero", {"breaks": True, "linkify": True, "html": False})
_markdown.enable([*INLINE, *BLOCK, "entity", "linkify", "balance_pairs", "fragments_join"])
_markdown.validateLink = lambda url: bool(LINK.match(url))  # type: ignore[method-assign]
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={
        **{tag: {"dir"} for tag in WITH_DIRECTION},
        "a": {"href"},
        "ol": {"start", "dir"},
        # No titles: one could tell of another address than the link opens.
        "*": set(),
    },
    url_schemes=SCHEMES,
    link_rel="noopener noreferrer nofollow ugc",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)


def render_html(body: str) -> str:
    """Safe to put into a page as it is."""
    tokens = _markdown.parse(body)
    for token in tokens:
        if token.nesting == 1 and token.tag in WITH_DIRECTION:
            token.attrSet("dir", "auto")
    html: str = _markdown.renderer.render(tokens, _markdown.options, {})
    return _cleaner.clean(html).strip()


def plain_line(body: str, longest: int) -> str:
    """What it says, without marks, on one line; cut at a word where there is one to cut at."""
    # A preview needs no more of a long message than this.
    tokens = _markdown.parse(body[: longest * 8])
    line = " ".join("".join(_words(tokens)).split())
    if len(line) <= longest:
        return line
    cut = line[: longest - len(ELLIPSIS)]
    head, space, _tail = cut.rpartition(" ")
    return (head if space and len(head) > longest // 2 else cut).rstrip() + ELLIPSIS


def _words(tokens: Iterable[Token]) -> Iterable[str]:
    for token in tokens:
        if token.children:
            yield from _words(token.children)
            yield " "
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.type in ("text", "code_inline", "fence", "text_special"):
            yield token.content
            if token.type == "fence":
                yield " "
