/** Something new: a conversation with a customer, or a room among colleagues. */

import { useState } from "react";
import { type ApiError, asApiError } from "../../core/errors";
import type { ConversationWhole, Id, Kind } from "../../core/types";
import type { NewTalk } from "../api";
import { useDesk, useI18n, useMembers, usePage, useTalk } from "../hooks";
import { openDialog } from "../model/ui";
import { PersonAvatar } from "../ui/Avatar";
import { Button } from "../ui/Button";
import { Modal } from "../ui/Modal";
import type { Key } from "../words";
import { CustomerField } from "./CustomerField";
import { placeOfRow } from "./Palette";

const RIGHTS: Partial<Record<Kind, string>> = {
  direct: "room:create_direct",
  group: "room:create_group",
  department: "room:create_department",
  company: "room:create_company",
};
const KINDS: readonly Kind[] = ["customer", "direct", "group", "department", "company"];

export function NewDialog({ follows }: { follows?: Id | undefined }) {
  const page = usePage();
  const { boot, newId, api } = useDesk();
  const { t } = useI18n();
  const { whole } = useTalk(follows ?? "");
  const isTeam = follows === undefined && page.place?.area === "team";
  const allowed = KINDS.filter((kind) => boot.me.permissions[RIGHTS[kind] ?? ""] !== false);
  const [kind, setKind] = useState<Kind>(isTeam ? "direct" : "customer");
  const [customer, setCustomer] = useState<Id | null>(whole?.customer?.id ?? null);
  const [people, setPeople] = useState<readonly Id[]>([]);
  const [department, setDepartment] = useState(whole?.department?.id ?? "");
  const [subject, setSubject] = useState(whole?.subject ?? "");
  const [body, setBody] = useState("");
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  // The same for every try, so that it is made once.
  const [client_id] = useState(newId);

  const isOne = kind === "direct";
  // Of a group that was begun before one of them may be meant.
  const chosen = isOne ? people.slice(0, 1) : people;
  const isAmong = isOne || kind === "group";
  const isPlaced = kind === "department" || kind === "customer";
  const isReady =
    (kind === "customer" && customer !== null) ||
    (isOne && chosen.length > 0) ||
    (kind === "group" && people.length > 0 && subject.trim() !== "") ||
    (kind === "department" && department !== "") ||
    kind === "company";

  const begin = async () => {
    setBusy(true);
    const talk: NewTalk = {
      client_id,
      kind,
      ...(subject.trim() !== "" && kind !== "direct" && { subject: subject.trim() }),
      ...(isPlaced && department !== "" && { department }),
      ...(kind === "customer" && customer !== null && { customer }),
      ...(isAmong && { participants: [...chosen] }),
      ...(follows !== undefined && { follow_up_of: follows }),
      ...(body.trim() !== "" && { message: { body: body.trim() } }),
    };
    try {
      opened(await api.begin(talk));
    } catch (thrown) {
      setError(asApiError(thrown));
      setBusy(false);
    }
  };
  const opened = (talk: ConversationWhole) => {
    openDialog(page.ui, null);
    page.desk.talks.tellWhole(talk);
    page.desk.rooms.tell(talk);
    page.go(placeOfRow(talk));
  };

  return (
    <Modal title={t(follows === undefined ? "new.title" : "thread.follow_up")}>
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !isBusy) void begin();
        }}
      >
        <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5">
          {error !== null && <Fault error={error} />}
          {follows === undefined && <Kinds kinds={allowed} kind={kind} onChange={setKind} />}
          {kind === "customer" && (
            <CustomerField
              chosen={customer}
              name={whole?.customer?.name ?? ""}
              onChoose={setCustomer}
            />
          )}
          {isAmong && <PeopleField isOne={isOne} chosen={chosen} onChange={setPeople} />}
          {isPlaced && (
            <Field label={t("details.department")}>
              <select
                className="field"
                value={department}
                onChange={({ target }) => setDepartment(target.value)}
              >
                <option value="">
                  {t(kind === "customer" ? "new.usual_department" : "new.choose")}
                </option>
                {(boot.departments?.results ?? []).map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </Field>
          )}
          {kind !== "direct" && (
            <Field label={t(kind === "customer" ? "new.subject" : "new.name")}>
              <input
                dir="auto"
                maxLength={200}
                className="field"
                value={subject}
                onChange={({ target }) => setSubject(target.value)}
              />
            </Field>
          )}
          <Field label={t("new.message")}>
            <textarea
              dir="auto"
              maxLength={10_000}
              rows={3}
              className="field"
              value={body}
              onChange={({ target }) => setBody(target.value)}
            />
          </Field>
        </div>
        <div className="flex justify-end gap-2 border-t border-line px-5 py-3">
          <Button onClick={() => openDialog(page.ui, null)}>{t("action.cancel")}</Button>
          <Button look="primary" type="submit" disabled={!isReady || isBusy}>
            {t("new.begin")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Fault({ error }: { error: ApiError }) {
  const { t } = useI18n();
  return (
    <p role="alert" className="rounded-control bg-bad-soft px-3 py-2 text-second text-bad">
      {error.told || t("error.failed")}
    </p>
  );
}

export function Field({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control stands inside
    <label className="flex flex-col gap-1 text-second font-semibold">
      {label}
      <span className="contents font-normal">{children}</span>
    </label>
  );
}

function Kinds({
  kinds,
  kind,
  onChange,
}: {
  kinds: readonly Kind[];
  kind: Kind;
  onChange: (kind: Kind) => void;
}) {
  const { t } = useI18n();
  return (
    <fieldset className="flex flex-wrap gap-1.5">
      <legend className="mb-1 text-second font-semibold">{t("new.kind")}</legend>
      {kinds.map((each) => (
        <label
          key={each}
          className={`btn ${each === kind ? "btn-primary" : "btn-secondary"} has-focus-visible:outline-2`}
        >
          <input
            type="radio"
            name="kind"
            className="unseen"
            checked={each === kind}
            onChange={() => onChange(each)}
          />
          {t(`kind.${each}` as Key)}
        </label>
      ))}
    </fieldset>
  );
}

function PeopleField({
  isOne,
  chosen,
  onChange,
}: {
  isOne: boolean;
  chosen: readonly Id[];
  onChange: (people: readonly Id[]) => void;
}) {
  const { me } = useDesk();
  const { t } = useI18n();
  const members = useMembers();
  const toggle = (id: Id) => {
    if (isOne) onChange([id]);
    else onChange(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  };
  return (
    <fieldset>
      <legend className="mb-1 text-second font-semibold">{t("new.people")}</legend>
      <div className="flex max-h-[180px] flex-col overflow-y-auto rounded-control border border-line p-1">
        {members
          .filter((each) => each.id !== me)
          .map((each) => (
            <label key={each.id} className="menu-item has-focus-visible:outline-2 hover:bg-sunken">
              <input
                type={isOne ? "radio" : "checkbox"}
                name="people"
                checked={chosen.includes(each.id)}
                onChange={() => toggle(each.id)}
              />
              <PersonAvatar id={each.id} name={each.name} size={24} />
              <bdi>{each.name}</bdi>
            </label>
          ))}
      </div>
    </fieldset>
  );
}
