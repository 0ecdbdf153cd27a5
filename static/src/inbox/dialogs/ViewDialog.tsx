/** A view of one's own: its name, and what it is narrowed by. */

import { useState } from "react";
import type { Id } from "../../core/types";
import type { Ordering } from "../../core/view";
import { useDesk, useI18n, usePage } from "../hooks";
import { openDialog, PRIORITY_KEYS, STATUS_KEYS } from "../model/ui";
import { type Filters, filtersOf, ORDERS } from "../model/views";
import { Button } from "../ui/Button";
import { Modal } from "../ui/Modal";
import type { Key } from "../words";
import { Field } from "./NewDialog";

const LONGEST = 60;
const CHANNELS = ["widget", "portal", "email", "api"] as const;

export function ViewDialog({ id }: { id?: Id | undefined }) {
  const page = usePage();
  const { savedViews, boot } = useDesk();
  const { t } = useI18n();
  const known = savedViews.list.find((each) => each.id === id);
  // A new one begins with what is shown.
  const shown = filtersOf(page.place?.view ?? "mine", savedViews.list) ?? {};
  const [name, setName] = useState(known?.name ?? "");
  const [filters, setFilters] = useState<Filters>(known?.filters ?? shown);
  const [order, setOrder] = useState<Ordering>(known?.ordering ?? page.order);
  const [shared, setShared] = useState(known?.shared ?? false);
  const [isSaving, setSaving] = useState(false);
  const isReady = name.trim() !== "" && !isSaving;
  const mayShare = boot.me.permissions["view:share"] === true;
  const set = (field: string, text: string) => {
    const { [field]: _, ...others } = filters;
    const value = text === "true" ? true : text === "false" ? false : text;
    setFilters(text === "" ? others : { ...others, [field]: value });
  };
  const save = async () => {
    const position = known?.position ?? savedViews.nextPosition;
    const view = { name: name.trim(), filters, ordering: order, shared, position };
    setSaving(true);
    const kept = await savedViews.save(known?.id ?? null, view);
    setSaving(false);
    if (kept === null) return;
    openDialog(page.ui, null);
    page.go({ area: "view", view: `s-${kept.id}`, conv: null });
  };
  const choice = (field: string, key: Key, options: readonly (readonly [string, string])[]) => (
    <Field label={t(key)}>
      <select
        className="field"
        value={String(filters[field] ?? "")}
        onChange={({ target }) => set(field, target.value)}
      >
        <option value="">{t("view.any")}</option>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
  const words = (keys: Record<string, Key>) =>
    Object.entries(keys).map(([value, key]) => [value, t(key)] as const);
  return (
    <Modal title={t(known ? "view.edit" : "view.new")}>
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) void save();
        }}
      >
        <div className="grid min-h-0 grid-cols-2 gap-4 overflow-y-auto p-5 max-rail:grid-cols-1">
          <div className="col-span-full">
            <Field label={t("view.name")}>
              <input
                dir="auto"
                required
                maxLength={LONGEST}
                className="field"
                value={name}
                onChange={({ target }) => setName(target.value)}
              />
            </Field>
          </div>
          {choice("status", "details.status", words(STATUS_KEYS))}
          {choice("assignee", "details.assignee", [
            ["me", t("view.assigned_me")],
            ["none", t("details.nobody")],
          ])}
          {choice(
            "department",
            "details.department",
            (boot.departments?.results ?? []).map((each) => [each.id, each.name] as const),
          )}
          {choice("priority", "details.priority", words(PRIORITY_KEYS))}
          {choice(
            "channel",
            "view.channel",
            CHANNELS.map((each) => [each, t(`channel.${each}` as Key)] as const),
          )}
          {choice("unread", "view.unread", [
            ["true", t("attributes.yes")],
            ["false", t("attributes.no")],
          ])}
          {choice("snoozed", "details.snoozed", [
            ["true", t("attributes.yes")],
            ["false", t("attributes.no")],
          ])}
          <Field label={t("pick.label")}>
            <input
              dir="auto"
              maxLength={40}
              className="field"
              value={String(filters.tag ?? "")}
              onChange={({ target }) => set("tag", target.value)}
            />
          </Field>
          <Field label={t("view.words")}>
            <input
              dir="auto"
              maxLength={100}
              className="field"
              value={String(filters.q ?? "")}
              onChange={({ target }) => set("q", target.value)}
            />
          </Field>
          <Field label={t("order.label")}>
            <select
              className="field"
              value={order}
              onChange={({ target }) => setOrder(target.value as Ordering)}
            >
              {ORDERS.map((each) => (
                <option key={each} value={each}>
                  {t(`order.${each}` as Key)}
                </option>
              ))}
            </select>
          </Field>
          {mayShare && (
            <label className="col-span-full flex items-center gap-2 text-second">
              <input
                type="checkbox"
                className="size-5 accent-accent"
                checked={shared}
                onChange={({ target }) => setShared(target.checked)}
              />
              {t("view.shared")}
            </label>
          )}
        </div>
        <div className="flex justify-end gap-2 border-t border-line px-5 py-3">
          <Button onClick={() => openDialog(page.ui, null)}>{t("action.cancel")}</Button>
          <Button look="primary" type="submit" disabled={!isReady}>
            {t("action.save")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
