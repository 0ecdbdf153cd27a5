/** Panes side by side where there is room; one after the other where there is none. */

import { Dialog } from "radix-ui";
import { type ReactNode, useEffect } from "react";
import { DetailsPane } from "../details/DetailsPane";
import { useI18n, usePage, useTalk, useUi, useWide } from "../hooks";
import { ListPane } from "../list/ListPane";
import { ThreadPane } from "../thread/ThreadPane";
import { BottomBar } from "./BottomBar";
import { usePlace } from "./place";
import { Sidebar } from "./Sidebar";
import { Splitter, useListWidth } from "./Splitter";

export function Layout() {
  const hasPanes = useWide("(min-width: 640px)");
  const hasDetails = useWide("(min-width: 1280px)");
  const page = usePage();
  // A drawer that has become a pane is no drawer any more.
  useEffect(() => {
    if (hasDetails) page.ui.setState({ drawer: null });
  }, [hasDetails, page]);
  return (
    <>
      {hasPanes ? <Wide hasDetails={hasDetails} /> : <Narrow />}
      <Drawers />
    </>
  );
}

function Wide({ hasDetails }: { hasDetails: boolean }) {
  const hasList = useUi((state) => state.hasList);
  // Also of a laptop at 200 %: side by side neither could be read.
  const hasBoth = useWide("(min-width: 860px)");
  const wanted = useUi((state) => state.hasDetails);
  const { conv } = usePlace();
  const [width, setWidth] = useListWidth();
  const isSeen = useTalk(conv ?? "").error === null;
  const isDetailed = hasDetails && wanted && conv !== null && isSeen;
  return (
    <div className="flex h-full">
      <div className="w-[64px] shrink-0 wide:w-[228px]">
        <Sidebar />
      </div>
      <div className="my-2 me-2 flex min-w-0 grow overflow-hidden rounded-panel border border-line bg-surface">
        {((hasList && hasBoth) || conv === null) && (
          <div className="shrink-0" style={{ inlineSize: width }}>
            <ListPane edge={<Splitter width={width} onChange={setWidth} />} />
          </div>
        )}
        <div className="min-w-0 grow">
          <ThreadPane />
        </div>
        {isDetailed && (
          <div className="w-[300px] shrink-0 border-s border-line">
            <DetailsPane />
          </div>
        )}
      </div>
    </div>
  );
}

/** A stack: the list, over it the thread. */
function Narrow() {
  const { conv } = usePlace();
  return (
    <div className="flex h-full flex-col bg-surface">
      <div className="min-h-0 grow">{conv === null ? <ListPane /> : <ThreadPane />}</div>
      {conv === null && <BottomBar />}
    </div>
  );
}

function Drawers() {
  const drawer = useUi((state) => state.drawer);
  const { t } = useI18n();
  if (drawer === "nav") {
    return (
      <Drawer side="start" title={t("nav.label")}>
        <Sidebar />
      </Drawer>
    );
  }
  if (drawer === "details") {
    return (
      <Drawer side="end" title={t("details.label")}>
        <DetailsPane />
      </Drawer>
    );
  }
  return null;
}

function Drawer({
  side,
  title,
  children,
}: {
  side: "start" | "end";
  title: string;
  children: ReactNode;
}) {
  const page = usePage();
  const { direction } = useI18n();
  const close = () => page.ui.setState({ drawer: null });
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          dir={direction}
          data-drawer
          aria-describedby={undefined}
          className={`fixed inset-y-0 w-[min(320px,88vw)] bg-surface shadow-modal outline-none ${side === "start" ? "start-0" : "end-0"} z-40`}
        >
          <Dialog.Title className="unseen">{title}</Dialog.Title>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
