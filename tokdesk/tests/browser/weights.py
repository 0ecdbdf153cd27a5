"""What the first picture of a page costs on the line, in kB of 1,000 bytes."""

import gzip

from playwright.sync_api import Page, Response

KINDS = {"script": "scripts", "stylesheet": "styles", "font": "fonts"}


class Weights:
    """Begin before the page is asked for; fonts are packed already, the rest travels gzipped."""

    def __init__(self, page: Page) -> None:
        self.answers: list[Response] = []
        page.on("response", lambda answer: self.answers.append(answer))

    def told(self) -> dict[str, float]:
        found = dict.fromkeys(KINDS.values(), 0.0)
        for answer in self.answers:
            kind = KINDS.get(answer.request.resource_type)
            if kind is not None and answer.ok:
                body = answer.body()
                size = len(body if kind == "fonts" else gzip.compress(body, mtime=0))
                found[kind] += size / 1000
        return found
