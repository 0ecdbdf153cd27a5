import { expect, test } from "vitest";
import { catalogueFaults, I18n, loadCoreCatalogue } from "./i18n";
import ar from "./messages/ar.json";
import en from "./messages/en.json";

const english = new I18n(en, { locale: "en", timeZone: "UTC" });
const arabic = new I18n(ar, { locale: "ar", timeZone: "Asia/Riyadh" });
const at = Date.parse("2026-03-10T10:00:00Z");

test("the catalogues have the same keys, the same values and every plural form", () => {
  expect(catalogueFaults({ en, ar })).toEqual([]);
});

test("what differs between catalogues is found", () => {
  const plural = { one: "{n}", other: "{n}" };
  const faults = catalogueFaults({
    en: { a: "{x}", b: "b", c: plural, d: "d", e: "e" },
    ar: { a: "{y}", b: " ", c: plural, d: { other: "d" }, f: "f" },
  });

  expect(faults).toEqual([
    "ar: f is not in en",
    "ar: a has other values",
    "ar: b is empty",
    "ar: c needs the forms few, many, one, two, zero, other",
    "ar: d is plural in one language alone",
    "ar: e is missing",
  ]);
});

test.each([
  [0, "لا تحديثات"],
  [1, "تحديث واحد"],
  [2, "تحديثان"],
  [3, "3 تحديثات"],
  [11, "11 تحديثًا"],
  [100, "100 تحديث"],
])("Arabic has a form of its own for %i", (count, text) => {
  expect(arabic.t("list.updates", { count })).toBe(text);
});

test("English has two forms, and numbers are grouped", () => {
  expect(english.t("list.updates", { count: 1 })).toBe("1 update");
  expect(english.t("list.updates", { count: 1200 })).toBe("1,200 updates");
});

test("names are put in, and isolated where they could turn the sentence", () => {
  expect(english.t("presence.typing", { name: "Lara" })).toBe("Lara is typing");
  expect(english.t("presence.typing", { name: "سارة" })).toBe("\u2068سارة\u2069 is typing");
  expect(arabic.t("presence.typing", { name: "Lara" })).toBe("\u2068Lara\u2069 يكتب الآن");
});

test("what is missing is shown as it is", () => {
  expect(english.t("presence.typing")).toBe("{name} is typing");
  expect(english.t("no.such.key" as never)).toBe("no.such.key");
  expect(new I18n({ a: {} }, { locale: "en" }).t("a", { count: 1 })).toBe("");
});

test("digits are Latin unless somebody wants others", () => {
  const own = new I18n(ar, { locale: "ar", hasArabicDigits: true });

  expect(arabic.number(12345.5)).toBe("12,345.5");
  expect(own.number(125)).toBe("١٢٥");
});

test.each([
  [0, ""],
  [-1, ""],
  [7, "7"],
  [99, "99"],
  [100, "99+"],
])("a badge of %i reads %j", (value, text) => {
  expect(english.count(value)).toBe(text);
});

test.each([
  [0, "now", "الآن"],
  [59, "now", "الآن"],
  [60, "1 min. ago", "قبل دقيقة واحدة"],
  [5 * 60 + 59, "5 min. ago", "قبل 5 دقائق"],
  [3600, "1 hr. ago", "قبل ساعة واحدة"],
  [24 * 3600 - 1, "23 hr. ago", "قبل 23 ساعة"],
  [-90, "in 1 min.", "خلال دقيقة واحدة"],
  [24 * 3600, "Mar 9", "9 مارس"],
  [200 * 24 * 3600, "Aug 22, 2025", "22 أغسطس 2025"],
])("%i seconds ago", (seconds, inEnglish, inArabic) => {
  const moment = at - seconds * 1000;

  expect(english.when(moment, at)).toBe(inEnglish);
  expect(arabic.when(new Date(moment).toISOString(), at)).toBe(inArabic);
});

test("a clock that is wrong is set right by the server's", () => {
  const late = new I18n(en, { locale: "en", clockOffset: 5 * 60_000 });

  expect(late.when(at, at - 5 * 60_000)).toBe("now");
});

test("times are of the reader's zone", () => {
  const evening = "2026-03-10T22:30:00Z";

  expect(english.time(evening).replace("\u202f", " ")).toBe("10:30 PM");
  expect(arabic.time(evening)).toBe("1:30 ص");
  expect(english.day(evening)).toBe("2026-03-10");
  expect(arabic.day(evening)).toBe("2026-03-11");
  expect(english.date(evening)).toBe("March 10, 2026");
  expect(english.full(evening).replace("\u202f", " ")).toBe("Tuesday, March 10, 2026 at 10:30 PM");
});

test("a time that is none is nothing", () => {
  expect(english.time("soon")).toBe("");
  expect(english.when("soon", at)).toBe("");
});

test("catalogues are loaded by language", async () => {
  expect(await loadCoreCatalogue("en")).toEqual(en);
  expect(await loadCoreCatalogue("ar")).toEqual(ar);
  expect([english.direction, arabic.direction]).toEqual(["ltr", "rtl"]);
});

test("a day is called by its own name, also where it begins long before ours", () => {
  const i18n = new I18n({}, { locale: "en", timeZone: "Pacific/Auckland" });

  const day = i18n.day("2026-01-10T03:00:00Z");

  expect([day, i18n.dateOf(day)]).toEqual(["2026-01-10", "January 10, 2026"]);
});
