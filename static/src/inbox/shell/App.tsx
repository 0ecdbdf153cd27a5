/** The whole page: who is where, on a wide screen and on a narrow one. */

import { useEffect, useLayoutEffect } from "react";
import { Router, useLocation, useSearch } from "wouter";
import { Dialogs } from "../dialogs/Dialogs";
import { PageContext, useCounts, useI18n, usePage, usePreferences } from "../hooks";
import { useViewName } from "../list/ListHeader";
import { titleOf } from "../model/alerts";
import { placeOf } from "../model/place";
import { openDialog } from "../model/ui";
import type { Page } from "../page";
import { ConnectionPill } from "./ConnectionPill";
import { Layout } from "./Layout";
import { SignOutForm } from "./MeMenu";
import { SessionDialog } from "./SessionDialog";
import { Toasts } from "./Toasts";

export function App({ page }: { page: Page }) {
  return (
    <PageContext value={page}>
      <Router base="/app">
        <Inside />
      </Router>
    </PageContext>
  );
}

function Inside() {
  const page = usePage();
  useAddress();
  useKeys();
  useTitle();
  const preferences = usePreferences();
  return (
    <div
      className="contents"
      data-density={preferences.density}
      data-motion={preferences.reduced_motion ? "off" : "on"}
    >
      <Skips />
      <Layout />
      <Notices />
      {page.place !== null && <Dialogs />}
      <SessionDialog />
      <SignOutForm />
    </div>
  );
}

/** Where they cover neither what one reads nor what one writes. */
function Notices() {
  return (
    <div
      // Also where a dialog hides everything else.
      aria-live="polite"
      className="pointer-events-none fixed inset-x-3 top-16 z-50 flex flex-col gap-2 rail:start-20 rail:end-auto rail:top-auto rail:bottom-5 wide:start-[244px]"
    >
      <Toasts />
      <ConnectionPill />
    </div>
  );
}

/** The address decides what is shown, so Back and links do what they should. */
function useAddress(): void {
  const page = usePage();
  const [path, navigate] = useLocation();
  const query = useSearch();
  useLayoutEffect(() => {
    const place = placeOf(path, query);
    page.setPlace(place, navigate);
    if (place.area === "preferences") openDialog(page.ui, { kind: "preferences" });
  }, [page, path, query, navigate]);
}

function useKeys(): void {
  const page = usePage();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      page.desk.standing.active();
      page.keymap.handle(event);
    };
    const point = () => page.desk.standing.active();
    window.addEventListener("keydown", press);
    window.addEventListener("pointerdown", point);
    return () => {
      window.removeEventListener("keydown", press);
      window.removeEventListener("pointerdown", point);
    };
  }, [page]);
}

function useTitle(): void {
  const i18n = useI18n();
  const counts = useCounts();
  const name = useViewName();
  useEffect(() => {
    document.title = titleOf(name, counts, (count) => i18n.count(count));
  }, [name, counts, i18n]);
}

function Skips() {
  const page = usePage();
  const { t } = useI18n();
  const look =
    "skip fixed start-3 top-3 z-50 rounded-control bg-accent px-4 py-2 font-semibold text-on-accent";
  return (
    <>
      <button type="button" className={look} onClick={() => page.handles.list?.focus()}>
        {t("skip.list")}
      </button>
      {page.place?.conv != null && (
        <button type="button" className={look} onClick={() => page.handles.feed?.focus()}>
          {t("skip.thread")}
        </button>
      )}
    </>
  );
}
