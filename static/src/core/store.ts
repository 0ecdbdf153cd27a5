/** JSON in a Storage that may be full, forbidden, or written to by somebody else. */
export class Store {
  constructor(
    private readonly storage: Storage | null,
    /** Of all keys; names the user, so that two people at one browser share nothing. */
    readonly prefix: string,
  ) {}

  /** What stands there, unread by any type; undefined where nothing sensible does. */
  read(key: string): unknown {
    try {
      const text = this.storage?.getItem(this.prefix + key);
      return text ? JSON.parse(text) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whether it is kept. */
  write(key: string, value: unknown): boolean {
    try {
      this.storage?.setItem(this.prefix + key, JSON.stringify(value));
      return this.storage !== null;
    } catch {
      return false;
    }
  }

  remove(key: string): void {
    try {
      this.storage?.removeItem(this.prefix + key);
    } catch {
      // Forbidden: then nothing was kept either.
    }
  }

  /** Without the prefix, in no order. */
  keys(): string[] {
    try {
      const storage = this.storage;
      const all = Array.from({ length: storage?.length ?? 0 }, (_, n) => storage?.key(n) ?? "");
      return all.filter((key) => key.startsWith(this.prefix)).map((key) => this.own(key) ?? "");
    } catch {
      return [];
    }
  }

  /** The rest of a whole key, if it is one of ours. */
  own(key: string | null): string | null {
    return key?.startsWith(this.prefix) ? key.slice(this.prefix.length) : null;
  }
}
