/** What this company knows of a customer, changed where it stands. */

import { useState } from "react";
import { type ApiError, asApiError } from "../../core/errors";
import type { Customer } from "../api";
import { Field } from "../dialogs/NewDialog";
import { useDesk, useI18n } from "../hooks";
import { Button } from "../ui/Button";
import type { Key } from "../words";

type Name = "name" | "email" | "phone";

const FIELDS: readonly [Name, Key, string][] = [
  ["name", "customer.name", "text"],
  ["email", "customer.email", "email"],
  ["phone", "customer.phone", "tel"],
];

export function EditCustomer({ customer, onEnd }: { customer: Customer; onEnd: () => void }) {
  const { api } = useDesk();
  const { t } = useI18n();
  const { name, email, phone } = customer;
  const [values, setValues] = useState({ name, email: email ?? "", phone: phone ?? "" });
  const [error, setError] = useState<ApiError | null>(null);
  const save = async () => {
    try {
      await api.changeCustomer(customer.id, { ...values, version: customer.version });
      onEnd();
    } catch (thrown) {
      setError(asApiError(thrown));
    }
  };
  return (
    <form
      className="mt-3 flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {error !== null && Object.keys(error.errors).length === 0 && (
        <Fault text={error.detail || t("error.failed")} />
      )}
      {FIELDS.map(([field, key, kind]) => (
        <div key={field}>
          <Field label={t(key)}>
            <input
              type={kind}
              dir={field === "name" ? "auto" : "ltr"}
              required={field === "name"}
              maxLength={120}
              className="field"
              value={values[field]}
              onChange={({ target }) => setValues({ ...values, [field]: target.value })}
            />
          </Field>
          {error?.errors[field]?.map(({ detail }) => (
            <Fault key={detail} text={detail} />
          ))}
        </div>
      ))}
      <div className="flex justify-end gap-2">
        <Button onClick={onEnd}>{t("action.cancel")}</Button>
        <Button look="primary" type="submit">
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}

function Fault({ text }: { text: string }) {
  return (
    <p role="alert" className="text-second text-bad">
      {text}
    </p>
  );
}
