import { expect, test } from "vitest";
import { FakeNetwork } from "../../core/testing/world";
import { saveLanguage } from "./language";
import { signIn } from "./signin";

const network = (status: number) => new FakeNetwork(() => new Response(null, { status }));

test.each([
  [302, null],
  [401, "session.wrong"],
  [400, "session.wrong"],
  [403, "session.closed"],
  [429, "session.too_many"],
])("%d is told as %j", async (status, wanted) => {
  const { fetch, requests } = network(status);

  expect(await signIn("lara@acme.example", "secret", true, { fetch }, "token")).toBe(wanted);
  expect(requests.map(({ path, body }) => `${path} ${body}`)).toEqual([
    "/accounts/sign-in/ email=lara%40acme.example&password=secret&is_kept=on",
  ]);
});

test("without a network nobody comes in", async () => {
  const fetch = async () => {
    throw new TypeError("no network");
  };

  expect(await signIn("a@b.example", "secret", false, { fetch }, "token")).toBe(
    "session.unreachable",
  );
});

test("a language is the person's, and this browser's", async () => {
  const { fetch, requests } = network(302);
  const told: object[] = [];
  const changeMe = async (changes: object) => {
    told.push(changes);
    return {} as never;
  };

  await saveLanguage("ar", { changeMe }, { fetch, cookies: () => "csrftoken=token" });

  expect(told).toEqual([{ language: "ar" }]);
  expect(
    requests.map((each) => `${each.path} ${each.body} ${each.headers.get("X-CSRFToken")}`),
  ).toEqual(["/language/ language=ar token"]);
});
