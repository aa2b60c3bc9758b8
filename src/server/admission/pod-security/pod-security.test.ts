import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pod } from "#api/core/pod.ts";
import { testServer, type Json, type TestServer } from "#server/api-server.fake.ts";
import { violations, violationText } from "./evaluate.ts";
import { levelText, policyOf, type Level } from "./policy.ts";
import { podSecurity } from "./pod-security.ts";

const confined = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};
const spec = (securityContext: object = {}, more: object = {}): Json => ({
  containers: [{ name: "c", image: "i", securityContext }],
  ...more,
});
const textOf = (level: Level, minor: number, of: object, annotations = {}): string =>
  violationText(violations({ level, minor }, { annotations }, of as Pod["spec"]));

test("what breaks the baseline", () => {
  const windows = { os: { name: "windows" } };
  const cases: readonly (readonly [object, string, number?])[] = [
    [spec(), ""],
    [spec({}, { hostNetwork: true, hostIPC: true }), "host namespaces (hostNetwork=true, hostIPC=true)"],
    [spec({ privileged: true }), 'privileged (container "c" must not set securityContext.privileged=true)'],
    [
      spec({ capabilities: { add: ["SYS_ADMIN", "CHOWN", "BPF"] } }),
      'non-default capabilities (container "c" must not include "BPF", "SYS_ADMIN" in securityContext.capabilities.add)',
    ],
    [spec({}, { volumes: [{ name: "v", hostPath: { path: "/" } }] }), 'hostPath volumes (volume "v")'],
    [
      {
        containers: [
          { name: "a", ports: [{ hostPort: 80 }, { hostPort: 9 }] },
          { name: "b", ports: [{ hostPort: 80 }] },
        ],
      },
      'hostPort (containers "a", "b" use hostPorts 80, 9)',
    ],
    [spec({ procMount: "Unmasked" }), 'procMount (container "c" must not set securityContext.procMount to "Unmasked")'],
    [spec({ procMount: "Unmasked" }, { hostUsers: false }), ""],
    [
      spec({ seLinuxOptions: { type: "odd", user: "u" } }, { securityContext: { seLinuxOptions: { role: "r" } } }),
      'seLinuxOptions (pod and container "c" set forbidden securityContext.seLinuxOptions: type "odd"; user may not be ' +
        "set; role may not be set)",
    ],
    [spec({ seLinuxOptions: { type: "container_engine_t" } }), ""],
    [
      spec({ seLinuxOptions: { type: "container_engine_t" } }),
      'seLinuxOptions (container "c" set forbidden securityContext.seLinuxOptions: type "container_engine_t")',
      30,
    ],
    [
      spec({ seccompProfile: { type: "Unconfined" } }),
      'seccompProfile (container "c" must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      spec({}, { securityContext: { sysctls: [{ name: "net.ipv4.tcp_rmem" }, { name: "kernel.msgmax" }] } }),
      "forbidden sysctls (net.ipv4.tcp_rmem, kernel.msgmax)",
      31,
    ],
    [spec({}, { securityContext: { sysctls: [{ name: "net.ipv4.tcp_rmem" }] } }), ""],
    [
      spec({ windowsOptions: { hostProcess: true } }, windows),
      'hostProcess (container "c" must not set securityContext.windowsOptions.hostProcess=true)',
    ],
    [
      { containers: [{ name: "c", livenessProbe: { httpGet: { host: "a", port: 1 } } }] },
      'probe or lifecycle host (container "c" uses probe or lifecycle host "a")',
    ],
    [{ containers: [{ name: "c", livenessProbe: { httpGet: { host: "a", port: 1 } } }] }, "", 33],
    [
      spec({ appArmorProfile: { type: "Unconfined" } }),
      'forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")',
    ],
    [
      { containers: [], ephemeralContainers: [{ name: "e", securityContext: { privileged: true } }] },
      'privileged (container "e" must not set securityContext.privileged=true)',
    ],
  ];
  for (const [of, expected, minor] of cases)
    assert.equal(textOf("baseline", minor ?? Infinity, of), expected, JSON.stringify(of));
  const annotations = { "container.apparmor.security.beta.kubernetes.io/c": "unconfined" };
  assert.equal(
    textOf("baseline", 36, spec(), annotations),
    "forbidden AppArmor profile (annotation must not set AppArmor profile type to " +
      '"container.apparmor.security.beta.kubernetes.io/c="unconfined"")',
  );
  assert.equal(textOf("privileged", Infinity, spec({ privileged: true })), "");
});

test("what breaks the restricted level", () => {
  const whole =
    'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), ' +
    'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), ' +
    'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), ' +
    'seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';
  const cases: readonly (readonly [object, string, number?])[] = [
    [spec(confined), ""],
    [spec(), whole],
    [spec(), 'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)', 7],
    [spec({}, { os: { name: "windows" }, securityContext: { runAsNonRoot: true } }), ""],
    [
      spec({ ...confined, capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE", "KILL"] } }),
      'unrestricted capabilities (container "c" must not include "KILL" in securityContext.capabilities.add)',
    ],
    [
      spec({ ...confined, runAsNonRoot: false }, { securityContext: { runAsNonRoot: false } }),
      'runAsNonRoot != true (pod and container "c" must not set securityContext.runAsNonRoot=false)',
    ],
    [spec({ ...confined, runAsUser: 0 }), 'runAsUser=0 (container "c" must not set runAsUser=0)'],
    [spec({ ...confined, runAsUser: 0, runAsNonRoot: false }, { hostUsers: false }), ""],
    [
      spec(confined, {
        volumes: [
          { name: "a", nfs: {} },
          { name: "b", hostPath: {} },
          { name: "ok", emptyDir: {} },
        ],
      }),
      'restricted volume types (volumes "a", "b" use restricted volume types "hostPath", "nfs")',
    ],
    [
      spec({ ...confined, procMount: "Unmasked" }, { hostUsers: false }),
      'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
    ],
  ];
  for (const [of, expected, minor] of cases)
    assert.equal(textOf("restricted", minor ?? Infinity, of), expected, JSON.stringify(of));
});

test("labels make a policy", () => {
  const prefix = "pod-security.kubernetes.io/";
  // enforce, enforce-version, audit, warn → enforce audit warn, errors
  const cases: readonly (readonly [Record<string, string>, string, number])[] = [
    [{}, "privileged:latest privileged:latest privileged:latest", 0],
    [{ enforce: "restricted" }, "restricted:latest privileged:latest restricted:latest", 0],
    [{ enforce: "baseline", "enforce-version": "v1.30" }, "baseline:v1.30 privileged:latest baseline:v1.30", 0],
    [{ enforce: "baseline", warn: "privileged" }, "baseline:latest privileged:latest privileged:latest", 0],
    [{ enforce: "strict" }, "restricted:latest privileged:latest privileged:latest", 1],
    [{ audit: "odd", warn: "odd" }, "privileged:latest privileged:latest privileged:latest", 2],
    [{ enforce: "baseline", "enforce-version": "1.30" }, "baseline:latest privileged:latest baseline:latest", 1],
    [{ enforce: "baseline", "warn-version": "v1.9" }, "baseline:latest privileged:latest baseline:v1.9", 0],
  ];
  for (const [given, expected, count] of cases) {
    const labels = Object.fromEntries(Object.entries(given).map(([key, value]) => [prefix + key, value]));
    const { policy, errors } = policyOf(labels);
    const text = [policy.enforce, policy.audit, policy.warn].map(levelText).join(" ");
    assert.deepEqual([text, errors.length], [expected, count], JSON.stringify(given));
  }
});

const withPodSecurity = (more: object = {}): Promise<TestServer> =>
  testServer({ admission: (registry) => [podSecurity({ registry, ...more })] });
const pods = "/api/v1/namespaces/n/pods";
const namespace = (labels: Record<string, string>): object => ({
  metadata: {
    name: "n",
    labels: Object.fromEntries(Object.entries(labels).map(([k, v]) => [`pod-security.kubernetes.io/${k}`, v])),
  },
});
const refused = 'pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)';

test("pods are refused, workloads are warned of, images matter", async () => {
  await using server = await withPodSecurity();
  await server.create("/api/v1/namespaces", namespace({ enforce: "baseline" }));
  const bad = await server.ask("POST", pods, { metadata: { name: "p" }, spec: spec({}, { hostPID: true }) });
  assert.deepEqual([bad.code, bad.body.message], [403, refused]);
  await server.create(pods, { metadata: { name: "p" }, spec: spec() });
  const template = { metadata: { labels: { a: "b" } }, spec: spec({}, { hostPID: true }) };
  const deployment = { metadata: { name: "d" }, spec: { selector: { matchLabels: { a: "b" } }, template } };
  const made = await server.ask("POST", "/apis/apps/v1/namespaces/n/deployments", deployment);
  const warning = 'would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)';
  assert.deepEqual([made.code, made.warnings], [201, [warning]]);
  const job = { metadata: { name: "j" }, spec: { schedule: "* * * * *", jobTemplate: { spec: { template } } } };
  template.spec.restartPolicy = "Never";
  assert.deepEqual((await server.ask("POST", "/apis/batch/v1/namespaces/n/cronjobs", job)).warnings, [warning]);
  await server.merge("/api/v1/namespaces/n", namespace({ enforce: "restricted" }));
  assert.equal((await server.merge(`${pods}/p`, { metadata: { labels: { x: "y" } } })).metadata.labels.x, "y");
  const contentType = "application/strategic-merge-patch+json";
  const image = { spec: { containers: [{ name: "c", image: "other" }] } };
  assert.equal((await server.ask("PATCH", `${pods}/p`, image, { contentType })).code, 403);
});

test("a namespace's labels must be readable, and tell of pods that break a new level", async () => {
  await using server = await withPodSecurity({ exemptions: { namespaces: ["free"] } });
  const wrong = await server.ask("POST", "/api/v1/namespaces", namespace({ enforce: "strict" }));
  assert.deepEqual(
    [wrong.code, wrong.body.message],
    [
      422,
      'Namespace "n" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be ' +
        "one of privileged, baseline, restricted",
    ],
  );
  await server.create("/api/v1/namespaces", namespace({}));
  for (const name of ["x", "a"]) await server.create(pods, { metadata: { name }, spec: spec({ privileged: true }) });
  await server.create(pods, { metadata: { name: "b" }, spec: spec({}, { hostPID: true }) });
  const contentType = "application/merge-patch+json";
  const changed = await server.ask("PATCH", "/api/v1/namespaces/n", namespace({ enforce: "baseline" }), {
    contentType,
  });
  assert.deepEqual(changed.warnings, [
    'existing pods in namespace "n" violate the new PodSecurity enforce level "baseline:latest"',
    "a (and 1 other pod): privileged",
    "b: host namespaces",
  ]);
  const free = { metadata: { ...(namespace({ enforce: "baseline" }) as Json).metadata, name: "free" } };
  assert.deepEqual((await server.ask("POST", "/api/v1/namespaces", free)).warnings, [
    'namespace "free" is exempt from Pod Security, and the policy (enforce=baseline:latest) will be ignored',
  ]);
  await server.create("/api/v1/namespaces/free/pods", { metadata: { name: "p" }, spec: spec({ privileged: true }) });
});
