// What a person sees of a long command: one line for each step when it is done, with its time, and on a terminal the
// step that runs now below them.
import type { Clock } from "#base/clock.ts";
import type { Progress } from "#cluster/progress.ts";

export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** How long ago, as kubectl writes it: the two largest units that matter. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600), Math.floor(seconds / 60)];
  if (days >= 2) return `${days}d${hours % 24 === 0 ? "" : `${hours % 24}h`}`;
  if (hours >= 3) return `${hours}h${minutes % 60 === 0 ? "" : `${minutes % 60}m`}`;
  if (minutes >= 3) return `${minutes}m${seconds % 60 === 0 ? "" : `${seconds % 60}s`}`;
  return `${seconds}s`;
}

export const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** Columns padded to their widest cell, two blanks apart. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

export interface ProgressOptions {
  readonly out: NodeJS.WriteStream;
  readonly clock: Clock;
  /** Say every detail, one line each. */
  readonly verbose: boolean;
}

/** Steps that end at once and change nothing are not worth a line, unless asked for. */
const dullMs = 1;

/** Without a terminal, details come at most this often. */
const quietMs = 2_000;

export function terminalProgress({ out, clock, verbose }: ProgressOptions): Progress {
  const live = out.isTTY && !verbose;
  const running = new Map<string, string>();
  let shown = false;
  const hide = (): void => {
    if (shown) out.write("\r\u001b[K");
    shown = false;
  };
  const show = (): void => {
    if (!live || running.size === 0) return;
    const text = [...running].map(([title, detail]) => (detail === "" ? title : `${title}: ${detail}`)).join(", ");
    out.write(`\r\u001b[K  … ${text}`.slice(0, (out.columns ?? 80) + 4));
    shown = true;
  };
  const line = (text: string): void => {
    hide();
    out.write(`${text}\n`);
    show();
  };
  return {
    async step(title, work) {
      const began = clock.monotonic();
      let said = began;
      running.set(title, "");
      show();
      let last = "";
      const report = (detail: string): void => {
        running.set(title, detail);
        if (live) return show();
        const now = clock.monotonic();
        const text = detail.replace(/^\d+ % /, "");
        if (text === last || (!verbose && now - said < quietMs)) return;
        line(`    ${detail}`);
        [last, said] = [text, now];
      };
      try {
        const result = await work(report);
        const tookMs = clock.monotonic() - began;
        running.delete(title);
        if (verbose || tookMs >= dullMs) line(`  ✓ ${title.padEnd(44)} ${duration(tookMs).padStart(8)}`);
        return result;
      } catch (error) {
        running.delete(title);
        line(`  ✗ ${title.padEnd(44)} ${duration(clock.monotonic() - began).padStart(8)}`);
        throw error;
      }
    },
    note(text) {
      line(`  ! ${text}`);
    },
  };
}
