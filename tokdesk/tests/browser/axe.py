"""What axe-core finds wrong on a page: https://github.com/dequelabs/axe-core."""

from typing import Any

from playwright.sync_api import Page

from tokdesk.tests.steps import ROOT

SCRIPT = ROOT / "static" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: 'tag', values: tags } });
  return found.violations.map((each) => ({
    id: each.id, help: each.help, nodes: each.nodes.map((node) => node.html.slice(0, 200)),
  }));
}"""


def violations(page: Page) -> list[dict[str, Any]]:
    """Each broken rule with the elements that break it."""
    assert SCRIPT.exists(), "install it: npm --prefix static ci"
    # Handed over as an expression: a script element would need the page's nonce.
    page.evaluate(SCRIPT.read_text())
    found: list[dict[str, Any]] = page.evaluate(RUN, TAGS)
    return found
