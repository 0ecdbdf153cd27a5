/** The session of this browser: when it ends, whoever sits here is asked once to begin another. */

import { Listeners } from "../../core/listeners";

export class SessionKeeper {
  readonly onChange = new Listeners();
  isAsking = false;
  private asked: Promise<boolean> | null = null;
  private answer: (isRenewed: boolean) => void = () => {};

  /** Resolves when somebody has signed in, or does not want to. */
  renewed(): Promise<boolean> {
    this.asked ??= new Promise<boolean>((resolve) => {
      this.isAsking = true;
      this.answer = resolve;
      this.onChange.tell();
    });
    return this.asked;
  }

  settle(isRenewed: boolean): void {
    this.isAsking = false;
    this.asked = null;
    this.answer(isRenewed);
    this.onChange.tell();
  }
}
