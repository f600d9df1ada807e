import type { Clock } from "../../runtime/guard/ports.ts";
import { NOON } from "./setting.ts";

/** Stands still unless it is moved; sleeping moves it and takes no time. */
export class TestClock implements Clock {
  /** Done once, in the next sleep: what happens while the guard waits. */
  meanwhile: (() => Promise<void>) | undefined;
  #now = NOON;

  now(): number {
    return this.#now;
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    const happens = this.meanwhile;
    this.meanwhile = undefined;
    await happens?.();
  }

  reset(): void {
    this.#now = NOON;
    this.meanwhile = undefined;
  }
}
