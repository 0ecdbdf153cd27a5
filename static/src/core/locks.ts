/** One tab at a time. */

import { Alarm, type Clock } from "./clock";
import { isObject } from "./errors";
import type { Store } from "./store";

export interface Locks {
  /** Does the work alone among all tabs; false, without doing it, while another one does. */
  run(name: string, work: () => Promise<void>): Promise<boolean>;
}

export function webLocks(manager: Pick<LockManager, "request">): Locks {
  return {
    run: async (name, work) => {
      let isMine = false;
      await manager.request(name, { ifAvailable: true }, async (lock) => {
        isMine = lock !== null;
        if (isMine) await work();
      });
      return isMine;
    },
  };
}

const LEASE_MS = 15_000;
/** Long enough for two tabs that write in the same moment to see who was last. */
const SETTLE_MS = 50;

/**
 * For browsers without Web Locks. A lease in storage is no proof: in a rare race two tabs hold it,
 * so what is done under it must be harmless when done twice.
 */
export function leases(store: Store, clock: Clock, owner: string): Locks {
  const mine = new Set<string>();
  const holder = (name: string): string | null => {
    const lease = store.read(name);
    const isLive = isObject(lease) && typeof lease.until === "number" && lease.until > clock.now();
    return isLive ? String(lease.owner) : null;
  };
  const hold = (name: string) => store.write(name, { owner, until: clock.now() + LEASE_MS });

  const alone = async (name: string, work: () => Promise<void>): Promise<boolean> => {
    if (holder(name) !== null) return false;
    const isKept = hold(name);
    await new Promise<void>((resolve) => clock.after(SETTLE_MS, resolve));
    // Without a storage no other tab can be seen, nor see us.
    if (isKept && holder(name) !== owner) return false;
    const renewal = new Alarm(clock, () => {
      hold(name);
      renewal.set(LEASE_MS / 3);
    });
    renewal.set(LEASE_MS / 3);
    try {
      await work();
    } finally {
      renewal.clear();
      if (holder(name) === owner) store.remove(name);
    }
    return true;
  };

  return {
    run: async (name, work) => {
      if (mine.has(name)) return false;
      mine.add(name);
      try {
        return await alone(name, work);
      } finally {
        mine.delete(name);
      }
    },
  };
}
