import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cniBinaries, holdDaemons, missingTools, parseProgress } from "./packages.ts";

test("a bare machine lacks every package once, an installed one none", () => {
  assert.deepEqual(
    missingTools(() => false),
    {
      required: [
        ...["containerd", "runc", "containernetworking-plugins", "nftables", "iproute2", "iptables", "conntrack"],
        ...["mount", "util-linux", "ca-certificates"],
      ],
      optional: ["crun"],
    },
  );
  assert.deepEqual(
    missingTools(() => true),
    { required: [], optional: [] },
  );
});

test("programs are found where other packagings put them", () => {
  const exists = (path: string): boolean => path.startsWith("/opt/cni/bin/") || path === "/usr/local/bin/containerd";
  const { required } = missingTools(exists);
  assert.ok(!required.includes("containernetworking-plugins"));
  assert.ok(required.includes("containerd"), "the shim of the same package is missing");
  assert.equal(cniBinaries(exists), "/opt/cni/bin");
});

test("apt's progress lines", () => {
  for (const [line, want] of [
    ["pmstatus:containerd:45.5:Unpacking containerd (amd64)", { text: "Unpacking containerd (amd64)", share: 0.455 }],
    ["dlstatus:3:20:Retrieving file 3 of 9", { text: "Retrieving file 3 of 9", share: 0.2 }],
    ["pmerror:containerd:50:broken: pipe", undefined],
    ["nonsense", undefined],
  ] as const)
    assert.deepEqual(parseProgress(line), want, line);
});

test("daemons are held only for the duration, and an existing policy comes back", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "policy-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "policy-rc.d");
  {
    using _ = holdDaemons(file);
    assert.match(readFileSync(file, "utf8"), /exit 101/);
    assert.equal(statSync(file).mode & 0o777, 0o755);
  }
  assert.equal(existsSync(file), false);
  writeFileSync(file, "#!/bin/sh\nexit 0\n");
  holdDaemons(file); // killed before its end
  {
    using _ = holdDaemons(file);
    assert.match(readFileSync(file, "utf8"), /exit 101/);
  }
  assert.equal(readFileSync(file, "utf8"), "#!/bin/sh\nexit 0\n");
});
