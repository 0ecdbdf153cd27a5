/** How the inbox behaves for this person; changed here at once, and kept by the server. */

import { Listeners } from "../../core/listeners";
import type { InboxApi } from "../api";
import type { Preferences } from "../boot";

export class Settings {
  readonly onChange = new Listeners();
  readonly onError = new Listeners<[unknown]>();

  constructor(
    private readonly api: Pick<InboxApi, "savePreferences">,
    public preferences: Preferences,
  ) {}

  change(changes: Partial<Preferences>): void {
    const before = this.preferences;
    this.become({ ...before, ...changes });
    this.api.savePreferences(this.preferences).catch((error: unknown) => {
      this.become(before);
      this.onError.tell(error);
    });
  }

  private become(preferences: Preferences): void {
    this.preferences = preferences;
    this.onChange.tell();
  }
}
