/** The customer a conversation is with, found by name or address. */

import { useEffect, useState } from "react";
import type { Id } from "../../core/types";
import type { Customer } from "../api";
import { useDesk, useI18n, useTextDir } from "../hooks";
import { Avatar } from "../ui/Avatar";
import { Field } from "./NewDialog";

export function CustomerField({
  chosen,
  name,
  onChoose,
}: {
  chosen: Id | null;
  name: string;
  onChoose: (id: Id | null) => void;
}) {
  const { api, world } = useDesk();
  const { t } = useI18n();
  const [text, setText] = useState(name);
  const [found, setFound] = useState<readonly Customer[]>([]);
  const asked = text.trim();
  const dir = useTextDir(text);
  useEffect(() => {
    if (chosen !== null || asked.length < 2) {
      setFound([]);
      return;
    }
    const timer = world.clock.after(200, () => {
      api.customers({ q: asked, limit: 6, status: "active" }).then(
        ({ results }) => setFound(results),
        () => {},
      );
    });
    return () => world.clock.cancel(timer);
  }, [asked, chosen, api, world]);
  return (
    <div>
      <Field label={t("new.customer")}>
        <input
          dir={dir}
          autoComplete="off"
          className="field"
          placeholder={t("new.customer_find")}
          value={text}
          onChange={({ target }) => {
            setText(target.value);
            onChoose(null);
          }}
        />
      </Field>
      {found.length > 0 && (
        <ul className="mt-1 rounded-control border border-line p-1">
          {found.map((each) => (
            <li key={each.id}>
              <button
                type="button"
                className="menu-item hover:bg-accent-soft"
                onClick={() => {
                  setText(each.name);
                  onChoose(each.id);
                }}
              >
                <Avatar id={each.id} name={each.name} size={24} />
                <bdi className="grow text-start">{each.name}</bdi>
                <bdi dir="ltr" className="text-meta text-ink-3">
                  {each.email}
                </bdi>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
