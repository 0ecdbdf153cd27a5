/** One kind of error for both ways to the server. */

import type { FieldFault, Message } from "./types";

export interface ApiErrorFields {
  /** Of HTTP; 0 for a frame, and where nobody answered. */
  status?: number;
  code: string;
  detail?: string;
  errors?: Record<string, FieldFault[]>;
  requestId?: string | null;
  /** Seconds. */
  retryAfter?: number | null;
  extra?: Record<string, unknown>;
}

/** Codes of our own, for what the server never said. */
export const UNREACHABLE = "unreachable";
export const TIMEOUT = "timeout";
export const DISCONNECTED = "disconnected";
export const MALFORMED = "malformed_answer";

const PASSING = new Set([
  UNREACHABLE,
  TIMEOUT,
  DISCONNECTED,
  MALFORMED,
  "rate",
  "rate_limited",
  "unavailable",
  "not_authenticated",
]);

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: Record<string, FieldFault[]>;
  readonly requestId: string | null;
  readonly retryAfter: number | null;
  readonly extra: Record<string, unknown>;

  constructor(fields: ApiErrorFields) {
    super(fields.detail || fields.code);
    this.status = fields.status ?? 0;
    this.code = fields.code;
    this.detail = fields.detail ?? "";
    this.errors = fields.errors ?? {};
    this.requestId = fields.requestId ?? null;
    this.retryAfter = fields.retryAfter ?? null;
    this.extra = fields.extra ?? {};
  }

  /** What is wrong in words: of the first field at fault, else of the whole; empty where unknown. */
  get told(): string {
    const [first] = Object.values(this.errors);
    return first?.[0]?.detail || this.detail;
  }

  /** The same again may well succeed later. */
  get isPassing(): boolean {
    const byStatus = this.status === 401 || this.status === 429 || this.status >= 500;
    return byStatus || PASSING.has(this.code);
  }
}

/** Whatever was thrown, as an ApiError. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiError({ code: UNREACHABLE, detail });
}

/** The reply that a `newer_reply` is about. */
export function newerReplyOf(error: ApiError): Message | null {
  const message = error.extra.message;
  return error.code === "newer_reply" && isObject(message) ? (message as unknown as Message) : null;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
