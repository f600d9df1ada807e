import { TestClock } from "../guard-aws/test-clock.ts";

/** In every pause of a command the world goes on. */
export class WorldClock extends TestClock {
  happens: () => Promise<void> = () => Promise.resolve();

  set(now: number): void {
    this.reset();
    this.pass(now - this.now());
  }

  override async sleep(milliseconds: number): Promise<void> {
    await super.sleep(milliseconds);
    await this.happens();
  }
}
