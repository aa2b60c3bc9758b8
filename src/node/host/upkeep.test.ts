import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { mostLogBytes, mostLogFiles, rotateLog } from "./log-rotation.ts";
import { MemoryFiles } from "./memory-files.ts";
import { ImageUses, imagesToRemove } from "#node/images/image-gc.ts";
import type { ImageFacts } from "#node/runtime/runtime.ts";

describe("log rotation", () => {
  const path = "/l/c/0.log";
  async function bench() {
    const files = new MemoryFiles();
    await files.makeDirectory("/l/c");
    const clock = new VirtualClock();
    let reopened = 0;
    const reopen = async (): Promise<void> => {
      reopened++;
      await files.writeFile(path, "");
    };
    const turn = async (bytes: number): Promise<boolean> => {
      await files.writeFile(path, Buffer.alloc(bytes));
      clock.moveTo(clock.now() + 1000);
      return rotateLog(path, { files, clock, reopen });
    };
    return { files, clock, turn, reopened: () => reopened };
  }
  it("leaves a short log alone", async () => {
    const { turn, files, reopened } = await bench();
    assert.equal(await turn(mostLogBytes - 1), false);
    assert.deepEqual([await files.list("/l/c"), reopened()], [["0.log"], 0]);
  });
  it("sets a long one aside, compresses older ones, and keeps a few", async () => {
    const { turn, files, reopened } = await bench();
    for (let i = 0; i < 7; i++) assert.equal(await turn(mostLogBytes), true);
    const names = await files.list("/l/c");
    assert.equal(names.length, mostLogFiles);
    assert.deepEqual(names, [
      "0.log",
      "0.log.20260101-000004.gz",
      "0.log.20260101-000005.gz",
      "0.log.20260101-000006.gz",
      "0.log.20260101-000007",
    ]);
    assert.equal(reopened(), 7);
  });
  it("puts the log back when the runtime does not open a new one", async () => {
    const { files, clock } = await bench();
    await files.writeFile(path, Buffer.alloc(mostLogBytes));
    const reopen = (): Promise<void> => Promise.reject(new Error("busy"));
    await assert.rejects(rotateLog(path, { files, clock, reopen }), { message: "busy" });
    assert.deepEqual(await files.list("/l/c"), ["0.log"]);
  });
});

describe("image collection", () => {
  const image = (id: string, sizeBytes = 10, pinned = false): ImageFacts => ({
    id,
    sizeBytes,
    pinned,
    repoTags: [],
    repoDigests: [],
  });
  const minute = 60_000;
  const now = 100 * minute;
  const uses = new Map(["a", "b", "c", "p"].map((id, i) => [id, { since: 0, lastUsed: i * minute }]));
  const all = [image("c"), image("b"), image("a"), image("p", 10, true)];
  const chosen = (availableBytes: number, inUse: string[] = [], images = all): string[] =>
    imagesToRemove(images, { inUse: new Set(inUse), uses, capacityBytes: 100, availableBytes, now }).map((i) => i.id);
  it("does nothing below the high mark", () => assert.deepEqual(chosen(16), []));
  it("removes the longest unused until the low mark", () => assert.deepEqual(chosen(10), ["a"]));
  it("as many as it takes", () => assert.deepEqual(chosen(1), ["a", "b"]));
  it("never what is used or pinned", () => assert.deepEqual(chosen(0, ["a", "b"]), ["c"]));
  it("never what has just come", () => assert.deepEqual(chosen(0, ["a", "b", "c"], [...all, image("new")]), []));
  it("remembers uses", () => {
    const noted = new ImageUses();
    noted.note([image("a"), image("b")], new Set(["a"]), 5);
    noted.note([image("a")], new Set(), 9);
    assert.deepEqual([...noted.uses], [["a", { since: 5, lastUsed: 5 }]]);
  });
});
