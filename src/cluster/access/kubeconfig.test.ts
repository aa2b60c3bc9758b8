import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { systemClock } from "#base/clock.ts";
import {
  changeKubeconfig,
  hasContext,
  homeOf,
  isEmpty,
  kubeconfigFile,
  mergeContext,
  readKubeconfig,
  removeContext,
  type Kubeconfig,
} from "./kubeconfig.ts";

const added = { name: "timonier", server: "https://127.0.0.1:6443", authority: "A", certificate: "C", key: "K" };
const existing: Kubeconfig = {
  apiVersion: "v1",
  kind: "Config",
  preferences: { colors: true },
  clusters: [{ name: "work", cluster: { server: "https://work:6443", "insecure-skip-tls-verify": true } }],
  users: [{ name: "me", user: { token: "0123" } }],
  contexts: [{ name: "work", context: { cluster: "work", user: "me", namespace: "team" } }],
  "current-context": "work",
};
const never = new AbortController().signal;

function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "kube-"));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

test("a context is added, selected and taken out; others stay", () => {
  const merged = mergeContext(existing, added);
  assert.equal(merged["current-context"], "timonier");
  assert.deepEqual(merged.clusters, [
    ...existing.clusters!,
    { name: "timonier", cluster: { server: "https://127.0.0.1:6443", "certificate-authority-data": "QQ==" } },
  ]);
  assert.deepEqual(removeContext(merged, "timonier"), { ...existing, "current-context": "" });
  assert.deepEqual(removeContext({ ...merged, "current-context": "work" }, "timonier"), existing);
});

test("renewal replaces credentials and keeps the namespace that the person chose", () => {
  const context = { name: "timonier", context: { cluster: "timonier", user: "timonier", namespace: "shop" } };
  const config = { ...mergeContext({}, added), contexts: [context] };
  assert.ok(hasContext(config, added));
  const renewed = mergeContext(config, { ...added, certificate: "D" }, false);
  assert.ok(!hasContext(config, { ...added, certificate: "D" }));
  assert.deepEqual(renewed.contexts, [context]);
  assert.equal(renewed.users?.length, 1);
});

test("empty and null lists", () => {
  const merged = mergeContext({ clusters: null, users: null, contexts: null }, added);
  assert.ok(hasContext(merged, added));
  assert.ok(isEmpty(removeContext(merged, "timonier")));
  assert.ok(!isEmpty(merged));
});

test("the file: made with mode 0600, its other content kept, links followed, lock left behind by nobody", async (t) => {
  const directory = temporary(t);
  const path = join(directory, ".kube", "config");
  await changeKubeconfig({ path }, (config) => mergeContext(config, added), systemClock, never);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(join(directory, ".kube")).mode & 0o777, 0o700);
  assert.ok(!existsSync(`${path}.lock`));

  const real = join(directory, "real");
  const linked = join(directory, "linked");
  writeFileSync(real, 'users:\n- name: me\n  user: {token: "0123", exec: {env: null, on: yes}}\n', { mode: 0o644 });
  symlinkSync(real, linked);
  await changeKubeconfig({ path: linked }, (config) => mergeContext(config, added), systemClock, never);
  assert.deepEqual(readKubeconfig(real).users?.[0]?.["user"], { token: "0123", exec: { env: null, on: "yes" } });
  assert.equal(statSync(real).mode & 0o777, 0o600);
  assert.match(readFileSync(linked, "utf8"), /current-context: timonier/);

  await changeKubeconfig({ path }, () => undefined, systemClock, never);
  assert.ok(!existsSync(path));
});

test("a damaged or locked file is one clear message", async (t) => {
  const path = join(temporary(t), "config");
  writeFileSync(path, "clusters: [");
  await assert.rejects(
    changeKubeconfig({ path }, (c) => c, systemClock, never),
    /cannot be read/,
  );
  writeFileSync(`${path}.lock`, "");
  const hurried = { ...systemClock, sleep: async () => undefined };
  await assert.rejects(
    changeKubeconfig({ path }, (c) => c, hurried, never),
    /kubeconfig is locked/,
  );
});

test("which file", () => {
  assert.equal(kubeconfigFile({ KUBECONFIG: ":/a/one:/b/two", HOME: "/home/x" }, undefined).path, "/a/one");
  assert.equal(kubeconfigFile({ KUBECONFIG: "/a/one" }, "/c").path, "/c");
  assert.equal(kubeconfigFile({ HOME: "/home/x" }, undefined).path, "/home/x/.kube/config");
  assert.equal(homeOf("root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n", 1000), "/home/ann");
});
