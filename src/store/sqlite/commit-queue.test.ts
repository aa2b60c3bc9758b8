import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { CommitQueue, type Write } from "./commit-queue.ts";
import { StoreOverloaded } from "#store/errors.ts";
import type { Commit } from "#store/store.ts";

/** Commits that the test completes one by one. */
function manual() {
  const groups: { keys: string[]; finish: PromiseWithResolvers<readonly Commit[]> }[] = [];
  const queue = new CommitQueue((writes: readonly Write[]) => {
    const finish = Promise.withResolvers<readonly Commit[]>();
    groups.push({ keys: writes.map((write) => write.key), finish });
    return finish.promise;
  });
  const add = (key: string, size = 1): Promise<Commit> => queue.add({ key, value: new Uint8Array(size), expected: 0 });
  return { queue, groups, add };
}
const ok = (revision: number): Commit => ({ ok: true, revision });

test("what arrives during a commit makes up the next one", async () => {
  const { queue, groups, add } = manual();
  const first = [add("a"), add("b")];
  await turn();
  const second = [add("c"), add("d"), add("e")];
  await turn();
  assert.deepEqual(
    groups.map((g) => g.keys),
    [["a", "b"]],
  );
  groups[0]!.finish.resolve([ok(1), { ok: false }]);
  assert.deepEqual(await Promise.all(first), [ok(1), { ok: false }]);
  await turn();
  assert.deepEqual(groups[1]!.keys, ["c", "d", "e"]);
  groups[1]!.finish.resolve([ok(2), ok(3), ok(4)]);
  assert.deepEqual(await Promise.all(second), [ok(2), ok(3), ok(4)]);
  await queue.drained();
});

test("a commit that fails fails for all in it, and the next ones go on", async () => {
  const { groups, add } = manual();
  const lost = Promise.allSettled([add("a"), add("b")]);
  await turn();
  const kept = add("c");
  groups[0]!.finish.reject(new Error("the disk is full"));
  assert.deepEqual(
    (await lost).map((r) => r.status === "rejected" && (r.reason as Error).message),
    ["the disk is full", "the disk is full"],
  );
  await turn();
  groups[1]!.finish.resolve([ok(1)]);
  assert.deepEqual(await kept, ok(1));
});

test("groups are limited by number and by bytes, but one large value goes alone", async () => {
  const byNumber = manual();
  for (let i = 0; i < 501; i++) void byNumber.add(`${i}`);
  await turn();
  assert.equal(byNumber.groups[0]!.keys.length, 500);

  const byBytes = manual();
  for (const key of ["a", "b"]) void byBytes.add(key, 5_000_000);
  await turn();
  assert.deepEqual(byBytes.groups[0]!.keys, ["a"]);
});

test("what is too much is refused at once", async () => {
  const { add } = manual();
  for (let i = 0; i < 20_000; i++) void add(`${i}`, 0);
  await assert.rejects(add("one more"), StoreOverloaded);
});
