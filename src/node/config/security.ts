// Security settings of a container: its own win over its pod's, and the image's user stands in where neither names
// one.
import { ConfigError } from "./config-error.ts";
import type { ContainerSecurity, ImageFacts, SandboxSecurity, SeccompSetting } from "#node/runtime/runtime.ts";
import {
  containersOf,
  podText,
  type Container,
  type Pod,
  type PodSecurityContext,
  type SecurityContext,
} from "#node/pod/types.ts";

export interface SecurityFacts {
  readonly image: Pick<ImageFacts, "uid" | "username">;
  /** Directory of Localhost seccomp profiles. */
  readonly seccompRoot: string;
  /** Container whose processes an ephemeral container sees. */
  readonly targetId?: string;
}
type Profile = NonNullable<SecurityContext["seccompProfile"]>;

function seccomp(profile: Profile | undefined, root: string): SeccompSetting {
  if (!profile) return { type: "Unconfined" };
  return profile.type === "Localhost"
    ? { type: "Localhost", path: `${root}/${profile.localhostProfile ?? ""}` }
    : { type: profile.type };
}
/** Throws ConfigError when the container must not run as root but would, or might. */
function checkNonRoot(pod: Pod, container: Container, user: number | undefined, image: SecurityFacts["image"]): void {
  const must = container.securityContext?.runAsNonRoot ?? pod.spec.securityContext?.runAsNonRoot ?? false;
  if (!must) return;
  const where = `(pod: "${podText(pod)}", container: ${container.name})`;
  if (user !== undefined) {
    if (user === 0) throw new ConfigError(`container's runAsUser breaks non-root policy ${where}`);
    return;
  }
  if (image.uid === undefined && image.username)
    throw new ConfigError(
      `container has runAsNonRoot and image has non-numeric user (${image.username}), cannot verify user is non-root ${where}`,
    );
  if ((image.uid ?? 0) === 0) throw new ConfigError(`container has runAsNonRoot and image will run as root ${where}`);
}
const groupsOf = (context: PodSecurityContext | undefined): number[] => [
  ...new Set([...(context?.supplementalGroups ?? []), ...(context?.fsGroup === undefined ? [] : [context.fsGroup])]),
];
function pidMode(pod: Pod, facts: SecurityFacts): Pick<ContainerSecurity, "pidMode" | "targetId"> {
  if (facts.targetId !== undefined) return { pidMode: "target", targetId: facts.targetId };
  return { pidMode: pod.spec.hostPID ? "node" : pod.spec.shareProcessNamespace ? "pod" : "container" };
}
/** Throws ConfigError. */
export function containerSecurity(pod: Pod, container: Container, facts: SecurityFacts): ContainerSecurity {
  const ofPod = pod.spec.securityContext;
  const own = container.securityContext;
  const asked = own?.runAsUser ?? ofPod?.runAsUser;
  checkNonRoot(pod, container, asked, facts.image);
  const user = asked ?? facts.image.uid;
  const group = own?.runAsGroup ?? ofPod?.runAsGroup;
  return {
    privileged: own?.privileged ?? false,
    readOnlyRootfs: own?.readOnlyRootFilesystem ?? false,
    noNewPrivileges: own?.allowPrivilegeEscalation === false,
    addCapabilities: own?.capabilities?.add ?? [],
    dropCapabilities: own?.capabilities?.drop ?? [],
    ...(user === undefined ? {} : { runAsUser: user }),
    ...(user === undefined && facts.image.username ? { runAsUsername: facts.image.username } : {}),
    ...(group === undefined ? {} : { runAsGroup: group }),
    supplementalGroups: groupsOf(ofPod),
    seccomp: seccomp(own?.seccompProfile ?? ofPod?.seccompProfile, facts.seccompRoot),
    procMount: own?.procMount ?? "Default",
    ...pidMode(pod, facts),
  };
}
export function sandboxSecurity(pod: Pod): SandboxSecurity {
  const context = pod.spec.securityContext;
  const privileged = containersOf(pod.spec).some((c) => c.container.securityContext?.privileged);
  return {
    privileged,
    ...(context?.runAsUser === undefined ? {} : { runAsUser: context.runAsUser }),
    ...(context?.runAsGroup === undefined ? {} : { runAsGroup: context.runAsGroup }),
    supplementalGroups: groupsOf(context),
    seccomp: { type: privileged ? "Unconfined" : "RuntimeDefault" },
  };
}
