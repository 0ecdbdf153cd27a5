import { expect, test } from "vitest";
import { loadMarkdown, renderNow, renderPlain } from "./markdown";
import vectors from "./vectors/markdown.json";

test("before the renderer is here the text is shown as it was written", () => {
  const body = ' <b onclick="x">&\n**a** ';

  expect(renderPlain(body)).toBe('<p dir="auto">&lt;b onclick="x"&gt;&amp;<br>\n**a**</p>');
  expect(renderNow(body)).toBe(renderPlain(body));
});

test("once it is here it is used, and loaded once", async () => {
  const [one, two] = await Promise.all([loadMarkdown(), loadMarkdown()]);

  expect(one).toBe(two);
  expect(renderNow("**a**")).toBe('<p dir="auto"><strong>a</strong></p>');
});

test("there are vectors enough, each with a name of its own", () => {
  expect(vectors.length).toBeGreaterThanOrEqual(60);
  expect(new Set(vectors.map((each) => each.name)).size).toBe(vectors.length);
});

test.each(vectors)("$name is rendered as the server does it", async ({ body, html }) => {
  const render = await loadMarkdown();

  expect(render(body)).toBe(html);
});
