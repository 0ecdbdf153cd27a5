/** What `/try/` shows: made anew at each change, and put where it differs from what stands there. */

import { renderNow } from "../../core/markdown";
import type { Outgoing } from "../../core/outbox";
import { type Row, rowsOf } from "../../core/rows";
import type { Conversation, Message } from "../../core/types";
import type { Customer } from "./customer";

type Texts = Record<string, string>;
type Child = Node | string | false;

export interface Places {
  list: HTMLElement;
  log: HTMLElement;
  state: HTMLElement;
  signs: HTMLElement;
}

export function draw(customer: Customer, places: Places, texts: Texts, locale: string): void {
  const isAtEnd = isNearEnd(places.log);
  put(places.list, listOf(customer, texts));
  put(places.log, logOf(customer, texts, locale));
  places.signs.textContent = signsOf(customer, texts);
  drawState(customer, places.state, texts);
  if (isAtEnd) places.log.scrollTop = places.log.scrollHeight;
}

/** What is as before stays, with its focus, and is not read out again. */
function put(place: Element, nodes: Element[]): void {
  for (const [at, node] of nodes.entries()) {
    const before = place.children[at];
    if (before === undefined) place.append(node);
    else if (!before.isEqualNode(node)) before.replaceWith(node);
  }
  while (place.children.length > nodes.length) place.lastElementChild?.remove();
}

function isNearEnd(log: HTMLElement): boolean {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 80;
}

function drawState(customer: Customer, place: HTMLElement, texts: Texts): void {
  const word = wordOf(customer);
  if (place.dataset.state === word) return;
  place.dataset.state = word;
  place.textContent = texts[word] ?? "";
}

function wordOf(customer: Customer): string {
  const { state } = customer.connection;
  if (customer.isRefused) return "refused";
  if (state === "ready") return "live";
  return state === "idle" || state === "connecting" ? "connecting" : "offline";
}

function signsOf(customer: Customer, texts: Texts): string {
  if (customer.current === null) return "";
  const [first] = customer.presence.typing(customer.current);
  return first ? (texts.typing ?? "").replace("{name}", first.member.name) : "";
}

// The list

function listOf(customer: Customer, texts: Texts): Element[] {
  const fresh = item("", texts.new ?? "", customer.current === null);
  return [fresh, ...customer.conversations.map((row) => entryOf(row, customer, texts))];
}

function entryOf(row: Conversation, customer: Customer, texts: Texts): Element {
  const isOpen = row.id === customer.current;
  const name = row.subject || row.preview || `#${row.number}`;
  const dot = row.unread > 0 && !isOpen && element("span", { class: "dot", title: texts.unread });
  return item(row.id, name, isOpen, dot);
}

function item(id: string, name: string, isOpen: boolean, dot: Child = false): Element {
  const button = element(
    "button",
    { type: "button", "data-open": id, ...(isOpen && { "aria-current": "true" }) },
    element("bdi", {}, name),
    dot,
  );
  return element("li", {}, button);
}

// The log

function logOf(customer: Customer, texts: Texts, locale: string): Element[] {
  const { thread, current, me } = customer;
  if (current === null) return [element("p", { class: "soft" }, texts.nothing ?? "")];
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  const outgoing = customer.outbox.list(current);
  const rows = rowsOf(thread, outgoing, me?.id ?? "", (at) => day.format(at));
  const last = rows.findLast((row) => row.kind === "message" && row.message.author?.id === me?.id);
  return rows.flatMap((row) => rowOf(row, row === last, customer, texts, locale));
}

function rowOf(
  row: Row,
  isLastOwn: boolean,
  customer: Customer,
  texts: Texts,
  locale: string,
): Element[] {
  if (row.kind === "day") return [element("p", { class: "day" }, row.day)];
  if (row.kind === "outgoing") return [outgoingOf(row.outgoing, texts)];
  if (row.kind !== "message") return [];
  const { message } = row;
  const isOwn = message.author?.id === customer.me?.id;
  const name =
    !isOwn && row.isFirst && element("bdi", { class: "name" }, message.author?.name ?? "");
  const seen = [...customer.readBy.values()].some((seq) => seq >= message.seq);
  const told = isLastOwn ? (seen ? texts.seen : texts.sent) : "";
  const time = element("time", { datetime: message.created_at }, hour(message, locale));
  const body = bubble(message.deleted ? "" : message.body_html, texts.deleted ?? "");
  const foot = element("span", { class: "foot" }, time, told ? ` · ${told}` : false);
  const facts = { class: isOwn ? "own said" : "said", "data-seq": String(message.seq) };
  return [element("article", facts, name, body, foot)];
}

function outgoingOf(outgoing: Outgoing, texts: Texts): Element {
  const { state, message, reason } = outgoing;
  const told = `${texts[state] ?? ""} ${state === "failed" ? (reason?.detail ?? "") : ""}`.trim();
  const press = (name: string, text = "") =>
    state === "failed" &&
    element("button", { type: "button", class: "quiet", [name]: message.client_id }, text);
  const again = press("data-retry", texts.retry);
  const away = press("data-discard", texts.discard);
  const foot = element("span", { class: "foot" }, told, again, away);
  return element("article", { class: `own said ${state}` }, bubble(renderNow(message.body)), foot);
}

/** HTML of the server's own making, or of the renderer that shares its rules. */
function bubble(html: string, otherwise = ""): Element {
  const body = element("div", { class: "bubble" }, html ? false : otherwise);
  if (html) body.innerHTML = html;
  return body;
}

function hour(message: Message, locale: string): string {
  const style = { hour: "numeric", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat(locale, style).format(new Date(message.created_at));
}

function element(
  name: string,
  facts: Record<string, string | undefined>,
  ...children: Child[]
): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(facts)) {
    if (value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((each) => each !== false));
  return made;
}
