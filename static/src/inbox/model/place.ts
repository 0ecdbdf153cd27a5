/** Where in the inbox one is, as its address says. */

import type { Id } from "../../core/types";

export interface Place {
  area: "view" | "team" | "search" | "preferences";
  /** Of the list beside what is open. */
  view: string;
  conv: Id | null;
  /** The message that a link points at. */
  at: number | null;
}

const FIRST: Place = { area: "view", view: "mine", conv: null, at: null };
const ROOT = "/app";

/** Of the path behind /app, and of the query. */
export function placeOf(path: string, query = ""): Place {
  const [area = "", ...rest] = path.split("/").filter((part) => part !== "");
  const asked = new URLSearchParams(query);
  const at = seqOf(asked.get("m"));
  switch (area) {
    case "v":
      return { ...FIRST, view: rest[0] ?? "mine", conv: convOf(rest, 1), at };
    case "c":
      return { ...FIRST, view: "all", conv: rest[0] ?? null, at };
    case "team":
      return { area: "team", view: "team", conv: convOf(rest, 0), at };
    case "search":
      return {
        area: "search",
        view: `q-${(asked.get("q") ?? "").trim()}`,
        conv: convOf(rest, 0),
        at,
      };
    case "prefs":
      return { ...FIRST, area: "preferences" };
    default:
      return FIRST;
  }
}

/** Messages are numbered from 1; whatever else a link says leads to the end. */
function seqOf(text: string | null): number | null {
  const seq = Number(text);
  return Number.isSafeInteger(seq) && seq > 0 ? seq : null;
}

export function pathOf(place: Pick<Place, "area" | "view" | "conv">): string {
  const tail = place.conv === null ? "" : `/c/${place.conv}`;
  switch (place.area) {
    case "team":
      return `/team${tail}`;
    case "search":
      return `/search${tail}?${new URLSearchParams({ q: place.view.slice(2) })}`;
    case "preferences":
      return "/prefs";
    default:
      return `/v/${place.view}${tail}`;
  }
}

/** What can be sent to a colleague. */
export function permalinkOf(origin: string, conv: Id, seq?: number): string {
  return `${origin}${ROOT}/c/${conv}${seq === undefined ? "" : `?m=${seq}`}`;
}

function convOf(rest: string[], at: number): Id | null {
  return rest[at] === "c" ? (rest[at + 1] ?? null) : null;
}
