/** Who wants to be told; one that throws harms neither the teller nor the others. */
export class Listeners<T extends unknown[] = []> {
  private readonly all = new Set<(...told: T) => void>();

  /** Gives back what takes it off again. */
  add = (listener: (...told: T) => void): (() => void) => {
    this.all.add(listener);
    return () => {
      this.all.delete(listener);
    };
  };

  tell(...told: T): void {
    for (const listener of [...this.all]) {
      try {
        listener(...told);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
