import { expect, test } from "vitest";
import { type Action, Actions, type Scope } from "./actions";
import { conflicts, Keymap } from "./keymap";
import { SHORTCUTS, type ShortcutId } from "./shortcuts";
import { ManualClock } from "./testing/clock";
import { type Key, keysOn, LAYOUTS } from "./testing/layouts";

interface Context {
  isEmpty: boolean;
}

interface Given extends Partial<KeyboardEventInit> {
  altGraph?: boolean;
  target?: EventTarget;
  prevented?: boolean;
}

function press(key: string, more: Given = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, cancelable: true, ...more });
  const { target = document.body, altGraph = false, prevented, isComposing = false } = more;
  Object.defineProperties(event, {
    target: { value: target },
    isComposing: { value: isComposing },
    keyCode: { value: more.keyCode ?? 0 },
    getModifierState: { value: (name: string) => name === "AltGraph" && altGraph },
  });
  if (prevented) event.preventDefault();
  return event;
}

const all = Object.entries(SHORTCUTS).map(([id, shortcut]) => ({ id, ...shortcut }));

function world(scopes: Scope[] = ["global"], isMac = false) {
  const done: string[] = [];
  const actions = new Actions<Context>();
  const clock = new ManualClock();
  const here = new Set(scopes);
  const context = { isEmpty: true };
  const register = (more: Partial<Action<Context>> & { id: string }) =>
    actions.register({
      title: more.id,
      scope: "global",
      keys: [],
      run: () => void done.push(more.id),
      ...more,
    });
  for (const each of all) register(each);
  const keymap = new Keymap({ actions, clock, context: () => context, scopes: () => here, isMac });
  const hit = (key: string, more: Given = {}) => keymap.handle(press(key, more));
  return { done, actions, clock, context, register, keymap, hit };
}

test("no two actions ask for the same keys in the same place", () => {
  expect(conflicts(all)).toEqual([]);
});

test("conflicts are found: the same keys, a sequence that never ends, any place beside a wide one", () => {
  const a = { id: "a", scope: "list", keys: ["x", "g i"] } as const;
  const b = { id: "b", scope: "conversation", keys: ["x"] } as const;
  const c = { id: "c", scope: "global", keys: ["g"] } as const;
  const d = { id: "d", scope: "thread", keys: ["g i"] } as const;

  expect(conflicts([a, b, c, d])).toEqual(["x: a, b", "g i: a, c", "g: c, d"]);
});

// On every layout each action can be reached, from the key that writes its letter or, where none
// does, from where the letter is on a US keyboard.
test.each(LAYOUTS.flatMap((layout) => [true, false].map((isMac) => [layout, isMac] as const)))(
  "on a keyboard that is %s (Mac: %s) all actions can be reached, each by its own keys",
  (layout, isMac) => {
    const keys = keysOn(layout);
    for (const { id, scope, keys: wanted } of all) {
      for (const sequence of wanted) {
        const { done, keymap } = world([scope], isMac);
        const isReached = sequence.split(" ").every((chord) =>
          pressesOf(chord, keys).some((key) => {
            const isMod = chord.startsWith("Mod+");
            const mods = { ctrlKey: isMod && !isMac, metaKey: isMod && isMac };
            return keymap.handle(press(key.key, { ...key, ...mods }));
          }),
        );
        expect([id, sequence, isReached, done]).toEqual([id, sequence, true, [id]]);
      }
    }
  },
);

/** The keys that somebody would press for it: where it is written, or else where it is on US. */
function pressesOf(chord: string, keys: Key[]): Key[] {
  const isShift = chord.includes("Shift+");
  const name = chord.replace(/Mod\+|Shift\+/g, "");
  const isLetter = /^[a-z]$/.test(name);
  const written = keys.filter((each) =>
    isLetter || name.length > 1
      ? each.key.toLowerCase() === name.toLowerCase() && each.shiftKey === isShift
      : each.key === name,
  );
  const us = keysOn("us").filter((each) => written.length === 0 && each.key.toLowerCase() === name);
  const places = us.map((each) => `${each.code} ${isLetter ? isShift : each.shiftKey}`);
  return [...written, ...keys.filter((each) => places.includes(`${each.code} ${each.shiftKey}`))];
}

test("a letter is where it is written, not where it is on a US keyboard", () => {
  const { done, hit } = world(["conversation"]);

  hit("a", { code: "KeyQ" });
  hit("q", { code: "KeyA" });
  hit("z", { code: "KeyY" });
  hit("ö", { code: "Semicolon" });

  expect(done).toEqual(["conversation.assign", "conversation.snooze"]);
});

test("Caps Lock changes nothing", () => {
  const { done, hit } = world(["conversation"]);

  hit("E");
  hit("e", { shiftKey: true });

  expect(done).toEqual(["conversation.resolve", "conversation.resolve_next"]);
});

test.each<[string, string, Given]>([
  ["AltGr", "e", { altGraph: true }],
  ["AltGr as Windows tells it", "e", { ctrlKey: true, altKey: true }],
  ["Alt", "e", { altKey: true }],
  ["an input method", "e", { isComposing: true }],
  ["an input method of old", "e", { keyCode: 229 }],
  ["a dead key", "Dead", {}],
  ["a modifier alone", "Shift", { shiftKey: true }],
  ["the other modifier", "e", { metaKey: true }],
  ["what somebody else has used", "e", { prevented: true }],
])("%s is no shortcut", (_, key, more) => {
  const { done, hit } = world(["conversation"]);

  expect(hit(key, more)).toBe(false);
  expect(done).toEqual([]);
});

test("Mod is Ctrl, and Cmd on a Mac", () => {
  const [other, mac] = [world(), world(["global"], true)];

  expect([other.hit("k", { ctrlKey: true }), other.hit("k", { metaKey: true })]).toEqual([
    true,
    false,
  ]);
  expect([mac.hit("k", { metaKey: true }), mac.hit("k", { ctrlKey: true })]).toEqual([true, false]);
});

test("a press that is ours does nothing else", () => {
  const { keymap } = world();
  const [ours, other] = [press("?"), press("%")];

  keymap.handle(ours);
  keymap.handle(other);

  expect([ours.defaultPrevented, other.defaultPrevented]).toEqual([true, false]);
});

const field = (html: string) => {
  document.body.innerHTML = html;
  return document.body.firstElementChild as HTMLElement;
};

test.each([
  "<textarea></textarea>",
  "<input>",
  '<input type="search">',
  "<select></select>",
  '<div contenteditable="true"></div>',
])("in %s plain keys write, while Mod and Escape still work", (html) => {
  const target = field(html);
  const { done, hit } = world(["global", "conversation", "composer"]);

  hit("e", { target });
  hit("?", { target });
  hit("g", { target });
  hit("i", { target });
  hit("k", { target, ctrlKey: true });
  hit("Escape", { target });
  hit("F6", { target });
  hit("Enter", { target });

  expect(done).toEqual(["palette.open", "page.escape", "panes.next", "composer.send"]);
});

test("a checkbox is no text, and Enter on a button presses it", () => {
  const { done, hit } = world(["conversation", "list"]);

  hit("e", { target: field('<input type="checkbox">') });
  hit("Enter", { target: field("<button></button>") });
  hit("e", { target: field("<button></button>") });
  hit("e", { target: new EventTarget() });

  expect(done).toEqual(["conversation.resolve", "conversation.resolve", "conversation.resolve"]);
});

test("a sequence must come in time and whole", async () => {
  const { done, clock, hit } = world(["global", "conversation"]);

  hit("g");
  hit("Shift", { shiftKey: true });
  hit("i");
  hit("g");
  await clock.pass(1500);
  hit("i");
  hit("g");
  hit("e");
  hit("i");

  expect(done).toEqual([
    "go.mine",
    "conversation.claim",
    "conversation.resolve",
    "conversation.claim",
  ]);
});

test("the nearest place goes first", () => {
  const { done, hit } = world(["global", "thread", "composer"]);

  hit("Enter");

  expect(done).toEqual(["composer.send"]);
});

test("a key that is held down repeats only what may be repeated", () => {
  const { done, hit } = world(["list", "conversation"]);

  hit("j", { repeat: true });
  expect(hit("e", { repeat: true })).toBe(true);

  expect(done).toEqual(["list.next"]);
});

test("what is not possible here is passed by, what is not possible now says why", () => {
  const { done, context, keymap, register, hit } = world();
  const reasons: string[] = [];
  keymap.onDisabled.add((action, reason) => reasons.push(`${action.id}: ${reason}`));
  register({ id: "one", keys: ["y"], when: (now) => now.isEmpty });
  register({ id: "two", keys: ["w"], disabled: (now) => (now.isEmpty ? "why" : null) });

  hit("y");
  hit("w");
  context.isEmpty = false;
  expect(hit("y")).toBe(false);
  hit("w");

  expect(done).toEqual(["one", "two"]);
  expect(reasons).toEqual(["two: why"]);
});

test("single keys can be switched off, the others stay", () => {
  const { done, keymap, hit } = world(["global", "conversation", "list"]);
  keymap.setSingleKeys(false);

  for (const key of ["e", "E", "?", "g", "i", "Enter", "F6"]) hit(key);
  hit("e", { shiftKey: true });
  hit("k", { ctrlKey: true });

  expect(done).toEqual(["list.open", "panes.next", "palette.open"]);
  keymap.setSingleKeys(true);
  hit("e");
  expect(done.at(-1)).toBe("conversation.resolve");
});

test("keys can be changed, and changed back", () => {
  const { done, actions, keymap, hit } = world(["conversation"]);
  const id: ShortcutId = "conversation.resolve";
  keymap.remap(id, ["w"]);

  hit("e");
  hit("w");
  keymap.remap(id, null);
  hit("e");

  expect(done).toEqual([id, id]);
  expect(actions.list().find((each) => each.id === id)?.keys).toEqual(["e"]);
});

test("actions are listed with why they cannot be done, and run by name", () => {
  const actions = new Actions<Context>();
  const done: string[] = [];
  const make = (id: string, more: Partial<Action<Context>> = {}): Action<Context> => ({
    id,
    title: id,
    scope: "global",
    keys: [],
    run: () => done.push(id),
    ...more,
  });
  const off = actions.register(
    make("a"),
    make("b", { when: () => false }),
    make("c", { disabled: () => "why" }),
  );
  const now = { isEmpty: true };

  expect(actions.choices(now).map(({ action, reason }) => [action.id, reason])).toEqual([
    ["a", null],
    ["c", "why"],
  ]);
  expect(["a", "b", "c", "d"].map((id) => actions.run(id, now))).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(done).toEqual(["a"]);
  expect(() => actions.register(make("a"))).toThrow("There are two actions a.");
  expect(actions.get("a")?.title).toBe("a");
  off();
  expect(actions.get("a")).toBeNull();
});
