import { expect, test } from "vitest";
import { ApiError } from "../../core/errors";
import { LARA, OMAR } from "../../core/testing/objects";
import { SavedViews } from "./savedviews";
import type { NewView, SavedView } from "./views";

const view = (id: string, position: number, fields: Partial<SavedView> = {}): SavedView => ({
  ...{ id, name: id, filters: {}, ordering: "number", shared: false, position },
  owner: LARA.id,
  ...fields,
});

function world(list: SavedView[], isRefused = false) {
  const asked: string[] = [];
  const errors: string[] = [];
  const answer = async <T>(text: string, value: T): Promise<T> => {
    asked.push(text);
    if (isRefused) throw new ApiError({ status: 409, code: "too_many_views" });
    return value;
  };
  const views = new SavedViews(
    {
      savedViews: () => answer("GET", list),
      saveView: (made: NewView) => answer(`POST ${made.name}`, view("new", made.position, made)),
      changeView: (id, changes) =>
        answer(`PATCH ${id} ${JSON.stringify(changes)}`, view(id, changes.position ?? 0, changes)),
      deleteView: (id) => answer(`DELETE ${id}`, undefined),
    },
    list,
  );
  views.onError.add((error) => errors.push((error as ApiError).code));
  return { views, asked, errors, ids: () => views.list.map((each) => each.id).join(" ") };
}

const made: NewView = { name: "VIP", filters: {}, ordering: "number", shared: false, position: 9 };

test("a view is kept and stands in its place", async () => {
  const { views, asked, ids } = world([view("a", 0), view("b", 1)]);

  expect((await views.save(null, made))?.id).toBe("new");
  expect((await views.save("a", { ...made, position: 5 }))?.name).toBe("VIP");

  expect([ids(), asked.length, views.nextPosition]).toEqual(["b a new", 2, 10]);
});

test("what the server will not keep is not shown", async () => {
  const { views, errors, ids } = world([view("a", 0)], true);

  expect(await views.save(null, made)).toBe(null);
  await views.remove("a");

  expect([ids(), errors]).toEqual(["a", ["too_many_views", "too_many_views"]]);
});

test("one's own change places, those of others stay", async () => {
  const list = [view("a", 0), view("theirs", 0, { owner: OMAR.id }), view("b", 1), view("c", 2)];
  const { views, asked, ids } = world(list);

  await views.move("c", -1);
  await views.move("a", -1);

  expect(ids()).toBe("a theirs c b");
  expect(asked).toEqual(['PATCH c {"position":1}', 'PATCH b {"position":2}']);
});
