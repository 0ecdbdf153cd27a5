/**
 * Times until which one puts something aside: the usual ones, and those that are typed. All of them
 * are what a clock on the wall shows, as UTC fields of a Date; see core/zones.ts.
 */

export interface SnoozeTime {
  id: "later" | "tomorrow" | "monday" | "week";
  at: Date;
}

const MORNING = 9;
const LATER_HOURS = 3;
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const ARABIC_DAYS = ["الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"];
const TOMORROW = /^(tomorrow|tmr|غدا|غدًا)$/;
const TODAY = /^(today|اليوم)$/;
const AFTER =
  /^(?:in )?(\d{1,3}) ?(m|min|minutes?|h|hours?|d|days?|دقيقة|دقائق|ساعة|ساعات|يوم|أيام)$/;
const TIME = /^(?:at )?(\d{1,2})(?::(\d{2}))? ?(am|pm|ص|م)?$/;
const MINUTES: Record<string, number> = { m: 1, h: 60, d: 1440, د: 1, س: 60, ي: 1440, أ: 1440 };

export function snoozeTimes(now: Date): SnoozeTime[] {
  const later = new Date(now.getTime() + LATER_HOURS * 3_600_000);
  const toMonday = (8 - now.getUTCDay()) % 7 || 7;
  const times: SnoozeTime[] = [
    { id: "later", at: later },
    { id: "tomorrow", at: morning(now, 1) },
    { id: "monday", at: morning(now, toMonday) },
    { id: "week", at: morning(now, 7) },
  ];
  // Late at night it would be tomorrow.
  return later.getUTCDate() === now.getUTCDate() ? times : times.slice(1);
}

/** What "fri 10am", "tomorrow", "in 2 hours" or "15:30" mean from now on; null where nothing. */
export function timeIn(text: string, now: Date): Date | null {
  const words = text.trim().toLowerCase();
  if (words === "") return null;
  const after = AFTER.exec(words);
  if (after !== null) {
    const minutes = Number(after[1]) * (MINUTES[after[2]?.[0] ?? ""] ?? 0);
    return minutes > 0 ? new Date(now.getTime() + minutes * 60_000) : null;
  }
  const [first = "", ...rest] = words.split(/\s+/);
  const days = daysTo(first, now);
  const time = timeOf((days === null ? words : rest.join(" ")).trim());
  if (days === null) return time === null ? null : next(now, time);
  if (rest.length > 0 && time === null) return null;
  const at = day(now, days, time ?? [MORNING, 0]);
  return at > now ? at : null;
}

function daysTo(word: string, now: Date): number | null {
  if (TODAY.test(word)) return 0;
  if (TOMORROW.test(word)) return 1;
  const english = DAYS.indexOf(word.slice(0, 3));
  const isEnglish = english >= 0 && /^[a-z]{3,9}$/.test(word);
  const wanted = isEnglish ? english : ARABIC_DAYS.indexOf(word);
  return wanted < 0 ? null : (wanted - now.getUTCDay() + 7) % 7 || 7;
}

function timeOf(text: string): [number, number] | null {
  const found = TIME.exec(text);
  if (found === null) return null;
  const [hour, minute] = [Number(found[1]), Number(found[2] ?? 0)];
  const half = found[3];
  const isAfternoon = half === "pm" || half === "م";
  const hours = half === undefined ? hour : (hour % 12) + (isAfternoon ? 12 : 0);
  return hours < 24 && minute < 60 && (half === undefined || hour <= 12) ? [hours, minute] : null;
}

function next(now: Date, time: [number, number]): Date {
  const today = day(now, 0, time);
  return today > now ? today : day(now, 1, time);
}

function morning(now: Date, days: number): Date {
  return day(now, days, [MORNING, 0]);
}

function day(now: Date, days: number, [hour, minute]: [number, number]): Date {
  return new Date(
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + days, hour, minute),
  );
}
