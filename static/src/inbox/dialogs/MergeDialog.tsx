/** One conversation goes up in another: first which, then what becomes of both. */

import { useEffect, useState } from "react";
import type { Conversation, Id } from "../../core/types";
import { useDesk, useI18n, usePage, useTalk } from "../hooks";
import { openDialog, STATUS_KEYS } from "../model/ui";
import { Avatar } from "../ui/Avatar";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Modal } from "../ui/Modal";
import { Picker } from "../ui/Picker";

export function MergeDialog({ conv }: { conv: Id }) {
  const page = usePage();
  const { t } = useI18n();
  const { row } = useTalk(conv);
  const [target, setTarget] = useState<Conversation | null>(null);
  const [isTurned, setTurned] = useState(false);
  if (row === null) return null;
  if (target === null) {
    return (
      <Modal title={t("merge.title")} isTitleHidden>
        <TargetPicker row={row} onChoose={setTarget} />
      </Modal>
    );
  }
  const [from, into] = isTurned ? [target, row] : [row, target];
  const merge = async () => {
    openDialog(page.ui, null);
    page.desk.talks.tell(from);
    if (await page.deeds.merge(from.id, into)) page.open(into.id);
  };
  return (
    <Modal title={t("merge.title")}>
      <div className="flex flex-col gap-4 p-5">
        <div className="flex items-stretch gap-2">
          <Side row={from} text={t("merge.closes")} />
          <Icon name="chevron-right" className="self-center text-ink-3" />
          <Side row={into} text={t("merge.stays")} />
        </div>
        <p className="text-second text-ink-2">{t("merge.explained")}</p>
      </div>
      <div className="flex justify-end gap-2 border-t border-line px-5 py-3">
        <Button icon="refresh-cw" className="me-auto" onClick={() => setTurned(!isTurned)}>
          {t("merge.turn")}
        </Button>
        <Button onClick={() => setTarget(null)}>{t("action.back")}</Button>
        <Button look="primary" icon="merge" onClick={() => void merge()}>
          {t("merge.do", { number: `#${into.number}` })}
        </Button>
      </div>
    </Modal>
  );
}

function Side({ row, text }: { row: Conversation; text: string }) {
  const { t } = useI18n();
  const name = row.customer?.name ?? "";
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-2 rounded-row border border-line p-3">
      <span className="text-meta text-ink-3">{text}</span>
      <span className="flex items-center gap-2">
        <Avatar id={row.customer?.id ?? row.id} name={name} size={24} />
        <bdi className="min-w-0 truncate font-semibold">{name}</bdi>
      </span>
      <bdi dir="auto" className="line-clamp-2 text-second">
        {row.subject || row.preview}
      </bdi>
      <span className="text-meta text-ink-3">
        <bdi dir="ltr">#{row.number}</bdi> · {row.status && t(STATUS_KEYS[row.status])}
      </span>
    </div>
  );
}

/** Others of the same customer first; then whatever one looks for. */
function TargetPicker({
  row,
  onChoose,
}: {
  row: Conversation;
  onChoose: (target: Conversation) => void;
}) {
  const { api, world } = useDesk();
  const { t } = useI18n();
  const [text, setText] = useState("");
  const [rows, setRows] = useState<readonly Conversation[]>([]);
  const asked = text.trim();
  const customer = row.customer?.id;
  useEffect(() => {
    const control = new AbortController();
    const timer = world.clock.after(asked === "" ? 0 : 200, () => {
      const query = asked.length < 2 ? { customer, limit: 10 } : { q: asked, kind: "customer" };
      api.conversations(query, control.signal).then(
        ({ results }) => setRows(results),
        () => {},
      );
    });
    return () => {
      world.clock.cancel(timer);
      control.abort(new Error("another question"));
    };
  }, [asked, customer, api, world]);
  const choices = rows
    .filter((each) => each.id !== row.id && each.status !== "closed" && !each.archived)
    .map((each) => ({
      id: each.id,
      text: each.subject || each.preview,
      hint: `#${each.number}`,
      lead: <Avatar id={each.customer?.id ?? each.id} name={each.customer?.name ?? ""} size={24} />,
      run: () => onChoose(each),
    }));
  return (
    <Picker
      label={t("merge.title")}
      placeholder={t("merge.placeholder")}
      choices={choices}
      empty={t("merge.nothing")}
      isFiltered={false}
      onType={setText}
    />
  );
}
