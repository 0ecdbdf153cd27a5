/** The page around us, as far as the core asks about it. */

export type PageEvent = "online" | "offline" | "focus" | "blur" | "visibility" | "pagehide";

export interface Surroundings {
  isOnline(): boolean;
  isVisible(): boolean;
  hasFocus(): boolean;
  on(event: PageEvent, listener: () => void): () => void;
  /** Another tab has written this key. */
  onStorage(listener: (key: string | null) => void): () => void;
}

export function browserSurroundings(window: Window): Surroundings {
  const { document, navigator } = window;
  const listen = (target: EventTarget, name: string, listener: (event: Event) => void) => {
    target.addEventListener(name, listener);
    return () => target.removeEventListener(name, listener);
  };
  return {
    isOnline: () => navigator.onLine,
    isVisible: () => document.visibilityState === "visible",
    hasFocus: () => document.hasFocus(),
    on: (event, listener) =>
      event === "visibility"
        ? listen(document, "visibilitychange", listener)
        : listen(window, event, listener),
    onStorage: (listener) =>
      listen(window, "storage", (event) => listener((event as StorageEvent).key)),
  };
}

/** Somebody is looking, not merely a tab that is open. */
export function hasAttention(page: Surroundings): boolean {
  return page.isVisible() && page.hasFocus();
}
