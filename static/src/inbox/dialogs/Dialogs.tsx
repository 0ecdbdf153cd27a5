/** The dialog that is open, if any; one at a time. */

import { useUi } from "../hooks";
import { HelpSheet } from "./HelpSheet";
import { MergeDialog } from "./MergeDialog";
import { NewDialog } from "./NewDialog";
import { Palette } from "./Palette";
import { PickDialog } from "./PickDialog";
import { PreferencesDialog } from "./PreferencesDialog";
import { ViewDialog } from "./ViewDialog";

export function Dialogs() {
  const dialog = useUi((state) => state.dialog);
  switch (dialog?.kind) {
    case "palette":
      return <Palette />;
    case "help":
      return <HelpSheet />;
    case "preferences":
      return <PreferencesDialog />;
    case "new":
      return <NewDialog follows={dialog.follows} />;
    case "view":
      return <ViewDialog id={dialog.id} />;
    case "merge":
      return <MergeDialog conv={dialog.conv} />;
    case "pick":
      return <PickDialog what={dialog.what} convs={dialog.convs} />;
    default:
      return null;
  }
}
