/** The customer, as this company knows them. */

import { useState } from "react";
import { copyText } from "../actions/conversation";
import { useDesk, useI18n, useNow, usePage } from "../hooks";
import { Avatar } from "../ui/Avatar";
import { IconButton } from "../ui/Button";
import { Failed } from "../ui/States";
import type { Key } from "../words";
import { EditCustomer } from "./EditCustomer";
import { useRead } from "./useRead";

export function Customer({ id, name }: { id: string; name: string }) {
  const { api } = useDesk();
  const i18n = useI18n();
  const { t } = i18n;
  const now = useNow();
  const { value: customer, error, again } = useRead(id, () => api.customer(id));
  const [isEdited, setEdited] = useState(false);
  return (
    <div className="px-5 py-4">
      <div className="flex items-center gap-3">
        <Avatar id={id} name={name} size={44} />
        <div className="min-w-0">
          <h2 className="truncate text-title font-semibold">
            <bdi>{customer?.name ?? name}</bdi>
          </h2>
          {customer && (
            <p className="text-meta text-ink-3">
              {t("customer.since", { when: i18n.when(customer.created_at, now) })}
            </p>
          )}
        </div>
        {customer && !isEdited && (
          <IconButton
            label={t("customer.edit")}
            icon="pencil"
            className="ms-auto"
            onClick={() => setEdited(true)}
          />
        )}
      </div>
      {customer && isEdited && (
        <EditCustomer
          customer={customer}
          onEnd={() => {
            setEdited(false);
            again();
          }}
        />
      )}
      {error !== null && <Failed title={t("customer.failed")} error={error} onRetry={again} />}
      {customer && !isEdited && (
        <dl className="mt-3 flex flex-col gap-1 text-second">
          <Contact name={t("customer.email")} value={customer.email} />
          <Contact name={t("customer.phone")} value={customer.phone} />
          {customer.language && (
            <Line name={t("customer.language")}>{t(`language.${customer.language}` as Key)}</Line>
          )}
          {Object.entries(customer.attributes).map(([key, value]) => (
            <Line key={key} name={key}>
              <bdi>{String(value)}</bdi>
            </Line>
          ))}
        </dl>
      )}
    </div>
  );
}

function Line({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex min-h-[28px] items-center gap-2">
      <dt className="min-w-[84px] text-ink-3">
        <bdi>{name}</bdi>
      </dt>
      <dd className="min-w-0 grow truncate">{children}</dd>
    </div>
  );
}

function Contact({ name, value }: { name: string; value: string }) {
  const page = usePage();
  const { t } = useI18n();
  if (!value) return null;
  return (
    <div className="group flex min-h-[28px] items-center gap-2">
      <dt className="min-w-[84px] text-ink-3">{name}</dt>
      <dd className="flex min-w-0 grow items-center">
        <bdi dir="ltr" className="truncate">
          {value}
        </bdi>
        <IconButton
          label={t("customer.copy", { name })}
          icon="copy"
          className="h-6 min-h-6 w-6 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100"
          onClick={() => void copyText(page, value, "toast.text_copied")}
        />
      </dd>
    </div>
  );
}
