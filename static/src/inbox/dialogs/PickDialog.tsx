/** One choice for one conversation or for many: who, where, how urgent, until when, called what. */

import type { Id, Priority, Status } from "../../core/types";
import type { Deed } from "../api";
import { useDesk, useI18n, useMembers, usePage } from "../hooks";

import { openDialog, type Picking, PRIORITY_KEYS, STATUS_KEYS } from "../model/ui";
import { PersonAvatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";
import { Modal } from "../ui/Modal";
import { type Choice, Picker } from "../ui/Picker";
import type { Key } from "../words";
import { LabelPicker } from "./LabelPicker";
import { SnoozePicker } from "./SnoozePicker";

interface Props {
  convs: readonly Id[];
}

export function PickDialog({ what, convs }: Props & { what: Picking }) {
  const { t } = useI18n();
  const title = t(`pick.${what}` as Key);
  const body = {
    assign: <PersonPicker convs={convs} />,
    department: <DepartmentPicker convs={convs} />,
    priority: <PriorityPicker convs={convs} />,
    status: <StatusPicker convs={convs} />,
    labels: <LabelPicker convs={convs} />,
    snooze: <SnoozePicker convs={convs} />,
  }[what];
  return (
    <Modal title={title} isTitleHidden>
      {body}
    </Modal>
  );
}

/** For one at once; for many as a job that is watched. */
export function useDeed(convs: readonly Id[]) {
  const page = usePage();
  return (deed: Deed, forOne: (conv: Id) => unknown) => {
    openDialog(page.ui, null);
    const [only] = convs;
    if (convs.length === 1 && only !== undefined) {
      forOne(only);
      return;
    }
    page.doToChosen(deed);
  };
}

export function useOnly(convs: readonly Id[]) {
  const { talks } = useDesk();
  return convs.length === 1 ? talks.get(convs[0] ?? "").row : null;
}

function PersonPicker({ convs }: Props) {
  const page = usePage();
  const { me, boot } = useDesk();
  const { t } = useI18n();
  const members = useMembers();
  const only = useOnly(convs);
  const run = useDeed(convs);
  const mine = [...members].sort((a, b) => Number(b.id === me) - Number(a.id === me));
  const reason = (isMine: boolean) => (boot.gives || isMine ? null : t("reason.take_only"));
  const choices: Choice[] = [
    ...mine.map((each) => ({
      id: each.id,
      text: each.id === me ? t("pick.me", { name: each.name }) : each.name,
      lead: <PersonAvatar id={each.id} name={each.name} size={24} />,
      isOn: only?.assignee?.id === each.id,
      reason: reason(each.id === me),
      run: () =>
        run({ action: "assign", assignee: each.id }, (conv) => void page.deeds.assign(conv, each)),
    })),
    {
      id: "nobody",
      text: t("details.nobody"),
      lead: <Icon name="user" />,
      isOn: only !== null && !only.assignee,
      reason: reason(!only?.assignee || only.assignee.id === me),
      run: () =>
        run({ action: "assign", assignee: null }, (conv) => void page.deeds.assign(conv, null)),
    },
  ];
  return (
    <Picker
      label={t("pick.assign")}
      placeholder={t("pick.person")}
      choices={choices}
      empty={t("pick.nobody")}
    />
  );
}

function DepartmentPicker({ convs }: Props) {
  const page = usePage();
  const { boot } = useDesk();
  const { t } = useI18n();
  const only = useOnly(convs);
  const run = useDeed(convs);
  const choices: Choice[] = (boot.departments?.results ?? []).map((each) => ({
    id: each.id,
    text: each.name,
    lead: <Icon name="building-2" />,
    isOn: only?.department?.id === each.id,
    run: () =>
      run({ action: "department", department: each.id }, (conv) =>
        page.deeds.setDepartment(conv, each),
      ),
  }));
  return (
    <Picker
      label={t("pick.department")}
      placeholder={t("pick.department")}
      choices={choices}
      empty={t("palette.nothing")}
    />
  );
}

const PRIORITIES: readonly Priority[] = ["urgent", "high", "normal", "low"];

function PriorityPicker({ convs }: Props) {
  const page = usePage();
  const { t } = useI18n();
  const only = useOnly(convs);
  const run = useDeed(convs);
  const choices: Choice[] = PRIORITIES.map((priority) => ({
    id: priority,
    text: t(PRIORITY_KEYS[priority]),
    lead: <Icon name="flag" className={priority === "urgent" ? "text-bad" : "text-ink-3"} />,
    isOn: only?.priority === priority,
    run: () =>
      run({ action: "priority", priority }, (conv) => page.deeds.setPriority(conv, priority)),
  }));
  return (
    <Picker
      label={t("pick.priority")}
      placeholder={t("pick.priority")}
      choices={choices}
      empty={t("palette.nothing")}
    />
  );
}

/** What the server would take from where it stands; the same as conversations/choices.py. */
const MOVES: Record<Status, readonly Status[]> = {
  open: ["open", "pending", "on_hold", "resolved"],
  pending: ["open", "pending", "on_hold", "resolved"],
  on_hold: ["open", "pending", "on_hold", "resolved"],
  resolved: ["open", "resolved"],
  closed: ["closed"],
};

function StatusPicker({ convs }: Props) {
  const page = usePage();
  const { t } = useI18n();
  const only = useOnly(convs);
  const run = useDeed(convs);
  const choices: Choice[] = MOVES[only?.status ?? "open"].map((status) => ({
    id: status,
    text: t(STATUS_KEYS[status]),
    isOn: only?.status === status,
    run: () => run({ action: "status", status }, (conv) => page.deeds.setStatus(conv, status)),
  }));
  return (
    <Picker
      label={t("pick.status")}
      placeholder={t("pick.status")}
      choices={choices}
      empty={t("palette.nothing")}
    />
  );
}
