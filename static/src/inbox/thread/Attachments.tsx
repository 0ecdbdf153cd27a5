/** Files of a message: pictures with their own size from the start, others by name. */

import { Dialog } from "radix-ui";
import { useState } from "react";
import type { Attachment } from "../../core/types";
import { contentOf, thumbnailOf } from "../api";
import { useI18n } from "../hooks";
import { IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";

const WIDEST = 280;
const NARROWEST = 48;
const HIGHEST = 220;

export function Attachments({ attachments }: { attachments: readonly Attachment[] }) {
  const [shown, setShown] = useState<number | null>(null);
  if (attachments.length === 0) return null;
  const pictures = attachments.filter(isPicture);
  return (
    <ul className="mt-1 flex flex-wrap gap-2">
      {attachments.map((each) => (
        <li key={each.id} className="max-w-full">
          {isPicture(each) ? (
            <Picture attachment={each} onOpen={() => setShown(pictures.indexOf(each))} />
          ) : (
            <FileLink attachment={each} />
          )}
        </li>
      ))}
      {shown !== null && (
        <Lightbox pictures={pictures} at={shown} onMove={setShown} onClose={() => setShown(null)} />
      )}
    </ul>
  );
}

function isPicture({ width, height, scan }: Attachment): boolean {
  return width !== null && height !== null && scan === "clean";
}

function Picture({ attachment, onOpen }: { attachment: Attachment; onOpen: () => void }) {
  const { t } = useI18n();
  const { id, name, width, height } = attachment;
  const [w, h] = [width ?? WIDEST, height ?? HIGHEST];
  const scale = Math.min(1, WIDEST / w, HIGHEST / h);
  return (
    <button type="button" aria-label={t("file.view", { name })} className="block" onClick={onOpen}>
      <img
        src={thumbnailOf(id)}
        alt=""
        loading="lazy"
        // What is very long shows its middle.
        width={Math.max(NARROWEST, Math.round(w * scale))}
        height={Math.max(NARROWEST, Math.round(h * scale))}
        className="rounded-control border border-line object-cover"
      />
    </button>
  );
}

function FileLink({ attachment }: { attachment: Attachment }) {
  const { t } = useI18n();
  const { id, name, size, scan } = attachment;
  const facts = (
    <>
      <Icon name="file-text" className="text-ink-3" />
      <span className="flex min-w-0 flex-col text-start">
        <bdi className="truncate font-medium">{name}</bdi>
        <span className="text-meta text-ink-3">
          {scan === "clean" ? <Size bytes={size} /> : t(`file.${scan}`)}
        </span>
      </span>
    </>
  );
  const look =
    "flex max-w-[280px] items-center gap-2 rounded-control border border-line bg-raised px-3 py-2 text-second";
  if (scan !== "clean") return <span className={look}>{facts}</span>;
  return (
    <a href={contentOf(id)} download={name} className={`${look} hover:border-line-strong`}>
      {facts}
      <Icon name="download" size={16} className="text-ink-3" />
    </a>
  );
}

export function Size({ bytes }: { bytes: number }) {
  const i18n = useI18n();
  const kilobytes = Math.max(1, Math.round(bytes / 1024));
  if (kilobytes < 1024) return <>{i18n.t("file.kilobytes", { size: kilobytes })}</>;
  return <>{i18n.t("file.megabytes", { size: Math.round(kilobytes / 102.4) / 10 })}</>;
}

function Lightbox({
  pictures,
  at,
  onMove,
  onClose,
}: {
  pictures: readonly Attachment[];
  at: number;
  onMove: (at: number) => void;
  onClose: () => void;
}) {
  const { t, direction } = useI18n();
  const [isLarge, setLarge] = useState(false);
  const picture = pictures[at];
  if (picture === undefined) return null;
  const step = (by: number) => onMove((at + by + pictures.length) % pictures.length);
  const forward = direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const back = direction === "rtl" ? "ArrowRight" : "ArrowLeft";
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-4 z-40 flex flex-col rounded-panel bg-raised"
          onKeyDown={({ key }) => {
            if (key === forward) step(1);
            if (key === back) step(-1);
          }}
        >
          <div className="flex items-center gap-1 px-4 py-2">
            <Dialog.Title className="min-w-0 grow truncate font-semibold">
              <bdi>{picture.name}</bdi>
            </Dialog.Title>
            <IconButton
              label={t("file.zoom")}
              icon="search"
              aria-pressed={isLarge}
              onClick={() => setLarge(!isLarge)}
            />
            <a
              href={contentOf(picture.id)}
              download={picture.name}
              aria-label={t("file.download", { name: picture.name })}
              className="btn btn-ghost btn-icon"
            >
              <Icon name="download" />
            </a>
            <IconButton label={t("action.close")} icon="x" onClick={onClose} />
          </div>
          <div className="min-h-0 grow overflow-auto p-2 text-center">
            <img
              src={contentOf(picture.id)}
              alt={picture.name}
              width={picture.width ?? undefined}
              height={picture.height ?? undefined}
              className={isLarge ? "mx-auto max-w-none" : "mx-auto h-full w-full object-contain"}
            />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
