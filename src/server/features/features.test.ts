// Feature gates and runtime config: what upstream's flags accept, what they refuse and with which words.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { kinds } from "#api/kinds.ts";
import { previewKinds } from "#api/preview-kinds.ts";
import { Metrics } from "#base/metrics.ts";
import { SettingError, defaultGates, observeFeatureGates, parseFeatureGates } from "./feature-gates.ts";
import { dependencies, knownGates } from "./known-gates.ts";
import { parseRuntimeConfig } from "./runtime-config.ts";
import { createFeatures, defaultFeatures } from "./served-kinds.ts";

const refused = (parse: () => unknown, message: string): void =>
  assert.throws(parse, (error) => error instanceof SettingError && (assert.equal(error.message, message), true));

test("feature gates that cannot be understood", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["Foo=true", "unrecognized feature gate: Foo"],
    ["PodSecurity", "missing bool value for PodSecurity"],
    ["GenericWorkload=x", 'invalid value of GenericWorkload=x, err: strconv.ParseBool: parsing "x": invalid syntax'],
    ["PodLevelResources=true,=", 'invalid value of =, err: strconv.ParseBool: parsing "": invalid syntax'],
    ["APIServerTracing=false", "cannot set feature gate APIServerTracing to false, feature is locked to true"],
    ["GangScheduling=true", "GangScheduling is enabled, but depends on features that are disabled: [GenericWorkload]"],
    [
      "PodLevelResources=false",
      "InPlacePodLevelResourcesVerticalScaling is enabled, but depends on features that are disabled: [PodLevelResources]",
    ],
  ];
  for (const [text, message] of cases) refused(() => parseFeatureGates(text), message);
});

test("single gates win over the groups, and the last word of a gate counts", () => {
  const isOn = (text: string, name: string): boolean => parseFeatureGates(text).isOn(name);
  assert.equal(isOn("", "GenericWorkload"), false);
  assert.equal(isOn("GenericWorkload=T", "GenericWorkload"), true);
  assert.equal(isOn(" GenericWorkload = 1 ,,", "GenericWorkload"), true);
  assert.equal(isOn("GenericWorkload=true,GenericWorkload=false", "GenericWorkload"), false);
  assert.equal(isOn("AllAlpha=true", "GenericWorkload"), true);
  assert.equal(isOn("MemoryQoS=false,AllAlpha=true", "MemoryQoS"), false);
  assert.equal(isOn("AllBeta=false", "APIResponseCompression"), false);
  assert.equal(isOn("AllBeta=true", "ClusterTrustBundle"), true);
  assert.throws(() => defaultGates.isOn("Foo"), /unknown feature gate/);
});

test("the table hangs together", () => {
  for (const [name, needed] of Object.entries(dependencies))
    for (const one of [name, ...needed]) assert.ok(knownGates.has(one), one);
  assert.equal(parseFeatureGates("AllAlpha=true,AllBeta=true").isOn("WorkloadAwarePreemption"), true);
});

test("gates are metrics", () => {
  const metrics = new Metrics();
  observeFeatureGates(metrics, parseFeatureGates("GenericWorkload=true"));
  const text = metrics.text();
  assert.match(text, /^kubernetes_feature_enabled\{name="GenericWorkload",stage="ALPHA"\} 1$/m);
  assert.match(text, /^kubernetes_feature_enabled\{name="AllBeta",stage="BETA"\} 0$/m);
  assert.match(text, /^kubernetes_feature_enabled\{name="APIServerTracing",stage=""\} 1$/m);
});

test("runtime config that cannot be understood", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["foo/v1=true", "unknown api groups foo/v1"],
    ["foo/v1,bar/v1,foo/v1/things", "unknown api groups bar/v1,foo/v1"],
    ["batch/v9=true", "group version batch/v9 that has not been registered"],
    ["api/all=false", "invalid runtime-config with only api/all=false"],
    ["api/all=maybe", "invalid value api/all=maybe"],
    ["batch/v1/foos=true,api/beta", "invalid value api/beta="],
    ["batch/v1=maybe", 'invalid value of batch/v1: maybe, err: strconv.ParseBool: parsing "maybe": invalid syntax'],
    ["a/b/c/d=true", "runtime-config invalid key a/b/c/d"],
    ["batch=true", "runtime-config invalid key batch"],
    [
      "resource.k8s.io/v1beta1/ResourceClaims=true",
      'invalid key resource.k8s.io/v1beta1/ResourceClaims: group/version/resource and resource is always lowercase plural, not "ResourceClaims"',
    ],
  ];
  for (const [text, message] of cases) refused(() => parseRuntimeConfig(text), message);
});

test("what is served: sets, then versions, then resources", () => {
  const claims = (version: string) => ({ group: "resource.k8s.io", version, plural: "resourceclaims" });
  const rules = { group: "resource.k8s.io", version: "v1alpha3", plural: "devicetaintrules" };
  const served = (text: string): string =>
    [claims("v1"), claims("v1beta1"), rules].map((one) => (parseRuntimeConfig(text)(one) ? "+" : "-")).join("");
  const cases: readonly (readonly [string, string])[] = [
    ["", "+--"],
    ["v1=true,api/legacy=true", "+--"],
    ["api/all=true", "+++"],
    ["api/beta=true", "++-"],
    ["api/alpha=true", "+-+"],
    ["api/ga=false", "---"],
    ["api/all=true,api/beta=false", "+-+"],
    ["api/beta=false,api/all=true", "+-+"],
    ["api/beta=true,resource.k8s.io/v1beta1=false", "+--"],
    ["resource.k8s.io/v1beta1", "++-"],
    ["resource.k8s.io/v1beta1=false,resource.k8s.io/v1beta1/resourceclaims=true", "++-"],
    ["resource.k8s.io/v1alpha3/devicetaintrules=true", "+-+"],
    ["resource.k8s.io/v1/resourceclaims=false", "---"],
  ];
  for (const [text, expected] of cases) assert.equal(served(text), expected, text);
});

test("kinds: by default the stable ones; previews need their gates as well", async () => {
  assert.equal((await createFeatures({})).kinds, kinds);
  assert.equal((await createFeatures({ featureGates: "AllAlpha=true" })).kinds.length, kinds.length);
  const { kinds: all } = await createFeatures({
    runtimeConfig: "api/all=true",
    featureGates: "AllAlpha=true,AllBeta=true",
  });
  assert.deepEqual(all, [...defaultFeatures.kinds, ...previewKinds]);
  const { kinds: some } = await createFeatures({ runtimeConfig: "api/all=true" });
  const missing = all.filter((kind) => !some.includes(kind)).map(({ kind, version }) => `${version} ${kind}`);
  assert.deepEqual(missing, [
    "v1beta1 ClusterTrustBundle",
    "v1beta1 PodCertificateRequest",
    "v1alpha1 ClusterTrustBundle",
    "v1alpha2 PodGroup",
    "v1alpha2 Workload",
    "v1beta1 StorageVersionMigration",
  ]);
});

test("nothing loads the preview kinds but who serves one of them", () => {
  const src = join(import.meta.dirname, "../..");
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const isProgram = (file: string): boolean => !/\.(test|fake)\.ts$/.test(file);
  const importers = new Map(
    files.filter(isProgram).map((file) => {
      const text = readFileSync(join(src, file), "utf8");
      return [
        file,
        [...text.matchAll(/^(?:import|export) (?!type )[^;]*? from "(.*?)";$/gms)].map(([, from]) => from!),
      ];
    }),
  );
  const previews = [...importers.get("api/preview-kinds.ts")!].filter((from) => from !== "./kind.ts");
  const only = ["api/preview-kinds.ts", "controllers/pod-group-protection.ts"];
  for (const [file, imported] of importers)
    for (const from of imported)
      if (from.endsWith("/preview-kinds.ts") || previews.includes(from))
        assert.ok(only.includes(file) || file.startsWith("api/"), `${file} imports ${from}`);
  const stable = importers.get("api/kinds.ts")!;
  assert.deepEqual(
    previews.filter((from) => stable.includes(from)),
    [],
  );
});
