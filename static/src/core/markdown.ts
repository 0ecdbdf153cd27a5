/** The Markdown of messages, as the server renders it (conversations/markdown.py). */

import type { MarkdownIt } from "markdown-it";

const INLINE = ["newline", "escape", "backticks", "strikethrough", "emphasis", "link", "autolink"];
const BLOCK = ["blockquote", "fence", "list", "paragraph"];
const OTHER = ["entity", "linkify", "balance_pairs", "fragments_join"];
/** A right-to-left line among left-to-right ones stands as it was meant. */
const WITH_DIRECTION = new Set(["p", "ul", "ol", "blockquote"]);
/** With a scheme always: what a link without one opens is for the page to say, not for its text. */
const LINK = /^(?:http|https|mailto|tel):/i;

type Render = (body: string) => string;

let loading: Promise<Render> | null = null;
let loaded: Render | null = null;

/** The renderer, which is a chunk of its own; once it is here, `renderNow` uses it too. */
export function loadMarkdown(): Promise<Render> {
  loading ??= import("markdown-it").then(
    (module) => {
      loaded = rendererOf(new module.default("zero", { breaks: true, linkify: true, html: false }));
      return loaded;
    },
    (error: unknown) => {
      loading = null;
      throw error;
    },
  );
  return loading;
}

/** What can be shown at once: rendered, or plain until the renderer is here. Safe HTML. */
export function renderNow(body: string): string {
  return loaded === null ? renderPlain(body) : loaded(body);
}

/** The text as it was written. */
export function renderPlain(body: string): string {
  return `<p dir="auto">${escaped(body.trim()).replaceAll("\n", "<br>\n")}</p>`;
}

function rendererOf(markdown: MarkdownIt): Render {
  markdown.enable([...INLINE, ...BLOCK, ...OTHER]);
  // What the server's linkify knows by default.
  markdown.linkify.set({ fuzzyLink: true, urlAuth: true });
  markdown.validateLink = (url) => LINK.test(url);
  // Python strips no-break spaces from paragraphs too.
  markdown.core.ruler.before("inline", "strip", ({ tokens }) => {
    for (const token of tokens) if (token.type === "inline") token.content = token.content.trim();
  });
  const { rules } = markdown.renderer;
  rules.text = (tokens, at) => escaped(tokens[at]?.content ?? "");
  rules.text_special = rules.text;
  rules.code_inline = (tokens, at) => `<code>${escaped(tokens[at]?.content ?? "")}</code>`;
  rules.fence = (tokens, at) => `<pre><code>${escaped(tokens[at]?.content ?? "")}</code></pre>\n`;
  rules.link_open = (tokens, at) => {
    const href = String(tokens[at]?.attrGet("href") ?? "");
    // The server's cleaner leaves out what no browser could open.
    const opens = URL.canParse(href) ? `href="${attribute(href)}" ` : "";
    return `<a ${opens}target="_blank" rel="noopener noreferrer nofollow ugc">`;
  };
  return (body) => {
    const env = {};
    const tokens = markdown.parse(body, env);
    for (const token of tokens) {
      if (token.nesting === 1 && WITH_DIRECTION.has(token.tag)) token.attrSet("dir", "auto");
    }
    return markdown.renderer.render(tokens, markdown.options, env).trim();
  };
}

/** As the server's cleaner writes text. */
function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\u00a0", "&nbsp;");
}

function attribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("\u00a0", "&nbsp;").replaceAll('"', "&quot;");
}
