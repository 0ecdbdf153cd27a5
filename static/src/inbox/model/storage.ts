/** Small things that this browser remembers for this person, and tells of. */

import { Listeners } from "../../core/listeners";
import type { Store } from "../../core/store";

export class Remembered<T> {
  readonly onChange = new Listeners();
  private current: T;

  constructor(
    private readonly store: Store,
    private readonly key: string,
    usual: T,
    isValid: (value: unknown) => value is T,
  ) {
    const stored = store.read(key);
    this.current = isValid(stored) ? stored : usual;
  }

  get value(): T {
    return this.current;
  }

  set(value: T): void {
    this.current = value;
    this.store.write(this.key, value);
    this.onChange.tell();
  }
}
