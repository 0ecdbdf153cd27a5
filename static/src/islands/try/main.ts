/** `/try/`: a customer of the demo, who writes to whoever has the inbox open in another window. */

import "./try.css";
import { browserClock } from "../../core/clock";
import { idMaker } from "../../core/ids";
import { webLocks } from "../../core/locks";
import { loadMarkdown } from "../../core/markdown";
import { browserSurroundings } from "../../core/page";
import { openWebSocket } from "../../core/wire";
import { type Boot, Customer } from "./customer";
import { draw } from "./draw";

const place = (id: string) => document.getElementById(id) as HTMLElement;

function begin(): void {
  const boot = JSON.parse(place("boot").textContent ?? "") as Boot;
  const clock = browserClock();
  const customer = new Customer(boot, {
    fetch: (url, init) => fetch(url, init),
    open: openWebSocket(location.origin),
    clock,
    page: browserSurroundings(window),
    locks: webLocks(navigator.locks),
    storage: window.localStorage,
    newId: idMaker(() => clock.now()),
  });
  const places = {
    list: place("talks"),
    log: place("log"),
    state: place("state"),
    signs: place("signs"),
  };
  const { lang } = document.documentElement;
  const show = () => {
    draw(customer, places, boot.texts, lang);
    watch(customer, places.log);
  };
  customer.onChange.add(show);
  places.list.addEventListener("click", (event) => openTalk(customer, event));
  places.log.addEventListener("click", (event) => decide(customer, event));
  places.log.addEventListener("scroll", () => {
    if (places.log.scrollTop < 40) void customer.more();
  });
  listenTo(customer, place("composer") as HTMLFormElement);
  void loadMarkdown().then(show);
  void customer.begin();
}

function listenTo(customer: Customer, form: HTMLFormElement): void {
  const text = form.elements.namedItem("text") as HTMLTextAreaElement;
  const send = async () => {
    const body = text.value.trim();
    if (!body) return;
    text.value = "";
    try {
      await customer.say(body);
    } catch {
      // Nothing is lost: it stands there again.
      text.value ||= body;
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  text.addEventListener("input", () => customer.signs.typed("public"));
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send();
  });
}

function openTalk(customer: Customer, event: Event): void {
  const button = (event.target as Element).closest<HTMLElement>("[data-open]");
  if (!button) return;
  if (button.dataset.open) void customer.show(button.dataset.open);
  else customer.leave();
  place("text").focus();
}

/** What becomes of words that were refused. */
function decide(customer: Customer, event: Event): void {
  const { retry, discard } = (event.target as Element).closest("button")?.dataset ?? {};
  if (retry) customer.outbox.retry(retry);
  if (discard) customer.outbox.discard(discard);
}

let watcher: IntersectionObserver | null = null;

/** What stands before the customer's eyes counts as read. */
function watch(customer: Customer, log: HTMLElement): void {
  watcher?.disconnect();
  watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const seq = Number((target as HTMLElement).dataset.seq);
        if (isIntersecting) customer.marker.show(seq);
        else customer.marker.hide(seq);
      }
    },
    { root: log, threshold: 0.6 },
  );
  for (const each of log.querySelectorAll("[data-seq]")) watcher.observe(each);
}

begin();
