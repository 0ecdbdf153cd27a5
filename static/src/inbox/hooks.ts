/** What components read: each hook draws anew when what it reads is another one. */

import {
  createContext,
  useContext,
  useEffect,
  useReducer,
  useRef,
  useSyncExternalStore,
} from "react";
import { useStore } from "zustand";
import type { I18n } from "../core/i18n";
import type { InboxList } from "../core/inbox";
import type { Outgoing } from "../core/outbox";
import type { Connection } from "../core/socket";
import type { Counts, Id, Visibility } from "../core/types";
import type { Desk } from "./desk";
import type { Talk } from "./model/talks";
import type { OpenThread } from "./model/threads";
import type { UiState } from "./model/ui";
import type { Page } from "./page";
import type { Key } from "./words";

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === null) throw new Error("There is no page around this component.");
  return page;
}

export function useDesk(): Desk {
  return usePage().desk;
}

export function useI18n(): I18n<Key> {
  return useDesk().i18n;
}

export function useUi<T>(read: (state: UiState) => T): T {
  return useStore(usePage().ui, read);
}

interface Tells<T extends unknown[]> {
  add: (listener: (...told: T) => void) => () => void;
}

/** `read` gives the same object until something changes. */
export function useTold<T, Told extends unknown[]>(tells: Tells<Told>, read: () => T): T {
  return useSyncExternalStore((listener) => tells.add(() => listener()), read);
}

/** For what is made anew with each reading: draw again whenever it is told. */
export function useTick<Told extends unknown[]>(
  tells: Tells<Told>,
  isMine?: (...told: Told) => boolean,
): void {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  const mine = useRef(isMine);
  mine.current = isMine;
  useEffect(() => tells.add((...told) => (mine.current?.(...told) ?? true) && tick()), [tells]);
}

export function useConnection(): Connection {
  const { socket } = useDesk();
  return useTold(socket.onChange, () => socket.connection);
}

export function useCounts(): Counts | null {
  const { feed } = useDesk();
  return useTold(feed.onCounts, () => feed.counts);
}

export function useTalk(conv: Id): Talk {
  const { talks } = useDesk();
  return useTold(talks.onChange, () => talks.get(conv));
}

export function useThread(conv: Id): OpenThread {
  const { threads } = useDesk();
  return useTold(threads.onChange, () => threads.get(conv));
}

export function useOutgoing(conv: Id): readonly Outgoing[] {
  const { outbox } = useDesk();
  return useTold(outbox.onChange, () => outbox.list(conv));
}

export function useDraft(conv: Id, mode: Visibility) {
  const { drafts } = useDesk();
  return useTold(drafts.onChange, () => drafts.state(conv, mode));
}

export function useUploads(conv: Id, mode: Visibility) {
  const { uploads } = useDesk();
  return useTold(uploads.onChange, () => uploads.list(conv, mode));
}

export function usePreferences() {
  const { settings } = useDesk();
  return useTold(settings.onChange, () => settings.preferences);
}

const NO_LIST: InboxList = { rows: [], updates: 0, isLoaded: false, hasMore: false };

export function useList(): { list: InboxList; error: Error | null } {
  const { lists } = useDesk();
  const inbox = useTold(lists.onChange, () => lists.current);
  const error = useTold(lists.onChange, () => lists.error);
  const list = useTold(inbox?.onChange ?? lists.onChange, () => inbox?.list ?? NO_LIST);
  return { list, error };
}

export function useMembers() {
  const { people } = useDesk();
  useEffect(() => void people.load(), [people]);
  return useTold(people.onChange, () => people.members);
}

/** Now, as often as times on the screen have to change. */
export function useNow(every = 30_000): number {
  const { clock } = useDesk().world;
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    let timer = clock.after(every, again);
    function again() {
      tick();
      timer = clock.after(every, again);
    }
    return () => clock.cancel(timer);
  }, [clock, every]);
  return clock.now();
}

/** Of a field: its words decide, and while there are none the page does. */
export function useTextDir(text: string): "auto" | "ltr" | "rtl" {
  const { direction } = useI18n();
  return text === "" ? direction : "auto";
}

/** Whether the screen is at least so wide. */
export function useWide(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => window.matchMedia(query).matches,
  );
}
