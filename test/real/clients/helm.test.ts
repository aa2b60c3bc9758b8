// The life of a release of a real chart, with Helm 3 (three-way merge, polling) and Helm 4 (server-side apply, watching).
// The chart has what charts have: hooks, a definition with an instance, settings, a test that asks its own Service.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { join } from "node:path";
import { startRealCluster, type RealCluster } from "../../support/real-cluster.ts";
import type { HelmRelease } from "../../support/tools.ts";

const chart = join(import.meta.dirname, "chart");
const release = "gb";
let cluster: RealCluster;
before(async () => {
  cluster = await startRealCluster("helm", { pulled: ["busybox", "nginx"] });
});
after(() => cluster[Symbol.asyncDispose]());

interface HistoryEntry {
  readonly revision: number;
  readonly status: string;
  readonly description: string;
}
const atomic = { "3": "--atomic", "4": "--rollback-on-failure" } as const;

for (const major of ["3", "4"] as const satisfies readonly HelmRelease[])
  describe(`Helm ${major}`, { concurrency: 1 }, () => {
    const namespace = `helm-${major}`;
    const raw = (...args: readonly string[]) => cluster.helmOf(major, ["-n", namespace, ...args]);
    const helm = async (...args: readonly string[]): Promise<string> => {
      const outcome = await raw(...args);
      assert.equal(outcome.code, 0, `helm ${args.join(" ")}: ${outcome.stderr}`);
      return outcome.stdout;
    };
    const kubectl = (...args: readonly string[]): Promise<string> => cluster.kubectl("-n", namespace, ...args);
    const history = async (): Promise<readonly string[]> => {
      const entries = JSON.parse(await helm("history", release, "-o", "json")) as readonly HistoryEntry[];
      return entries.map((e) => `${e.revision} ${e.status}: ${e.description}`);
    };
    const page = (): Promise<string> => kubectl("get", "configmap", `${release}-page`, "-o", "jsonpath={.data}");
    const wait = ["--wait", "--timeout", "90s"] as const;

    test("template --validate knows what the cluster would say", async () => {
      const rendered = await helm("template", release, chart, "--validate", "--set", "keeper.enabled=false");
      assert.match(rendered, /^kind: Deployment$/m);
      const wrong = await raw("template", release, chart, "--validate", "--set", "keeper.version=v9");
      assert.match(wrong.stderr, /no matches for kind "Keeper" in version "guestbook.test\/v9"/);
    });

    test("install --wait: definitions first, then hooks, then everything, until it is ready", async () => {
      const notes = await helm("install", release, chart, "--create-namespace", ...wait, "--wait-for-jobs");
      assert.match(notes, /STATUS: deployed/);
      assert.match(notes, new RegExp(`answers at gb.${namespace}.svc \\(revision 1\\)\\.\nIt has seen the cluster`));
      assert.match(await kubectl("get", "deploy", release), /2\/2/);
      assert.equal(
        await kubectl("get", "keeper", release, "-o", "jsonpath={.spec.rows} {.spec.mood}"),
        "3 calm",
        "defaults of the definition",
      );
      for (const hook of ["pre-install", "post-install"])
        assert.match(await kubectl("logs", `job/${release}-${hook}`), new RegExp(`${hook} of revision 1`));
    });

    test("test: a pod that asks the Service by its name", async () => {
      assert.match(await helm("test", release, "--timeout", "60s"), /Phase:\s+Succeeded/);
    });

    test("upgrade --wait rolls the change out; what a person added stays", async () => {
      await kubectl("label", "deploy", release, "person=here");
      await helm("upgrade", release, chart, ...wait, "--set", "page=second edition", "--set", "replicas=3");
      assert.match(await page(), /second edition/);
      assert.match(await kubectl("get", "deploy", release, "--show-labels"), /3\/3.*person=here/);
      assert.match(await kubectl("logs", `job/${release}-pre-install`), /of revision 2/);
    });

    test("an upgrade that never becomes ready is rolled back", async () => {
      const short = ["--timeout", "8s", "--wait", atomic[major]];
      const failed = await raw("upgrade", release, chart, ...short, "--set", "broken=true,page=third edition");
      assert.notEqual(failed.code, 0);
      assert.match(failed.stderr, /context deadline exceeded|timed out/);
      assert.match(await page(), /second edition/);
      assert.match(await kubectl("get", "deploy", release), /3\/3/);
      const entries = await history();
      assert.equal(entries.length, 4);
      assert.match(entries[2]!, /^3 failed: Upgrade "gb" failed/);
      assert.match(entries[3]!, /^4 deployed: Rollback to 2/);
    });

    test("an upgrade that the API refuses changes nothing and says why", async () => {
      const refused = await raw("upgrade", release, chart, "--set", "keeper.rows=0");
      assert.notEqual(refused.code, 0);
      assert.match(refused.stderr, /spec\.rows in body should be greater than or equal to 1/);
      assert.equal(await kubectl("get", "keeper", release, "-o", "jsonpath={.spec.rows}"), "3");
    });

    test("status, get, list, rollback", async () => {
      const status = JSON.parse(await helm("status", release, "-o", "json")) as { info: { status: string } };
      assert.equal(status.info.status, "failed", "of the last upgrade");
      assert.match(await helm("get", "manifest", release), /^kind: Keeper$/m);
      assert.match(await helm("get", "values", release, "--revision", "2"), /replicas: 3/);
      assert.match(await helm("list", "--failed", "-o", "json"), /"name":"gb"/);
      await helm("rollback", release, "1", ...wait);
      assert.match(await page(), /first edition/);
      assert.match(await kubectl("get", "deploy", release), /2\/2/);
      assert.match((await history()).at(-1)!, /^6 deployed: Rollback to 1/);
    });

    test("uninstall --wait leaves the definitions and nothing else", async () => {
      await helm("uninstall", release, ...wait);
      await kubectl("wait", "--for=delete", "pod", "-l", "app.kubernetes.io/name", "--timeout=30s");
      const left = await kubectl("get", "deploy,rs,pod,svc,keeper,secret,pdb,role", "-l", "app.kubernetes.io/name");
      assert.equal(left, "", left);
      assert.match(await kubectl("logs", `job/${release}-pre-delete`), /pre-delete of revision 1/, "as rolled back to");
      await kubectl("get", "crd", "keepers.guestbook.test");
      assert.equal(await helm("list", "-q"), "");
      await cluster.kubectl("delete", "namespace", namespace, "--timeout=60s");
    });
  });
