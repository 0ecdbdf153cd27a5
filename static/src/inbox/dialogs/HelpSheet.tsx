/** All keys, from the registry that they work by. */

import type { Scope } from "../../core/actions";
import { useI18n, usePage } from "../hooks";
import { Kbd } from "../ui/Kbd";
import { Modal } from "../ui/Modal";
import type { Key } from "../words";

const SCOPES: readonly Scope[] = ["global", "list", "conversation", "thread", "composer"];

export function HelpSheet() {
  const page = usePage();
  const { t } = useI18n();
  const actions = page.actions.list().filter((each) => page.keymap.keysOf(each).length > 0);
  return (
    <Modal title={t("action.help.open")} className="w-[min(920px,calc(100vw-24px))]">
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys scroll it
        tabIndex={0}
        className="min-h-0 columns-1 gap-8 overflow-y-auto p-5 rail:columns-2 wide:columns-3"
      >
        {SCOPES.map((scope) => (
          <section key={scope} className="mb-5 break-inside-avoid-column">
            <h2 className="mb-1 text-meta font-semibold text-ink-3">
              {t(`scope.${scope}` as Key)}
            </h2>
            <dl>
              {actions
                .filter((each) => each.scope === scope)
                .map((each) => (
                  <div
                    key={each.id}
                    className="flex items-center justify-between gap-3 py-1 text-second"
                  >
                    <dt>{t(each.title as Key)}</dt>
                    <dd className="flex shrink-0 gap-1">
                      {page.keymap.keysOf(each).map((keys) => (
                        <Kbd key={keys} keys={keys} />
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
