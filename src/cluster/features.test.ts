// --runtime-config and --feature-gates of a cluster: refused in upstream's words, kept in its record, changed by a later
// start.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { VirtualClock } from "#base/clock.fake.ts";
import { checkedFeatures, refuseOtherFeatures, sameFeatures } from "./features.ts";
import type { MachineBefore } from "./machine/machine-before.ts";
import type { MachineFacts } from "./machine/machine-facts.ts";
import { createCluster, findCluster } from "./open.ts";
import { provideCluster } from "./prepare.ts";
import { explain, Problem } from "./problem.ts";
import { serverConfig } from "./server-process.ts";

test("what cannot be understood is refused with upstream's words and what to do", () => {
  const said = (features: Parameters<typeof checkedFeatures>[0]): string => {
    try {
      checkedFeatures(features);
      return "";
    } catch (error) {
      assert.ok(error instanceof Problem);
      return explain(error);
    }
  };
  assert.equal(said({ runtimeConfig: "api/all=true", featureGates: "AllAlpha=true" }), "");
  assert.match(
    said({ featureGates: "Foo=true" }),
    /--feature-gates=Foo=true cannot be used[^]*unrecognized feature gate: Foo/,
  );
  assert.match(said({ runtimeConfig: "foo/v1" }), /unknown api groups foo\/v1[^]*resource\.k8s\.io\/v1beta1=true/);
});

test("a cluster keeps its features, and a later start changes those that it names", async () => {
  const home = mkdtempSync(join(tmpdir(), "timonier-features-"));
  using _gone = { [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }) };
  const facts = { listening: [], routes: [] } as unknown as MachineFacts;
  const clock = new VirtualClock();
  const features = { runtimeConfig: "api/beta=true" };
  const made = createCluster(home, { features }, facts, clock, {} as MachineBefore);
  assert.deepEqual(findCluster(home, {})?.features, features);
  assert.deepEqual(serverConfig(made, { hasIpv6: false }).features, features);

  const started = (wanted: object) => provideCluster(home, findCluster(home, {}), wanted, facts, clock);
  assert.deepEqual((await started({})).features, features);
  const both = { ...features, featureGates: "GenericWorkload=true" };
  await started({ features: { featureGates: "GenericWorkload=true" } });
  assert.deepEqual(findCluster(home, {})?.features, both);
  await started({ apiPort: 7001 });
  assert.deepEqual(findCluster(home, {})?.features, both);

  const running = findCluster(home, {})!;
  refuseOtherFeatures(running, undefined);
  refuseOtherFeatures(running, { runtimeConfig: "api/beta=true" });
  assert.throws(() => refuseOtherFeatures(running, { runtimeConfig: "" }), /is running with other features/);
  assert.ok(sameFeatures({ runtimeConfig: "" }, undefined));
});
