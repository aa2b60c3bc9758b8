// Rules for pods made for one operating system, and for the options that only Windows has.
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { dnsSubdomain } from "#api/meta/checks.ts";
import type { Container } from "#api/core/schema/container.ts";
import type { PodSpec } from "#api/core/schema/pod-spec.ts";
import type { WindowsSecurityContextOptions } from "#api/core/schema/security-context.ts";

const specLimitKiB = 64;
const netBiosName = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const dnsName = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const controlCharacter = /[\u0000-\u001f\u007f]/;

export function validateWindowsOptions(
  found: FieldError[],
  field: string,
  options: WindowsSecurityContextOptions | undefined,
): void {
  if (!options) return;
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  if (name !== undefined) dnsSubdomain(found, `${field}.gmsaCredentialSpecName`, name);
  if (spec === "")
    found.push(invalidValue(`${field}.gmsaCredentialSpec`, spec, "gmsaCredentialSpec cannot be an empty string"));
  else if (spec !== undefined && spec.length > specLimitKiB * 1024)
    found.push(
      invalidValue(`${field}.gmsaCredentialSpec`, spec, `gmsaCredentialSpec size must be under ${specLimitKiB} KiB`),
    );
  if (user !== undefined)
    for (const problem of userNameProblems(user))
      found.push(invalidValue(`${field}.runAsUserName`, user, `runAsUserName${problem}`));
}
function userNameProblems(text: string): string[] {
  if (text === "") return [" cannot be an empty string"];
  if (controlCharacter.test(text)) return [" cannot contain control characters"];
  const parts = text.split("\\");
  if (parts.length > 2) return [" cannot contain more than one backslash"];
  const user = parts.at(-1)!;
  const domain = parts.length === 2 ? parts[0]! : undefined;
  const problems: string[] = [];
  if ((domain ?? "").length >= 256) problems.push("'s Domain length must be under 256 characters");
  if (domain !== undefined && !netBiosName.test(domain) && !dnsName.test(domain))
    problems.push("'s Domain doesn't match the NetBios nor the DNS format");
  if (user === "") problems.push("'s User cannot be empty");
  else if (user.length > 104) problems.push("'s User length must not be longer than 104 characters");
  if (/^[. ]+$/.test(user)) problems.push("'s User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user))
    problems.push(`'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]`);
  return problems;
}

type Located = readonly [at: string, container: Pick<Container, "securityContext">];
const containersOf = (field: string, spec: PodSpec): Located[] =>
  (["initContainers", "containers", "ephemeralContainers"] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, i): Located => [`${field}.${list}[${i}]`, container]),
  );

/** Containers that are processes of the Windows node: all or none. */
export function validateHostProcess(found: FieldError[], field: string, spec: PodSpec): void {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const containers = containersOf(field, spec);
  let count = 0;
  for (const [at, container] of containers) {
    const own = container.securityContext?.windowsOptions?.hostProcess;
    if (ofPod !== undefined && own !== undefined && ofPod !== own)
      found.push(
        invalidValue(
          `${at}.securityContext.windowsOptions.hostProcess`,
          own,
          `pod hostProcess value must be identical if both are specified, was ${String(ofPod)}`,
        ),
      );
    if (own ?? ofPod) count++;
  }
  if (count === 0) return;
  if (count !== containers.length)
    found.push(
      invalidValue(
        field,
        "",
        "If pod contains any hostProcess containers then all containers must be HostProcess containers",
      ),
    );
  if (!spec.hostNetwork)
    found.push(
      invalidValue(
        `${field}.hostNetwork`,
        false,
        "hostNetwork must be true if pod contains any hostProcess containers",
      ),
    );
}

/** In the order in which they are found. */
const refusedOfPod: readonly (readonly ["spec" | "context", string])[] = [
  ["context", "appArmorProfile"],
  ["context", "seLinuxOptions"],
  ["spec", "hostUsers"],
  ["spec", "hostPID"],
  ["spec", "hostIPC"],
  ["context", "seccompProfile"],
  ["context", "fsGroup"],
  ["context", "fsGroupChangePolicy"],
  ["context", "sysctls"],
  ["spec", "shareProcessNamespace"],
  ["context", "runAsUser"],
  ["context", "runAsGroup"],
  ["context", "supplementalGroups"],
  ["context", "supplementalGroupsPolicy"],
  ["context", "seLinuxChangePolicy"],
];
const refusedOfContainer = [
  "appArmorProfile",
  "seLinuxOptions",
  "seccompProfile",
  "capabilities",
  "readOnlyRootFilesystem",
  "privileged",
  "allowPrivilegeEscalation",
  "procMount",
  "runAsUser",
  "runAsGroup",
] as const;

/** What the operating system of the pod has no notion of. */
export function validateOperatingSystem(found: FieldError[], field: string, spec: PodSpec): void {
  const os = spec.os?.name;
  if (spec.os === undefined) return;
  if (!os) found.push(requiredValue(`${field}.os.name`));
  else if (os === "linux") refuseWindowsOptions(found, field, spec);
  else if (os === "windows") refuseLinuxOptions(found, field, spec);
  else found.push(notSupported(`${field}.os`, os, ["linux", "windows"]));
}
function refuseWindowsOptions(found: FieldError[], field: string, spec: PodSpec): void {
  const refuse = (at: string): void =>
    void found.push(forbiddenValue(`${at}.windowsOptions`, "windows options cannot be set for a linux pod"));
  if (spec.securityContext?.windowsOptions) refuse(`${field}.securityContext`);
  for (const [at, container] of containersOf(field, spec))
    if (container.securityContext?.windowsOptions) refuse(`${at}.securityContext`);
}
function refuseLinuxOptions(found: FieldError[], field: string, spec: PodSpec): void {
  const refuse = (at: string, value: unknown): void => {
    if (value !== undefined) found.push(forbiddenValue(at, "cannot be set for a windows pod"));
  };
  for (const [where, name] of refusedOfPod) {
    const holder = (where === "spec" ? spec : (spec.securityContext ?? {})) as Readonly<Record<string, unknown>>;
    refuse(`${field}.${where === "spec" ? "" : "securityContext."}${name}`, holder[name]);
  }
  for (const [at, container] of containersOf(field, spec))
    for (const name of refusedOfContainer) refuse(`${at}.securityContext.${name}`, container.securityContext?.[name]);
}
