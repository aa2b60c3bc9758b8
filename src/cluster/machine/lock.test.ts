import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { tryLock } from "./lock.ts";

test("a lock has one holder, also across processes, and is free after its release", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "lock-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "x.lock");
  const other = (): string => {
    const code = `import { tryLock } from ${JSON.stringify(import.meta.resolve("./lock.ts"))};
      process.stdout.write(String(tryLock(${JSON.stringify(path)}) !== undefined));`;
    return spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" }).stdout;
  };
  {
    using held = tryLock(path);
    assert.ok(held);
    assert.equal(tryLock(path), undefined);
    assert.equal(other(), "false");
  }
  assert.equal(other(), "true", "free, and the other process freed it by ending");
  assert.equal(statSync(path).mode & 0o777, 0o600);
});
