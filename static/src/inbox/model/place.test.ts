import { expect, test } from "vitest";
import { pathOf, permalinkOf, placeOf } from "./place";

test.each([
  ["/", "", "view mine null null"],
  ["/nowhere/at/all", "", "view mine null null"],
  ["/v/all", "", "view all null null"],
  ["/v/d-7/c/abc", "", "view d-7 abc null"],
  ["/v/all/x/abc", "", "view all null null"],
  ["/c/abc", "m=12", "view all abc 12"],
  ["/c/abc", "m=no", "view all abc null"],
  ["/team", "", "team team null null"],
  ["/team/c/abc", "", "team team abc null"],
  ["/search", "q=late+parcel", "search q-late parcel null null"],
  ["/search/c/abc", "q=x", "search q-x abc null"],
  ["/prefs", "", "preferences mine null null"],
])("%s?%s is %s", (path, query, place) => {
  const { area, view, conv, at } = placeOf(path, query);

  expect(`${area} ${view} ${conv} ${at}`).toBe(place);
});

test.each([
  "/v/all",
  "/v/s-1/c/abc",
  "/team",
  "/team/c/abc",
  "/search?q=late+parcel",
  "/search/c/a?q=x",
  "/prefs",
])("%s leads to where it comes from", (address) => {
  const [path = "", query = ""] = address.split("?");

  expect(pathOf(placeOf(path, query))).toBe(address);
});

test("a link leads to one message", () => {
  expect(permalinkOf("https://desk.example", "abc", 7)).toBe("https://desk.example/app/c/abc?m=7");
  expect(permalinkOf("https://desk.example", "abc")).toBe("https://desk.example/app/c/abc");
});

test.each(["-1", "0", "x", "1e99", "2.5"])("m=%s points at no message", (text) => {
  expect(placeOf("/c/abc", `m=${text}`).at).toBe(null);
});
