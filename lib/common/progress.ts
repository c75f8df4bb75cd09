import { writeStderr } from './stderr';

const CLEAR_LINE = '\r\u001b[2K';

/**
 * What long work says while it goes on, on stderr: one line that is rewritten on a terminal, a plain line a step elsewhere.
 */
export class Progress {
  private readonly started = Date.now();
  private readonly terminal = process.stderr.isTTY === true;

  /** @param place the layer, as messages call it */
  constructor(private readonly place: string) {}

  /** Runs a step and says how long it took. */
  public async step<T>(what: string, work: () => Promise<T>): Promise<T> {
    const begin = Date.now();
    if (this.terminal) {
      writeStderr(`${CLEAR_LINE}${this.place}: ${what} …`);
    }
    const result = await work();
    if (!this.terminal) {
      this.line(`${what} (${seconds(begin)})`);
    }
    return result;
  }

  /** A line that stays. */
  public line(text: string): void {
    writeStderr(`${this.terminal ? CLEAR_LINE : ''}${this.place}: ${text}\n`);
  }

  /** The last line. */
  public done(text: string): void {
    this.line(`${text} in ${seconds(this.started)}`);
  }
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
