/** Files on their way: how far each is, what is wrong with it, and how it is taken out. */

import type { Id, Visibility } from "../../core/types";
import { useConnection, useDesk, useI18n, useUploads } from "../hooks";
import { MOST_BYTES, MOST_FILES, type Upload } from "../model/uploads";
import { Size } from "../thread/Attachments";
import { IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";

export function Files({ conv, mode }: { conv: Id; mode: Visibility }) {
  const { t } = useI18n();
  const uploads = useUploads(conv, mode);
  if (uploads.length === 0) return null;
  return (
    <ul aria-label={t("file.list")} className="flex flex-wrap gap-2 px-3 pb-2">
      {uploads.map((each) => (
        <One key={each.key} conv={conv} mode={mode} upload={each} />
      ))}
    </ul>
  );
}

function One({ conv, mode, upload }: { conv: Id; mode: Visibility; upload: Upload }) {
  const { uploads } = useDesk();
  const { t } = useI18n();
  const { key, name, size, state, progress } = upload;
  const isBad = state === "failed";
  return (
    <li
      className={`flex max-w-[280px] items-center gap-2 rounded-control border px-2 py-1 text-second ${
        isBad ? "border-bad bg-bad-soft" : "border-line bg-surface"
      }`}
    >
      <Icon
        name={isBad ? "circle-alert" : "file"}
        size={16}
        className={isBad ? "text-bad" : "text-ink-3"}
      />
      <span className="flex min-w-0 grow flex-col">
        <bdi className="truncate">{name}</bdi>
        <span className={`text-meta ${isBad ? "text-bad" : "text-ink-3"}`}>
          {isBad ? <Fault upload={upload} /> : <Size bytes={size} />}
        </span>
        {state === "uploading" && (
          <progress
            className="h-1 w-full"
            aria-label={t("file.uploading", { name })}
            max={1}
            value={progress}
          />
        )}
      </span>
      {isBad && upload.error?.code !== "too_large" && (
        <IconButton
          label={t("action.retry")}
          icon="rotate-ccw"
          className="h-7 min-h-7 w-7"
          onClick={() => uploads.retry(conv, mode, key)}
        />
      )}
      <IconButton
        label={t("file.remove", { name })}
        icon="x"
        className="h-7 min-h-7 w-7"
        onClick={() => uploads.remove(conv, mode, key)}
      />
    </li>
  );
}

function Fault({ upload }: { upload: Upload }) {
  const { t } = useI18n();
  const { state } = useConnection();
  if (upload.error?.code === "too_large") {
    return <>{t("file.too_large", { limit: MOST_BYTES / 1024 / 1024 })}</>;
  }
  if (upload.error?.code === "too_many") {
    return <>{t("file.too_many", { count: MOST_FILES })}</>;
  }
  if (state === "offline") return <>{t("file.waits")}</>;
  return <>{upload.error?.detail || t("file.failed")}</>;
}
