/** Who is in it; into a group one invites others. */

import { useState } from "react";
import { asApiError } from "../../core/errors";
import type { Id } from "../../core/types";
import { useDesk, useI18n, useMembers, usePage, useTalk } from "../hooks";
import { AvailabilityText, PersonAvatar } from "../ui/Avatar";
import { Button, IconButton } from "../ui/Button";
import { Modal } from "../ui/Modal";
import { Picker } from "../ui/Picker";
import { Failed, Lines } from "../ui/States";
import { useRead } from "./useRead";

export function Participants({
  conv,
  isRoom,
  mayAdd,
}: {
  conv: Id;
  isRoom: boolean;
  mayAdd: boolean;
}) {
  const page = usePage();
  const { api, me } = useDesk();
  const { t } = useI18n();
  const { whole } = useTalk(conv);
  const [isAdding, setAdding] = useState(false);
  const { value, error, again } = useRead(`people ${conv} ${whole?.version}`, () =>
    api.participants(conv),
  );
  if (error !== null) return <Failed title={t("people.failed")} error={error} onRetry={again} />;
  if (value === null) return <Lines count={3} />;
  const attempt = async (work: Promise<unknown>) => {
    try {
      await work;
      again();
    } catch (thrown) {
      page.deeds.failed(asApiError(thrown));
    }
  };
  return (
    <>
      <ul className="flex flex-col gap-1">
        {value.results.map(({ member, kind }) => (
          <li key={member.id} className="group flex min-h-[32px] items-center gap-2 text-second">
            <PersonAvatar id={member.id} name={member.name} size={24} />
            <bdi className="min-w-0 grow truncate">
              {member.name}
              {member.id === me && ` (${t("thread.you")})`}
            </bdi>
            {member.role !== "user" && (
              <span className="text-meta text-ink-3">
                <AvailabilityText id={member.id} />
              </span>
            )}
            {isRoom && member.id !== me && kind !== "customer" && (
              <IconButton
                label={t("people.remove", { name: member.name })}
                icon="x"
                className="h-6 min-h-6 w-6"
                onClick={() => void attempt(api.removeParticipant(conv, member.id))}
              />
            )}
          </li>
        ))}
      </ul>
      {mayAdd && (
        <Button
          look="ghost"
          icon="user-plus"
          className="mt-1 -ms-2"
          onClick={() => setAdding(true)}
        >
          {t("people.add")}
        </Button>
      )}
      {isAdding && (
        <Adding
          known={value.results.map((each) => each.member.id)}
          onClose={() => setAdding(false)}
          onChoose={(member) => {
            setAdding(false);
            void attempt(api.addParticipant(conv, member));
          }}
        />
      )}
    </>
  );
}

function Adding({
  known,
  onClose,
  onChoose,
}: {
  known: readonly Id[];
  onClose: () => void;
  onChoose: (member: Id) => void;
}) {
  const { t } = useI18n();
  const members = useMembers();
  const choices = members
    .filter((each) => !known.includes(each.id))
    .map((each) => ({
      id: each.id,
      text: each.name,
      lead: <PersonAvatar id={each.id} name={each.name} size={24} />,
      run: () => onChoose(each.id),
    }));
  return (
    <Modal title={t("people.add")} isTitleHidden onClose={onClose}>
      <Picker
        label={t("people.add")}
        placeholder={t("pick.person")}
        choices={choices}
        empty={t("pick.nobody")}
      />
    </Modal>
  );
}
