/** Requests to our own API from our own pages: session cookie, CSRF header, JSON, problems. */

import type { Clock } from "./clock";
import { ApiError, isObject, MALFORMED, TIMEOUT, UNREACHABLE } from "./errors";
import type { FieldFault } from "./types";

const BASE = "/api/v1/";
export const MEMBER_HEADER = "X-TokDesk-Member";
const TIMEOUT_MS = 30_000;
const STANDARD = new Set([
  "type",
  "title",
  "status",
  "code",
  "detail",
  "errors",
  "request_id",
  "retry_after",
]);

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface RequestOptions {
  query?: Query;
  /** JSON, unless it is FormData. */
  body?: unknown;
  signal?: AbortSignal;
  /** Goes on when the page is left. */
  keepalive?: boolean;
  headers?: Record<string, string>;
}

export interface HttpOptions {
  fetch: typeof fetch;
  clock: Clock;
  csrf: () => string;
  /** Goes with every request: of whoever signs in beside the page, nothing is done in their name. */
  member?: string;
  /**
   * The session has ended. Whoever can begin a new one (a dialog) answers true when there is one,
   * and all that was refused is asked again. Many requests that fail together ask once.
   */
  onUnauthenticated?: () => Promise<boolean>;
}

export class Http {
  private renewing: Promise<boolean> | null = null;

  constructor(private readonly options: HttpOptions) {}

  get<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return this.request<T>("GET", path, options);
  }

  post<T>(path: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
    return this.request<T>("POST", path, { ...options, body });
  }

  put<T>(path: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
    return this.request<T>("PUT", path, { ...options, body });
  }

  patch<T>(path: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
    return this.request<T>("PATCH", path, { ...options, body });
  }

  delete(path: string, options: RequestOptions = {}): Promise<void> {
    return this.request<void>("DELETE", path, options);
  }

  /** Rejects with ApiError, or with the reason of the given signal. */
  async request<T>(method: string, path: string, options: RequestOptions): Promise<T> {
    let response = await this.send(method, path, options);
    if (response.status === 401 && (await this.renewed(options.signal))) {
      response = await this.send(method, path, options);
    }
    return (await read(response)) as T;
  }

  private async send(method: string, path: string, options: RequestOptions): Promise<Response> {
    const { signal, body } = options;
    signal?.throwIfAborted();
    const control = new AbortController();
    const stop = () => control.abort(signal?.reason);
    const late = new ApiError({ code: TIMEOUT });
    const timer = this.options.clock.after(TIMEOUT_MS, () => control.abort(late));
    signal?.addEventListener("abort", stop);
    try {
      const { fetch } = this.options;
      return await fetch(urlOf(path, options.query), {
        method,
        credentials: "same-origin",
        headers: this.headers(method, options),
        keepalive: options.keepalive ?? false,
        signal: control.signal,
        ...(body === undefined ? {} : { body: encoded(body) }),
      });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw control.signal.aborted ? late : new ApiError({ code: UNREACHABLE, detail: `${error}` });
    } finally {
      this.options.clock.cancel(timer);
      signal?.removeEventListener("abort", stop);
    }
  }

  private headers(method: string, { body, headers }: RequestOptions): Record<string, string> {
    const { member } = this.options;
    const told: Record<string, string> = { Accept: "application/json", ...headers };
    if (member !== undefined) told[MEMBER_HEADER] = member;
    if (method !== "GET") told["X-CSRFToken"] = this.options.csrf();
    if (body !== undefined && !(body instanceof FormData)) {
      told["Content-Type"] = "application/json";
    }
    return told;
  }

  private async renewed(signal: AbortSignal | undefined): Promise<boolean> {
    this.renewing ??= (this.options.onUnauthenticated?.() ?? Promise.resolve(false))
      .catch(() => false)
      .finally(() => {
        this.renewing = null;
      });
    const isRenewed = await this.renewing;
    signal?.throwIfAborted();
    return isRenewed;
  }
}

/** What Django put into the cookie; its name has a prefix where the site is served by HTTPS. */
export function csrfOf(cookies: string): string {
  const found = /(?:^|;\s*)(?:__Host-)?csrftoken=([^;]*)/.exec(cookies);
  return found?.[1] ?? "";
}

/** A path of the API, or a link of a page of results, as an address of this origin. */
function urlOf(path: string, query: Query = {}): string {
  const start = path.indexOf(BASE);
  const url = BASE + (start < 0 ? path : path.slice(start + BASE.length));
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  if (given.length === 0) return url;
  return `${url}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

function encoded(body: unknown): BodyInit {
  return body instanceof FormData ? body : JSON.stringify(body);
}

async function read(response: Response): Promise<unknown> {
  const { status } = response;
  let body: unknown;
  try {
    const text = await response.text();
    body = text === "" ? undefined : JSON.parse(text);
  } catch {
    if (response.ok) throw new ApiError({ status, code: MALFORMED });
  }
  if (response.ok) return body;
  throw problemOf(response, isObject(body) ? body : {});
}

function problemOf(response: Response, body: Record<string, unknown>): ApiError {
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const seconds = Number.parseFloat(response.headers.get("Retry-After") ?? "");
  return new ApiError({
    status: response.status,
    code: text(body.code) || `http_${response.status}`,
    detail: text(body.detail),
    errors: isObject(body.errors) ? (body.errors as Record<string, FieldFault[]>) : {},
    requestId: text(body.request_id) || response.headers.get("X-Request-ID"),
    retryAfter: Number.isFinite(seconds) ? seconds : null,
    extra: Object.fromEntries(Object.entries(body).filter(([name]) => !STANDARD.has(name))),
  });
}
