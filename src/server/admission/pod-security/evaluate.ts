// All checks of Pod Security, by level and by the version of Kubernetes that they came with; what a pod violates is told
// in the order of the tables.
import type { KubeObject } from "#api/kind.ts";
import {
  except,
  isOwnUserNamespace,
  isWindows,
  type Check,
  type CheckPod,
  type PodSpec,
  type Violation,
} from "./check.ts";
import {
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndHostLifecycle,
  windowsHostProcess,
} from "./host-checks.ts";
import {
  appArmorProfile,
  capabilitiesBaseline,
  privileged,
  procMount,
  seLinuxOptions,
  sysctls,
  sysctlVersions,
} from "./kernel-checks.ts";
import type { LevelVersion } from "./policy.ts";
import {
  allowPrivilegeEscalation,
  capabilitiesRestricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
} from "./restricted-checks.ts";
import { seccompAnnotations, seccompBaseline, seccompRestricted } from "./seccomp-checks.ts";

const always = (id: string, check: CheckPod): Check => ({ id, revisions: [{ since: 0, check }] });
const notOnWindows = (check: CheckPod, since: number): Check["revisions"] => [
  { since, check },
  { since: 25, check: except(isWindows, check) },
];
const notInUserNamespaces = (check: CheckPod, since: number): Check["revisions"] => [
  { since, check },
  { since: 35, check: except(isOwnUserNamespace, check) },
];

const baseline: readonly Check[] = [
  always("appArmorProfile", appArmorProfile),
  always("capabilities_baseline", capabilitiesBaseline),
  always("hostNamespaces", hostNamespaces),
  always("hostPathVolumes", hostPathVolumes),
  always("hostPorts", hostPorts),
  { id: "hostProbesAndHostLifecycle", revisions: [{ since: 34, check: hostProbesAndHostLifecycle }] },
  always("privileged", privileged),
  { id: "procMount", revisions: notInUserNamespaces(procMount, 0) },
  {
    id: "seLinuxOptions",
    revisions: [
      { since: 0, check: seLinuxOptions(false) },
      { since: 31, check: seLinuxOptions(true) },
    ],
  },
  {
    id: "seccompProfile_baseline",
    revisions: [
      { since: 0, check: seccompAnnotations },
      { since: 19, check: seccompBaseline },
    ],
  },
  { id: "sysctls", revisions: sysctlVersions.map((since) => ({ since, check: sysctls(since) })) },
  always("windowsHostProcess", windowsHostProcess),
];
const restricted: readonly Check[] = [
  { id: "allowPrivilegeEscalation", revisions: notOnWindows(allowPrivilegeEscalation, 8) },
  {
    id: "capabilities_restricted",
    revisions: notOnWindows(capabilitiesRestricted, 22),
    replaces: "capabilities_baseline",
  },
  { id: "procMount_restricted", revisions: [{ since: 35, check: procMount }], replaces: "procMount" },
  { ...always("restrictedVolumes", restrictedVolumes), replaces: "hostPathVolumes" },
  { id: "runAsNonRoot", revisions: notInUserNamespaces(runAsNonRoot, 0) },
  { id: "runAsUser", revisions: notInUserNamespaces(runAsUser, 23) },
  {
    id: "seccompProfile_restricted",
    revisions: notOnWindows(seccompRestricted, 19),
    replaces: "seccompProfile_baseline",
  },
];

const newest = 36;
const made = new Map<string, readonly CheckPod[]>();
/** The checks of a level as they are in one version. */
function checksOf({ level, minor: asked }: LevelVersion): readonly CheckPod[] {
  if (level === "privileged") return [];
  const minor = Math.min(asked, newest);
  const key = `${level}:${minor}`;
  const known = made.get(key);
  if (known) return known;
  const inForce = (check: Check): CheckPod | undefined =>
    check.revisions.findLast(({ since }) => since <= minor)?.check;
  const more = level === "restricted" ? restricted.filter(inForce) : [];
  const replaced = new Set(more.map((check) => check.replaces));
  const checks = [...baseline.filter(({ id }) => !replaced.has(id)), ...more].flatMap((check) => inForce(check) ?? []);
  made.set(key, checks);
  return checks;
}

export const violations = (level: LevelVersion, metadata: KubeObject["metadata"], spec: PodSpec): Violation[] =>
  checksOf(level).flatMap((check) => check(spec, metadata.annotations ?? {}) ?? []);

/** Reasons with their details, as refusals and warnings have them. */
export const violationText = (found: readonly Violation[]): string =>
  found.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join(", ");
