import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { arch, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { architectureOf, pauseArchive, pauseProgram } from "./pause-image.ts";

const runnable = platform() === "linux" && (arch() === "x64" || arch() === "arm64");

test("the program sleeps, and ends with code 0 on SIGTERM and SIGINT", { skip: !runnable }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "pause-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "pause");
  writeFileSync(file, pauseProgram(architectureOf(arch())), { mode: 0o755 });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const child = spawn(file, { stdio: "ignore" });
    await once(child, "spawn");
    let ended = false;
    child.once("exit", () => (ended = true));
    await handlersAreSet(child.pid!);
    assert.equal(ended, false);
    child.kill(signal);
    assert.deepEqual(await once(child, "exit"), [0, null], signal);
  }
});

/** Waits until the kernel shows that the process catches SIGINT and SIGTERM and ignores SIGCHLD. */
async function handlersAreSet(pid: number): Promise<void> {
  const mask = (signal: number): bigint => 1n << BigInt(signal - 1);
  const wanted = mask(2) | mask(15);
  for (;;) {
    const status = spawnSync("cat", [`/proc/${pid}/status`], { encoding: "utf8" }).stdout;
    const field = (name: string): bigint =>
      BigInt(`0x${new RegExp(`^${name}:\\s*(\\w+)`, "m").exec(status)?.[1] ?? 0}`);
    if ((field("SigCgt") & wanted) === wanted && field("SigIgn") & mask(17)) return;
  }
}

test("both architectures: one segment, entry behind the headers, actions inside the file", () => {
  for (const [name, machine] of [
    ["amd64", 62],
    ["arm64", 183],
  ] as const) {
    const program = pauseProgram(name);
    assert.equal(program.readUInt16LE(18), machine);
    assert.equal(Number(program.readBigUInt64LE(96)), program.length);
    assert.equal(Number(program.readBigUInt64LE(24)), 0x400000 + 120);
    const handler = Number(program.readBigUInt64LE(program.length - 32)) - 0x400000;
    assert.ok(handler > 120 && handler < program.length - 64, name);
    assert.ok(program.length < 400);
  }
});

test("the archive is the same every time", async () => {
  assert.deepEqual(await pauseArchive("amd64"), await pauseArchive("amd64"));
  assert.notDeepEqual(await pauseArchive("amd64"), await pauseArchive("arm64"));
});
