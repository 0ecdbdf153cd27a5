/** What is asked for once, as long as it was answered. */
export class Once<T> {
  private asked: Promise<T> | null = null;

  constructor(private readonly ask: () => Promise<T>) {}

  read(): Promise<T> {
    this.asked ??= this.ask().catch((error: unknown) => {
      this.asked = null;
      throw error;
    });
    return this.asked;
  }
}
