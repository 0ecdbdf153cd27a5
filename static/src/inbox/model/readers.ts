/** How far others have read, as far as they were heard to. */

import { Listeners } from "../../core/listeners";
import type { Id, Person } from "../../core/types";

export class Readers {
  readonly onChange = new Listeners<[Id]>();
  private readonly all = new Map<Id, Map<Id, { member: Person; seq: number }>>();

  heard(conv: Id, member: Person, seq: number): void {
    const known = this.all.get(conv) ?? new Map();
    if (seq <= (known.get(member.id)?.seq ?? 0)) return;
    this.all.set(conv, known.set(member.id, { member, seq }));
    this.onChange.tell(conv);
  }

  /** The furthest that a customer has read. */
  customerSeq(conv: Id): number {
    const found = [...(this.all.get(conv)?.values() ?? [])];
    return Math.max(0, ...found.filter((each) => each.member.role === "user").map((e) => e.seq));
  }
}
