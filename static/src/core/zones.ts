/**
 * What a clock on the wall shows in a time zone, which need not be the browser's: a Date whose UTC
 * fields are the wall's.
 */

export function wallOf(at: Date, timeZone?: string): Date {
  const format = new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", {
    ...(timeZone && { timeZone }),
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const shown = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => shown.get(type) ?? 0;
  const day = [part("year"), part("month") - 1, part("day")] as const;
  return new Date(Date.UTC(...day, part("hour"), part("minute"), part("second")));
}

/** When the wall shows this; an hour that a change of time leaves out is the one behind it. */
export function momentOf(wall: Date, timeZone?: string): Date {
  const ahead = (at: Date) =>
    wallOf(at, timeZone).getTime() - Math.floor(at.getTime() / 1000) * 1000;
  const near = new Date(wall.getTime() - ahead(wall));
  const exact = new Date(wall.getTime() - ahead(near));
  return wallOf(exact, timeZone).getTime() === Math.floor(wall.getTime() / 1000) * 1000
    ? exact
    : near;
}
