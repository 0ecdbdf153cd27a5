import { asApiError } from "../../core/errors";
import type { Id } from "../../core/types";
import type { Page } from "../page";

/** The room with this person, which is made where there is none. */
export async function startDirect(page: Page, member: Id): Promise<void> {
  const { api, newId, rooms } = page.desk;
  try {
    const room = await api.begin({ client_id: newId(), kind: "direct", participants: [member] });
    rooms.tell(room);
    page.go({ area: "team", view: "team", conv: room.id });
  } catch (thrown) {
    page.deeds.failed(asApiError(thrown));
  }
}
