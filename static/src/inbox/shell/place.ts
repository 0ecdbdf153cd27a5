import { usePage, useTold } from "../hooks";
import { type Place, placeOf } from "../model/place";

const FIRST = placeOf("");

/** Where one is. */
export function usePlace(): Place {
  const page = usePage();
  return useTold(page.onPlace, () => page.place) ?? FIRST;
}
