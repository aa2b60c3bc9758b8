// Programs in Go, built for the test: one on client-go, and an operator with definition and webhooks on
// controller-runtime. Skipped where there is no Go, or where its modules cannot be had.
import { execFileSync } from "node:child_process";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { goBuildMs, whyNoGo } from "../../support/go.ts";
import { execute, startRealCluster, type RealCluster } from "../../support/real-cluster.ts";
import { testCache } from "../../support/tools.ts";

const module = join(import.meta.dirname, "go");
const bin = join(testCache, "bin");
const runMs = 3 * 60_000;

const programs = {
  clientgo: [
    "TestSharedInformers",
    "TestDynamicAndMetadataInformers",
    "TestWatchesResume",
    "TestLeaderElection",
    "TestEvents",
    "TestProtobufBothWays",
    "TestErrors",
    "TestPages",
    "TestPatches",
    "TestServerSideApply",
    "TestSubresources",
    "TestDynamicMetadataAndDiscovery",
    "TestExec",
    "TestPortForward",
    "TestLogs",
  ],
  operator: ["TestOperator"],
} as const;

describe("clients in Go", { skip: whyNoGo(module, "./..."), concurrency: 1, timeout: goBuildMs }, () => {
  let cluster: RealCluster;
  before(
    async () => {
      mkdirSync(bin, { recursive: true });
      for (const name of Object.keys(programs))
        execFileSync("nice", ["go", "test", "-c", "-o", join(bin, `go-${name}`), `./${name}`], {
          cwd: module,
          stdio: ["ignore", "ignore", "inherit"],
        });
      cluster = await startRealCluster("go", { pulled: ["busybox"] });
    },
    { timeout: goBuildMs },
  );
  after(() => cluster?.[Symbol.asyncDispose]());

  for (const [program, tests] of Object.entries(programs)) {
    const go = (...args: readonly string[]) =>
      execute(join(bin, `go-${program}`), args, {
        env: { KUBECONFIG: cluster.kubeconfig, HOME: cluster.folder, OPERATOR_DIR: join(module, "operator") },
        timeoutMs: runMs,
      });
    for (const name of tests)
      test(`${program}: ${name}`, { timeout: runMs }, async () => {
        const { code, stdout, stderr } = await go("-test.v", "-test.run", `^${name}$`);
        assert.equal(code, 0, `${stdout}\n${stderr}`);
      });
    test(`${program}: every test of the program is run`, async () => {
      const { stdout } = await go("-test.list", ".");
      assert.deepEqual(stdout.trim().split("\n").toSorted(), [...tests].toSorted());
    });
  }
});
