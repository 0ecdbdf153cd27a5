/** What this customer asked before. */

import type { Id } from "../../core/types";
import { useDesk, useI18n, useNow, usePage } from "../hooks";
import { STATUS_KEYS } from "../model/ui";
import { Failed, Lines } from "../ui/States";
import { useRead } from "./useRead";

export function Earlier({ customer, here }: { customer: Id; here: Id }) {
  const page = usePage();
  const { api } = useDesk();
  const i18n = useI18n();
  const { t } = i18n;
  const now = useNow();
  const { value, error, again } = useRead(`of ${customer}`, () => api.ofCustomer(customer));
  if (error !== null) return <Failed title={t("earlier.failed")} error={error} onRetry={again} />;
  if (value === null) return <Lines count={3} />;
  const rows = value.results.filter((each) => each.id !== here);
  if (rows.length === 0) return <p className="text-second text-ink-3">{t("earlier.none")}</p>;
  return (
    <ul className="-mx-2">
      {rows.map((row) => (
        <li key={row.id}>
          <button
            type="button"
            title={row.preview}
            className="flex w-full flex-col rounded-control px-2 py-1.5 text-start text-second hover:bg-sunken"
            onClick={() => page.open(row.id)}
          >
            <bdi dir="auto" className="w-full truncate">
              {row.subject || row.preview}
            </bdi>
            <span className="text-meta text-ink-3">
              <bdi dir="ltr">#{row.number}</bdi> · {row.status && t(STATUS_KEYS[row.status])} ·{" "}
              {i18n.when(row.last_activity_at, now)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
