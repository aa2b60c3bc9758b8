// Rules for the security settings of containers and pods on Linux; those for Windows are in windows-validation.ts.
import {
  type FieldError,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  tooLong,
} from "#api/field-error.ts";
import { supported, unixId } from "#api/meta/checks.ts";
import type { PodSpec } from "#api/core/schema/pod-spec.ts";
import {
  type AppArmorProfile,
  type PodSecurityContext,
  SeccompProfile,
  SecurityContext,
} from "#api/core/schema/security-context.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { descendingPath } from "./paths.ts";
import { validateWindowsOptions } from "./windows-validation.ts";

const profileTypes = ["Localhost", "RuntimeDefault", "Unconfined"];

export function validateContainerSecurity(
  found: FieldError[],
  field: string,
  context: SecurityContext,
  hostUsers: boolean,
): void {
  unixId(found, `${field}.runAsUser`, context.runAsUser);
  unixId(found, `${field}.runAsGroup`, context.runAsGroup);
  if (context.procMount !== undefined) {
    supported(found, `${field}.procMount`, context.procMount, ["Default", "Unmasked"]);
    if (hostUsers && context.procMount === "Unmasked")
      found.push(invalidValue(`${field}.procMount`, context.procMount, "`hostUsers` must be false to use `Unmasked`"));
  }
  validateSeccomp(found, `${field}.seccompProfile`, context.seccompProfile);
  if (context.allowPrivilegeEscalation === false) {
    const shown = goStruct(SecurityContext, context);
    if (context.privileged)
      found.push(invalidValue(field, shown, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"));
    for (const capability of context.capabilities?.add ?? [])
      if (capability === "CAP_SYS_ADMIN")
        found.push(
          invalidValue(
            field,
            shown,
            "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN",
          ),
        );
  }
  validateWindowsOptions(found, `${field}.windowsOptions`, context.windowsOptions);
  validateAppArmor(found, `${field}.appArmorProfile`, context.appArmorProfile);
}

function validateSeccomp(found: FieldError[], field: string, profile: SeccompProfile | undefined): void {
  if (!profile) return;
  if (!profile.type) found.push(requiredValue(`${field}.type`, "type is required when seccompProfile is set"));
  else supported(found, `${field}.type`, profile.type, profileTypes);
  const path = profile.localhostProfile;
  const at = `${field}.localhostProfile`;
  if (profile.type !== "Localhost") {
    if (path !== undefined)
      found.push(invalidValue(at, goStruct(SeccompProfile, profile), "can only be set when seccomp type is Localhost"));
  } else if (path === undefined) found.push(requiredValue(at, "must be set when seccomp type is Localhost"));
  else descendingPath(found, at, path);
}
const appArmorNeedsProfile = "must be set when AppArmor type is Localhost";
function validateAppArmor(found: FieldError[], field: string, profile: AppArmorProfile | undefined): void {
  if (!profile) return;
  const name = profile.localhostProfile;
  const at = `${field}.localhostProfile`;
  if (profile.type === "Localhost") {
    if (name === undefined) found.push(requiredValue(at, appArmorNeedsProfile));
    else if (name.trim() !== name) found.push(invalidValue(at, name, "must not be padded with whitespace"));
    else if (name === "") found.push(requiredValue(at, appArmorNeedsProfile));
    if ((name ?? "").length > 4095) found.push(tooLong(at, 4095));
  } else if (profile.type === "RuntimeDefault" || profile.type === "Unconfined") {
    if (name !== undefined) found.push(invalidValue(at, name, "can only be set when AppArmor type is Localhost"));
  } else if (!profile.type) found.push(requiredValue(`${field}.type`, "type is required when appArmorProfile is set"));
  else found.push(notSupported(`${field}.type`, profile.type, profileTypes));
}

export function validatePodSecurity(found: FieldError[], field: string, spec: PodSpec): void {
  const context = spec.securityContext;
  if (!context) return;
  unixId(found, `${field}.fsGroup`, context.fsGroup);
  unixId(found, `${field}.runAsUser`, context.runAsUser);
  unixId(found, `${field}.runAsGroup`, context.runAsGroup);
  for (const [i, group] of (context.supplementalGroups ?? []).entries())
    unixId(found, `${field}.supplementalGroups[${i}]`, group);
  if (spec.shareProcessNamespace && spec.hostPID)
    found.push(
      invalidValue(`${field}.shareProcessNamespace`, true, "ShareProcessNamespace and HostPID cannot both be enabled"),
    );
  validateSysctls(found, `${field}.sysctls`, context, spec);
  const oneOf = (name: keyof PodSecurityContext, values: readonly string[]): void => {
    const value = context[name] as string | undefined;
    if (value !== undefined) supported(found, `${field}.${name}`, value, values);
  };
  oneOf("fsGroupChangePolicy", ["Always", "OnRootMismatch"]);
  validateSeccomp(found, `${field}.seccompProfile`, context.seccompProfile);
  validateWindowsOptions(found, `${field}.windowsOptions`, context.windowsOptions);
  validateAppArmor(found, `${field}.appArmorProfile`, context.appArmorProfile);
  oneOf("supplementalGroupsPolicy", ["Merge", "Strict"]);
  oneOf("seLinuxChangePolicy", ["Recursive"]);
}

const sysctlPattern = "([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const sysctlName = new RegExp(`^${sysctlPattern}$`);
function validateSysctls(found: FieldError[], field: string, context: PodSecurityContext, spec: PodSpec): void {
  const names = new Set<string>();
  for (const [i, { name }] of (context.sysctls ?? []).entries()) {
    const at = `${field}[${i}].name`;
    if (!name) found.push(requiredValue(at));
    else if (name.length > 253 || !sysctlName.test(name))
      found.push(invalidValue(at, name, `must have at most 253 characters and match regex ^${sysctlPattern}$`));
    else if (names.has(name)) found.push(duplicateValue(at, name));
    const scope = sysctlScope(name);
    if (spec.hostNetwork && scope === "net")
      found.push(invalidValue(at, name, "may not be specified when 'hostNetwork' is true"));
    else if (spec.hostIPC && scope === "ipc")
      found.push(invalidValue(at, name, "may not be specified when 'hostIPC' is true"));
    names.add(name);
  }
}
const ipcSysctls = new Set(
  "sem shm shmall shmmax shmmni shm_rmid_forced msg msgmax msgmnb msgmni".split(" ").map((name) => `kernel.${name}`),
);
/** The kernel namespace that a parameter belongs to. */
function sysctlScope(name: string): "ipc" | "net" | undefined {
  const dotted = dottedSysctl(name);
  if (ipcSysctls.has(dotted) || dotted.startsWith("fs.mqueue.")) return "ipc";
  return dotted.startsWith("net.") ? "net" : undefined;
}
/** Upstream: whichever of "." and "/" comes first separates; with "/", the two change places. */
function dottedSysctl(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  if (first !== "/") return name;
  return name.replace(/[./]/g, (c) => (c === "." ? "/" : "."));
}

/** A pod with users of its own shares nothing else with the node. */
export function validateHostUsers(found: FieldError[], field: string, spec: PodSpec): void {
  if (spec.hostUsers !== false) return;
  const why = "when `hostUsers` is false";
  if (spec.hostNetwork) found.push(forbiddenValue(`${field}.hostNetwork`, why));
  if (spec.hostPID) found.push(forbiddenValue(`${field}.HostPID`, why));
  if (spec.hostIPC) found.push(forbiddenValue(`${field}.HostIPC`, why));
  for (const list of ["initContainers", "containers", "ephemeralContainers"] as const)
    for (const [i, container] of (spec[list] ?? []).entries())
      if (container.volumeDevices?.length) found.push(forbiddenValue(`${field}.${list}[${i}].volumeDevices`, why));
}
