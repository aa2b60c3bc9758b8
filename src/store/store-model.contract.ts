// The part of the store's suite that compares random sequences of operations with a model: a plain list of changes.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareKeys } from "./keys.ts";
import { bytes, changesUpTo } from "./store-steps.fake.ts";
import {
  Compacted,
  FutureRevision,
  type Batch,
  type Change,
  type Commit,
  type Entry,
  type Revision,
  type Store,
} from "./store.ts";

const keys = ["a", "a/", "a/b", "a/b/c", "a0", "é", "\uffee", "\u{1f600}"];
const prefixes = ["", "a", "a/", "a/b", "é", "\u{1f600}", "none"];

/** Which revision a write expects: the right one, none, or an old one. */
const expectation = fc.constantFrom("right", "right", "right", "none", "old");
/** Picks a revision between the start (0) and the newest (1), or one far beyond. */
const time = fc.option(fc.double({ min: -0.05, max: 1.05, noNaN: true }), { freq: 2, nil: undefined });
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("put" as const), key: fc.constantFrom(...keys), expectation }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("delete" as const), key: fc.constantFrom(...keys), expectation }) }, // prettier-ignore
  { weight: 2, arbitrary: fc.record({ do: fc.constant("get" as const), key: fc.constantFrom(...keys), time }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("list" as const),
      prefix: fc.constantFrom(...prefixes),
      from: fc.option(fc.constantFrom(...keys), { nil: undefined }),
      limit: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      time,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("watch" as const), prefix: fc.constantFrom(...prefixes), time }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("compact" as const), time }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class Model {
  readonly changes: Change[] = [];
  readonly start: Revision;
  newest: Revision;
  oldest: Revision;

  constructor(revision: Revision) {
    this.start = revision;
    this.newest = revision;
    this.oldest = revision;
  }
  at(revision: Revision): Map<string, Entry> {
    const state = new Map<string, Entry>();
    for (const { key, revision: changed, value } of this.changes)
      if (changed > revision) break;
      else if (value) state.set(key, { key, value, revision: changed });
      else state.delete(key);
    return new Map([...state].toSorted(([a], [b]) => compareKeys(a, b)));
  }
  expected(key: string, expectation: string): Revision {
    const right = this.at(this.newest).get(key)?.revision ?? 0;
    if (expectation === "right") return right;
    return expectation === "none" ? 0 : Math.max(this.start, right - 1);
  }
  /** Applies what the store said it did; fails when it should not have done so. */
  commit(commit: Commit, key: string, asked: { expected: Revision; value?: Uint8Array }): void {
    const current = this.at(this.newest).get(key);
    const mayCommit =
      (current?.revision ?? 0) === asked.expected && (asked.value !== undefined || current !== undefined);
    assert.equal(commit.ok, mayCommit);
    if (!commit.ok) return assert.deepEqual(plain(commit.current), plain(current));
    assert.ok(commit.revision > this.newest);
    this.newest = commit.revision;
    this.changes.push({
      key,
      revision: commit.revision,
      ...(asked.value && { value: asked.value }),
      ...(current && { previous: current }),
    });
  }
  revisionAt(time: number): Revision {
    return time > 1 ? this.newest + 100 : this.start + Math.round(time * (this.newest - this.start));
  }
  /** The error that any use of `revision` meets. */
  refusal(revision: Revision): typeof Compacted | typeof FutureRevision | undefined {
    if (revision < this.oldest && this.oldest > this.start) return Compacted;
    return revision > this.newest ? FutureRevision : undefined;
  }
}

const plain = (entry: Entry | undefined): unknown => entry && { ...entry, value: Buffer.from(entry.value).toString() };
const plainChange = (c: Change): unknown => ({
  ...c,
  ...(c.value && { value: Buffer.from(c.value).toString() }),
  ...(c.previous && { previous: plain(c.previous) }),
});

/** Runs one step on both; they must agree. */
async function apply(store: Store, model: Model, s: Step, index: number): Promise<void> {
  if (s.do === "put" || s.do === "delete") {
    const expected = model.expected(s.key, s.expectation);
    const value = bytes(`${index}`);
    if (s.do === "put") return model.commit(await store.put(s.key, value, expected), s.key, { expected, value });
    return model.commit(await store.delete(s.key, expected), s.key, { expected });
  }
  const at = s.time === undefined ? undefined : Math.max(model.revisionAt(s.time), 1);
  const revision = at ?? model.newest;
  if (revision < model.start) return;
  const refusal = model.refusal(revision);
  if (s.do === "compact") {
    if (revision <= model.oldest) return store.compact(revision);
    if (refusal) return assert.rejects(store.compact(revision), refusal);
    model.oldest = revision;
    return store.compact(revision);
  }
  const read = reads(store, model, s, at);
  if (refusal) return assert.rejects(read.actual(), refusal);
  assert.deepEqual(await read.actual(), read.expected());
}

function reads(
  store: Store,
  model: Model,
  s: Extract<Step, { do: "get" | "list" | "watch" }>,
  at: Revision | undefined,
): { actual: () => Promise<unknown>; expected: () => unknown } {
  const revision = at ?? model.newest;
  if (s.do === "get")
    return {
      actual: async () => plain((await store.get(s.key, at)).entry),
      expected: () => plain(model.at(revision).get(s.key)),
    };
  if (s.do === "watch")
    return {
      actual: async () => {
        const until = model.newest;
        return (await changesUpTo(store, { prefix: s.prefix, after: revision, until })).map(plainChange);
      },
      expected: () => model.changes.filter((c) => c.revision > revision && c.key.startsWith(s.prefix)).map(plainChange),
    };
  const from = s.from !== undefined && s.from.startsWith(s.prefix) ? s.from : undefined;
  return {
    actual: async () => {
      const page = await store.list(s.prefix, {
        ...(at !== undefined && { at }),
        ...(from !== undefined && { from }),
        ...(s.limit !== undefined && { limit: s.limit }),
      });
      // Others may have written elsewhere since.
      assert.ok(at === undefined ? page.revision >= revision : page.revision === at);
      return { ...page, revision, entries: page.entries.map(plain) };
    },
    expected: () => {
      const all = [...model.at(revision).values()].filter(
        (e) => e.key.startsWith(s.prefix) && (from === undefined || compareKeys(e.key, from) >= 0),
      );
      const entries = all.slice(0, s.limit ?? all.length);
      const remaining = all.length - entries.length;
      return { entries: entries.map(plain), revision, more: remaining > 0, remaining };
    },
  };
}

/** Follows a watch in the background. */
function follow(watch: AsyncIterable<Batch>, after: Revision): { seen: Change[]; reaches(r: Revision): Promise<void> } {
  const seen: Change[] = [];
  let position = after;
  let wake = Promise.withResolvers<void>();
  const ended = (async () => {
    for await (const batch of watch) {
      seen.push(...batch.changes);
      position = batch.upTo;
      wake.resolve();
      wake = Promise.withResolvers();
    }
  })();
  const reaches = async (revision: Revision): Promise<void> => {
    while (position < revision) await Promise.race([wake.promise, ended]);
  };
  return { seen, reaches };
}

export function modelContract(open: () => Promise<Store>, runs: number): void {
  test("in any sequence of operations", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
        await using store = await open();
        const stop = new AbortController();
        const model = new Model(await store.revision());
        const live = follow(store.watch("", model.start, stop.signal), model.start);
        // The live watch must be in the present before the first compaction.
        const value = bytes("z");
        model.commit(await store.put("z", value, 0), "z", { expected: 0, value });
        await live.reaches(model.newest);
        for (const [index, s] of steps.entries()) await apply(store, model, s, index);
        await live.reaches(model.newest);
        stop.abort();
        assert.deepEqual(live.seen.map(plainChange), model.changes.map(plainChange));
      }),
      { numRuns: runs, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
    );
  });
}
