/** Words, numbers and times in the reader's language. */

import type en from "./messages/en.json";

export type Locale = "en" | "ar";
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>>;
/** A text, or its plural forms, which `{count}` chooses between. */
export type Catalogue<Key extends string = string> = Record<Key, string | Forms>;
/** Of the core; faces put their own catalogues beside it. */
export type CoreKey = keyof typeof en;
export type Values = Record<string, string | number>;

export interface I18nOptions {
  locale: Locale;
  timeZone?: string;
  hasArabicDigits?: boolean;
  /** What the server's clock is ahead of ours, in milliseconds. */
  clockOffset?: number;
}

const DAY_MS = 24 * 3600 * 1000;
/** Largest first. */
const UNITS = [
  ["hour", 3600_000],
  ["minute", 60_000],
] as const;
const RTL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const [ISOLATE, POP] = ["\u2068", "\u2069"];

/** The catalogue of the core; each is a chunk of its own. */
export async function loadCoreCatalogue(locale: Locale): Promise<Catalogue<CoreKey>> {
  const loaded =
    locale === "ar" ? await import("./messages/ar.json") : await import("./messages/en.json");
  return loaded.default;
}

export class I18n<Key extends string> {
  readonly locale: Locale;
  readonly direction: "ltr" | "rtl";
  private readonly tag: string;
  /** Of the reader, where it need not be the browser's. */
  readonly timeZone: string | undefined;
  /** What the server's clock is ahead of ours, in milliseconds. */
  readonly clockOffset: number;
  private readonly plurals: Intl.PluralRules;
  private readonly numbers: Intl.NumberFormat;
  private readonly ago: Intl.RelativeTimeFormat;
  private readonly formats = new Map<string, Intl.DateTimeFormat>();

  constructor(
    private readonly catalogue: Catalogue<Key>,
    options: I18nOptions,
  ) {
    this.locale = options.locale;
    this.direction = options.locale === "ar" ? "rtl" : "ltr";
    this.tag = `${options.locale}-u-nu-${options.hasArabicDigits ? "arab" : "latn"}`;
    this.timeZone = options.timeZone || undefined;
    this.clockOffset = options.clockOffset ?? 0;
    this.plurals = new Intl.PluralRules(this.tag);
    this.numbers = new Intl.NumberFormat(this.tag);
    this.ago = new Intl.RelativeTimeFormat(this.tag, { numeric: "auto", style: "short" });
  }

  /** A key that is missing is shown, so that it is found. */
  t = (key: Key, values: Values = {}): string => {
    const entry = this.catalogue[key] ?? key;
    const text = typeof entry === "string" ? entry : this.formOf(entry, values.count);
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : this.shown(value);
    });
  };

  number(value: number): string {
    return this.numbers.format(value);
  }

  /** Of a badge: nothing at zero, and never wider than 99+. */
  count(value: number): string {
    if (value <= 0) return "";
    return value > 99 ? `${this.number(99)}+` : this.number(value);
  }

  time(at: string | number): string {
    return this.format(at, { hour: "numeric", minute: "2-digit" });
  }

  date(at: string | number): string {
    return this.format(at, { day: "numeric", month: "long", year: "numeric" });
  }

  /** Of a day by itself, as `day` gives it. */
  dateOf(day: string): string {
    const options = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
    return this.format(day, options);
  }

  /** A day of this week or later, with its time. */
  moment(at: string | number): string {
    return this.format(at, {
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "numeric",
      minute: "2-digit",
    });
  }

  /** For titles: all that is known. */
  full(at: string | number): string {
    return this.format(at, { dateStyle: "full", timeStyle: "short" });
  }

  /** Relative for a day, then the date, with its year where that is another one. */
  when(at: string | number, now: number): string {
    const moment = millisecondsOf(at);
    const past = now + this.clockOffset - moment;
    if (Math.abs(past) < DAY_MS) return this.relative(past);
    const isThisYear = this.year(moment) === this.year(now + this.clockOffset);
    const day = { day: "numeric", month: "short" } as const;
    return this.format(moment, isThisYear ? day : { ...day, year: "numeric" });
  }

  /** The day in the reader's time zone, as YYYY-MM-DD: to group by, not to show. */
  day = (at: string | number): string => {
    const format = this.formatter("en-CA-u-nu-latn", { dateStyle: "short" });
    return formatted(format, millisecondsOf(at));
  };

  private relative(past: number): string {
    for (const [unit, size] of UNITS) {
      if (Math.abs(past) >= size) return this.ago.format(-Math.trunc(past / size), unit);
    }
    return this.ago.format(0, "second");
  }

  private year(at: number): string {
    return this.format(at, { year: "numeric" });
  }

  private format(at: string | number, options: Intl.DateTimeFormatOptions): string {
    return formatted(this.formatter(this.tag, options), millisecondsOf(at));
  }

  private formatter(tag: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = tag + JSON.stringify(options);
    const known = this.formats.get(key);
    if (known !== undefined) return known;
    const zone = this.timeZone && { timeZone: this.timeZone };
    const made = new Intl.DateTimeFormat(tag, { ...zone, ...options });
    this.formats.set(key, made);
    return made;
  }

  private formOf(forms: Forms, count: string | number | undefined): string {
    const form = this.plurals.select(Number(count) || 0);
    return forms[form] ?? forms.other ?? "";
  }

  /** A name of the other direction must not turn what stands around it. */
  private shown(value: string | number): string {
    if (typeof value === "number") return this.number(value);
    const isForeign = this.direction === "rtl" || RTL.test(value);
    return isForeign ? `${ISOLATE}${value}${POP}` : value;
  }
}

/** What differs between catalogues; nothing where all is well. */
export function catalogueFaults(catalogues: Record<string, Catalogue>): string[] {
  const faults: string[] = [];
  const [source = "", ...others] = Object.keys(catalogues);
  const keys = Object.keys(catalogues[source] ?? {});
  for (const locale of [source, ...others]) {
    const catalogue = catalogues[locale] ?? {};
    const extra = Object.keys(catalogue).filter((key) => !keys.includes(key));
    faults.push(...extra.map((key) => `${locale}: ${key} is not in ${source}`));
    for (const key of keys) {
      const fault = entryFault(catalogue[key], catalogues[source]?.[key], locale);
      if (fault) faults.push(`${locale}: ${key} ${fault}`);
    }
  }
  return faults;
}

function entryFault(
  entry: string | Forms | undefined,
  source: string | Forms | undefined,
  locale: string,
): string {
  if (entry === undefined) return "is missing";
  if (typeof entry !== typeof source) return "is plural in one language alone";
  const texts = typeof entry === "string" ? [entry] : Object.values(entry);
  if (texts.some((text) => text.trim() === "")) return "is empty";
  if (namesIn(entry) !== namesIn(source)) return "has other values";
  if (typeof entry === "string") return "";
  const wanted = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
  const isWhole = [...wanted].sort().join() === Object.keys(entry).sort().join();
  return isWhole ? "" : `needs the forms ${wanted.join(", ")}`;
}

/** Of the form that all languages have; words may stand for one and two. */
function namesIn(entry: string | Forms | undefined): string {
  const text = typeof entry === "string" ? entry : (entry?.other ?? "");
  return [...new Set(text.match(/\{\w+\}/g))].sort().join();
}

function millisecondsOf(at: string | number): number {
  return typeof at === "number" ? at : Date.parse(at);
}

/** A time that is none comes from the network and is shown as nothing. */
function formatted(format: Intl.DateTimeFormat, at: number): string {
  return Number.isFinite(at) ? format.format(at) : "";
}
