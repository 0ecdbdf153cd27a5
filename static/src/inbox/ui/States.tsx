/** What a pane shows when it has nothing to show. */

import type { ReactNode } from "react";
import { ApiError } from "../../core/errors";
import { useI18n } from "../hooks";
import { Button } from "./Button";
import { Icon } from "./Icon";
import type { IconName } from "./icons";

export function Empty({
  icon,
  title,
  text,
  children,
}: {
  icon: IconName;
  title: string;
  text?: string | undefined;
  children?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-12 text-center text-ink-2">
      <span className="mb-1 inline-flex size-12 items-center justify-center rounded-full border border-dashed border-line-strong text-ink-3">
        <Icon name={icon} size={22} />
      </span>
      <p className="font-semibold text-ink">{title}</p>
      {text && <p className="max-w-[36ch] text-second">{text}</p>}
      {children}
    </div>
  );
}

/** What failed, again at a press, and the number under which the server knows of it. */
export function Failed({
  title,
  error,
  onRetry,
}: {
  title: string;
  error: Error | null;
  onRetry: () => void;
}) {
  const { t } = useI18n();
  const requestId = error instanceof ApiError ? error.requestId : null;
  const fault = faultOf(error);
  return (
    <div role="alert" className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      <Icon name="circle-alert" size={24} className="text-bad" />
      <p className="font-semibold">{title}</p>
      {fault !== null && <p className="text-ink-2">{fault}</p>}
      {fault === null && (
        <Button icon="rotate-ccw" onClick={onRetry}>
          {t("action.retry")}
        </Button>
      )}
      {requestId && (
        <p className="text-meta text-ink-3">
          {t("error.request")} <code dir="ltr">{requestId}</code>
        </p>
      )}
    </div>
  );
}

/** What is asked for is wrong, and would be the next time too. */
function faultOf(error: Error | null): string | null {
  if (!(error instanceof ApiError) || error.status !== 400) return null;
  return error.told || null;
}

/** In the place of lines that are on their way. */
export function Lines({ count }: { count: number }) {
  return (
    <div aria-hidden="true" className="flex flex-col gap-3 p-4">
      {Array.from({ length: count }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <span key={at} className={`skeleton h-4 ${at % 3 === 2 ? "w-1/2" : "w-full"}`} />
      ))}
    </div>
  );
}
