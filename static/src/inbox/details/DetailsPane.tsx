/** Who asks, and what is known and decided about it; of a room, who is in it. */

import { type ReactNode, useState } from "react";
import type { ConversationWhole, Id } from "../../core/types";
import { useDesk, useI18n, useTalk } from "../hooks";
import { Remembered } from "../model/storage";
import { usePlace } from "../shell/place";
import { Icon } from "../ui/Icon";
import { Empty, Lines } from "../ui/States";
import { Attributes } from "./Attributes";
import { Customer } from "./Customer";
import { Earlier } from "./Earlier";
import { Facts } from "./Facts";
import { Participants } from "./Participants";

export function DetailsPane() {
  const { conv } = usePlace();
  const { t } = useI18n();
  return (
    <aside
      data-pane
      // Its arrow keys scroll it.
      data-scope="details"
      tabIndex={-1}
      aria-label={t("details.label")}
      className="h-full min-h-0 overflow-y-auto outline-none"
    >
      {conv === null ? (
        <Empty icon="info" title={t("details.none")} />
      ) : (
        <Of key={conv} conv={conv} />
      )}
    </aside>
  );
}

function Of({ conv }: { conv: Id }) {
  const { whole, error } = useTalk(conv);
  if (error !== null && whole === null) return null;
  if (whole === null) return <Lines count={5} />;
  return whole.kind === "customer" ? <OfCustomer whole={whole} /> : <OfRoom whole={whole} />;
}

function OfCustomer({ whole }: { whole: ConversationWhole }) {
  const { t } = useI18n();
  return (
    <>
      {whole.customer && <Customer id={whole.customer.id} name={whole.customer.name} />}
      <Section id="facts" title={t("details.conversation")}>
        <Facts whole={whole} />
      </Section>
      <Section id="attributes" title={t("details.attributes")}>
        <Attributes whole={whole} />
      </Section>
      <Section id="people" title={t("details.people")}>
        <Participants conv={whole.id} isRoom={false} mayAdd={whole.status !== "closed"} />
      </Section>
      {whole.customer && (
        <Section id="earlier" title={t("details.earlier")}>
          <Earlier customer={whole.customer.id} here={whole.id} />
        </Section>
      )}
    </>
  );
}

function OfRoom({ whole }: { whole: ConversationWhole }) {
  const { t } = useI18n();
  return (
    <Section id="members" title={t("details.members")}>
      <Participants
        conv={whole.id}
        isRoom={whole.kind === "group"}
        mayAdd={whole.kind === "group"}
      />
    </Section>
  );
}

const isFlag = (value: unknown): value is boolean => typeof value === "boolean";

/** Folded as this person has left it. */
function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  const { store } = useDesk();
  const [kept] = useState(() => new Remembered<boolean>(store, `details.${id}`, true, isFlag));
  const [isOpen, setOpen] = useState(kept.value);
  const turn = () => {
    kept.set(!isOpen);
    setOpen(!isOpen);
  };
  return (
    <section aria-label={title} className="border-t border-line px-5 py-3">
      <h2>
        <button
          type="button"
          aria-expanded={isOpen}
          className="flex w-full items-center gap-1 text-meta font-semibold text-ink-3 hover:text-ink"
          onClick={turn}
        >
          {title}
          <Icon name={isOpen ? "chevron-down" : "chevron-right"} size={14} />
        </button>
      </h2>
      {isOpen && <div className="mt-2">{children}</div>}
    </section>
  );
}
