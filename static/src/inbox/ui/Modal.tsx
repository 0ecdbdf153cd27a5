import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useI18n, usePage } from "../hooks";
import { openDialog } from "../model/ui";
import { IconButton } from "./Button";

/** Whoever opens it wants to fill it in, not to close it. */
function toFirstField(event: Event): void {
  const box = event.currentTarget as HTMLElement;
  const field = box.querySelector<HTMLElement>("input:not([type=radio]), select, textarea");
  if (field === null) return;
  event.preventDefault();
  field.focus();
}

/** A dialog over the page; closed it gives the focus back. */
export function Modal({
  title,
  isTitleHidden = false,
  onClose,
  children,
  className = "",
}: {
  title: string;
  isTitleHidden?: boolean;
  onClose?: () => void;
  children: ReactNode;
  className?: string;
}) {
  const page = usePage();
  const { t, direction } = useI18n();
  const close = onClose ?? (() => openDialog(page.ui, null));
  return (
    <Radix.Root open onOpenChange={(isOpen) => isOpen || close()}>
      <Radix.Portal>
        <Radix.Overlay className="scrim" />
        <Radix.Content
          dir={direction}
          className={`dialog ${className}`}
          aria-describedby={undefined}
          onOpenAutoFocus={toFirstField}
        >
          <div
            className={
              isTitleHidden
                ? "unseen"
                : "flex items-center justify-between gap-2 border-b border-line px-5 py-3"
            }
          >
            <Radix.Title className="text-title font-semibold">{title}</Radix.Title>
            {!isTitleHidden && (
              <IconButton label={t("action.close")} icon="x" onClick={close} className="-me-2" />
            )}
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
