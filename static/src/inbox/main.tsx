/** The inbox, from what the page brought with it. */

import { createRoot } from "react-dom/client";
import { browserClock } from "../core/clock";
import { I18n } from "../core/i18n";
import { idMaker } from "../core/ids";
import { leases, webLocks } from "../core/locks";
import { browserSurroundings } from "../core/page";
import { Store } from "../core/store";
import { openWebSocket } from "../core/wire";
import { readBoot } from "./boot";
import { Desk, type World } from "./desk";
import { chime } from "./model/alerts";
import { sendFile } from "./model/sendfile";
import { Page } from "./page";
import { App } from "./shell/App";
import { loadCatalogue } from "./words";
import "../styles/inbox.css";

const boot = readBoot(document);
const clock = browserClock();

// Libraries that write styles of their own ask for it by this name.
const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
Object.assign(globalThis, { __webpack_nonce__: nonce });

function storageOf(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function world(): World {
  const storage = storageOf();
  const owner = idMaker(() => clock.now())();
  return {
    fetch: window.fetch.bind(window),
    openWire: openWebSocket(location.origin),
    sendFile: (csrf, member) => sendFile(() => new XMLHttpRequest(), csrf, member),
    clock,
    page: browserSurroundings(window),
    storage,
    locks: navigator.locks
      ? webLocks(navigator.locks)
      : leases(new Store(storage, "tokdesk.lock."), clock, owner),
    cookies: () => document.cookie,
    ring: chime,
  };
}

async function begin(): Promise<void> {
  const { language, time_zone: timeZone } = boot.me.user;
  const clockOffset = Date.parse(boot.now) - clock.now();
  const catalogue = await loadCatalogue(language);
  const i18n = new I18n(catalogue, { locale: language, timeZone, clockOffset });
  const desk = new Desk(boot, i18n, world());
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  const page = new Page(desk, isMac);
  // First, so that what waits to be sent waits for the connection.
  desk.start();
  const root = document.getElementById("app");
  if (root !== null) createRoot(root).render(<App page={page} />);
}

void begin();
