// The program that sqlite.crash.test.ts kills: writers under load who say what they are about to do and what was done.
// Arguments: the database file, how many writers, and a revision to compact before while they write.
import { systemClock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { openSqliteStore } from "#store/sqlite.ts";

/** One line: what a writer does, and once it is acknowledged, at which revision. */
export interface Saying {
  readonly id: string;
  readonly key: string;
  /** Absent: it deletes. */
  readonly value?: string;
  /** Absent: it is about to. */
  readonly revision?: number;
}
/** Resolves when the kernel has the line: from then on a kill cannot unsay it. */
const say = (saying: Saying): Promise<void> =>
  new Promise((resolve) => process.stdout.write(`${JSON.stringify(saying)}\n`, () => resolve()));

const [path, writers, before] = process.argv.slice(2) as [string, string, string];
await using store = await openSqliteStore({ path, clock: systemClock, log: silentLog });
const start = await store.revision();
const { entries } = await store.list("");
const revisions = new Map(entries.map((entry) => [entry.key, entry.revision]));

async function write(writer: number): Promise<never> {
  for (let n = 0; ; n++) {
    const key = `${writer}/${n % 3}`;
    const standing = revisions.get(key);
    const id = `${start}/${writer}/${n}`;
    if (standing !== undefined && n % 5 === 4) {
      await say({ id, key });
      const commit = await store.delete(key, standing);
      if (!commit.ok) throw new Error(`the deletion of ${key} met a conflict`);
      revisions.delete(key);
      await say({ id, key, revision: commit.revision });
    } else {
      const value = id.padEnd(100 + ((writer * 977 + n * 131) % 6_000), ".");
      await say({ id, key, value });
      const commit = await store.put(key, Buffer.from(value), standing ?? 0);
      if (!commit.ok) throw new Error(`the writing of ${key} met a conflict`);
      revisions.set(key, commit.revision);
      await say({ id, key, value, revision: commit.revision });
    }
  }
}
await store.compact(Number(before));
await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)));
