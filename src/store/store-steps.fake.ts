// Small steps that the store's suites share.
import assert from "node:assert/strict";
import type { Batch, Change, Commit, Entry, Revision, Store } from "./store.ts";

export const bytes = (value: string): Uint8Array => Buffer.from(value);

/** An entry as something that compares well: key, value as text, revision. */
export const text = (entry: Entry | undefined): [string, string, Revision] => {
  assert.ok(entry, "there is no entry");
  return [entry.key, Buffer.from(entry.value).toString(), entry.revision];
};

/** The revision of a commit that must succeed. */
export async function must(commit: Promise<Commit>): Promise<Revision> {
  const result = await commit;
  assert.ok(result.ok, "the write met a conflict");
  return result.revision;
}

/** A change as something that compares well: revision, key, value or nothing, previous value or nothing. */
export const change = (c: Change): [Revision, string, string | undefined, string | undefined] => [
  c.revision,
  c.key,
  c.value && Buffer.from(c.value).toString(),
  c.previous && Buffer.from(c.previous.value).toString(),
];

/** Everything a watch delivers up to `until`. Checks that it comes in order and that `upTo` tells the truth. */
export async function changesUpTo(
  store: Store,
  options: { prefix: string; after: Revision; until: Revision },
): Promise<Change[]> {
  const stop = new AbortController();
  try {
    return await readUpTo(store.watch(options.prefix, options.after, stop.signal), options);
  } finally {
    stop.abort();
  }
}

/** The same of a watch that is under way. */
export async function readUpTo(
  watch: AsyncIterable<Batch>,
  options: { after: Revision; until: Revision },
): Promise<Change[]> {
  let position = options.after;
  const changes: Change[] = [];
  if (position === options.until) return changes;
  for await (const batch of watch) {
    for (const c of batch.changes) {
      assert.ok(c.revision > position, `revision ${c.revision} came after ${position}`);
      position = c.revision;
      changes.push(c);
    }
    assert.ok(batch.upTo >= position, `upTo ${batch.upTo} lies before ${position}`);
    position = batch.upTo;
    if (position >= options.until) return changes;
  }
  throw new Error(`the watch ended at ${position}, before ${options.until}`);
}
