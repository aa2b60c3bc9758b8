import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { makeBundle, rewriteUrls } from "./bundle.ts";

test("URLs of modules are pointed at the bundle's files", () => {
  const text = 'new Worker(new URL("./w.ts", import.meta.url)); new URL("../x", base); new URL("a", import.meta.url)';
  const refer = (target: string): string | undefined => (target === "/r/src/w.ts" ? "program-w.js" : undefined);
  assert.equal(
    rewriteUrls(text, "/r/src/m.ts", refer),
    'new Worker(new URL("./program-w.js", import.meta.url)); new URL("../x", base); new URL("a", import.meta.url)',
  );
});

test("a bundle runs with its worker, its asset, its lazy part and a package; an old one is dropped", async (t) => {
  const root = mkdtempSync(join(tmpdir(), "bundle-"));
  t.after(() => rmSync(root, { recursive: true }));
  const source = (name: string, text: string): void => writeFileSync(join(root, "src", name), text);
  mkdirSync(join(root, "src/deep"), { recursive: true });
  writeFileSync(
    join(root, "package.json"),
    JSON.stringify({ type: "module", imports: { "#*": "./src/*" }, version: "1" }),
  );
  source("deep/data.txt", "asset");
  source(
    "deep/worker.ts",
    'import { parentPort } from "node:worker_threads"; parentPort!.postMessage("worker" as string);',
  );
  source(
    "deep/lazy.ts",
    `import { readFileSync } from "node:fs"; import { Worker } from "node:worker_threads"; import { once } from "node:events";
     const [word] = await once(new Worker(new URL("./worker.ts", import.meta.url)), "message");
     export const words: string = readFileSync(new URL("./data.txt", import.meta.url), "utf8") + " " + word;`,
  );
  mkdirSync(join(root, "node_modules/older"), { recursive: true });
  writeFileSync(join(root, "node_modules/older/package.json"), "{}");
  writeFileSync(join(root, "node_modules/older/index.js"), 'exports.named = "named"; exports.class = 1;');
  const main = (word: string) =>
    `const { words } = await import("#deep/lazy.ts"); const { named, default: all } = await import("older");
     console.log(words, named === all.named, ${JSON.stringify(word)});`;
  const [clock, cache] = [new VirtualClock(), join(root, ".cache")];
  for (let i = 1; i <= 5; i++) {
    source("main.ts", main(`version ${i}`));
    clock.moveTo(clock.now() + 1000);
    const directory = await makeBundle({ root, cache, clock });
    const run = (path: string): string => execFileSync(process.execPath, [path], { encoding: "utf8", cwd: "/" });
    assert.equal(run(join(cache, "bundle/current/main.js")), `asset worker true version ${i}\n`);
    assert.equal(statSync(join(directory, "main.js")).mtimeMs, clock.now(), "as old as the beginning of its making");
    assert.equal(await makeBundle({ root, cache, clock }), directory, "the same source gives the same bundle");
  }
  const kept = readdirSync(join(cache, "bundle")).filter((name) => name !== "current");
  assert.equal(kept.length, 3);
  assert.ok(existsSync(join(cache, "bundle", readlinkSync(join(cache, "bundle/current")))));
});
