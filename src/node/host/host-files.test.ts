import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { gunzipSync } from "node:zlib";
import { describe, it } from "node:test";
import { hostFilesContract } from "./host-files.contract.ts";
import { removeWithMounts } from "./host-files.ts";
import { MemoryFiles } from "./memory-files.ts";
import { realFiles } from "./real-files.ts";

hostFilesContract("in memory", async () => {
  const files = new MemoryFiles();
  await files.makeDirectory("/root");
  return { files, root: "/root", canMount: true, [Symbol.asyncDispose]: async () => undefined };
});

function canMount(): boolean {
  try {
    execFileSync("unshare", ["-m", "true"], { stdio: "ignore" });
    return process.getuid?.() === 0;
  } catch {
    return false; // not privileged: the parts without mounts are tested all the same
  }
}
hostFilesContract("of the machine", async () => {
  const root = realpathSync(mkdtempSync(`${tmpdir()}/timonier-files-`));
  return {
    files: realFiles,
    root,
    canMount: canMount(),
    [Symbol.asyncDispose]: () => removeWithMounts(realFiles, root),
  };
});

describe("files of the machine", () => {
  it("compress", async () => {
    const root = mkdtempSync(`${tmpdir()}/timonier-gz-`);
    await realFiles.writeFile(`${root}/log`, "line\n");
    await realFiles.compress(`${root}/log`, `${root}/log.gz`);
    assert.equal(gunzipSync(readFileSync(`${root}/log.gz`)).toString(), "line\n");
    assert.ok(statSync(`${root}/log`).isFile());
    rmSync(root, { recursive: true });
  });
  it("cover a mounted file too", async (t) => {
    if (!canMount()) return t.skip("mounts cannot be made here");
    const root = realpathSync(mkdtempSync(`${tmpdir()}/timonier-sub-`));
    await realFiles.makeDirectory(`${root}/vol/..x`);
    await realFiles.writeFile(`${root}/vol/..x/key`, "value");
    await realFiles.link("..x/key", `${root}/vol/key`);
    await realFiles.bindInside(`${root}/vol`, "key", `${root}/t/0`);
    assert.equal(readFileSync(`${root}/t/0`, "utf8"), "value");
    await removeWithMounts(realFiles, root);
  });
});
