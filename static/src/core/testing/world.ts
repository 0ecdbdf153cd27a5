/** The outside world in memory: a page, a storage, a network. */

import type { PageEvent, Surroundings } from "../page";

export class FakePage implements Surroundings {
  online = true;
  visible = true;
  focused = true;
  private readonly listeners = new Map<PageEvent, Set<() => void>>();
  private readonly storageListeners = new Set<(key: string | null) => void>();

  isOnline = () => this.online;
  isVisible = () => this.visible;
  hasFocus = () => this.focused;

  on = (event: PageEvent, listener: () => void) => {
    const all = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, all.add(listener));
    return () => void all.delete(listener);
  };

  onStorage = (listener: (key: string | null) => void) => {
    this.storageListeners.add(listener);
    return () => void this.storageListeners.delete(listener);
  };

  fire(event: PageEvent): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener();
  }

  written(key: string | null): void {
    for (const listener of [...this.storageListeners]) listener(key);
  }

  set(changes: Partial<Pick<FakePage, "online" | "visible" | "focused">>): void {
    Object.assign(this, changes);
    if (changes.online !== undefined) this.fire(changes.online ? "online" : "offline");
    if (changes.visible !== undefined) this.fire("visibility");
    if (changes.focused !== undefined) this.fire(changes.focused ? "focus" : "blur");
  }
}

export class MemoryStorage implements Storage {
  private readonly items = new Map<string, string>();
  isFull = false;

  get length(): number {
    return this.items.size;
  }
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    if (this.isFull) throw new DOMException("full", "QuotaExceededError");
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
  clear(): void {
    this.items.clear();
  }
  key(index: number): string | null {
    return [...this.items.keys()][index] ?? null;
  }
}

export interface Request {
  method: string;
  path: string;
  body: unknown;
  headers: Headers;
  keepalive: boolean;
}

/** A server that answers by a function and remembers what it was asked. */
export class FakeNetwork {
  readonly requests: Request[] = [];

  constructor(public answer: (request: Request) => Response | Promise<Response>) {}

  fetch = async (url: string | URL | globalThis.Request, init: RequestInit = {}) => {
    const { body } = init;
    const request = {
      method: init.method ?? "GET",
      path: String(url).replace("/api/v1/", ""),
      body: typeof body === "string" ? JSON.parse(body) : (body ?? null),
      headers: new Headers(init.headers),
      keepalive: init.keepalive ?? false,
    };
    this.requests.push(request);
    const stopped = new Promise<never>((_, reject) => {
      init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
    });
    return Promise.race([Promise.resolve(this.answer(request)), stopped]);
  };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  const text = status === 204 ? null : JSON.stringify(body);
  return new Response(text, {
    status,
    headers: { "Content-Type": "application/json", ...headers },
  });
}

export function problem(status: number, code: string, more: object = {}): Response {
  const told = { type: `urn:tokdesk:problem:${code}`, title: code, status, code, detail: code };
  return json({ ...told, request_id: "r-1", ...more }, status, {
    "Content-Type": "application/problem+json",
  });
}
