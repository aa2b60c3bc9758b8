// Security settings of pods and containers: users, capabilities and kernel profiles.

import {
  type Infer,
  atomicList,
  bool,
  int64,
  known,
  message,
  oneOf,
  optional,
  pointer,
  required,
  string,
} from "#api/schema.ts";

export const AppArmorProfile = message(
  "io.k8s.api.core.v1.AppArmorProfile",
  "AppArmor profile that confines a container.",
  {
    type: required(
      1,
      oneOf("Unconfined", "RuntimeDefault", "Localhost"),
      "RuntimeDefault, Localhost for a profile on the node, or Unconfined for none.",
    ),
    localhostProfile: pointer(2, string, "Name of the profile loaded on the node; only with Localhost."),
  },
);
export interface AppArmorProfile extends Infer<typeof AppArmorProfile> {}

export const Capabilities = message(
  "io.k8s.api.core.v1.Capabilities",
  "Linux root powers to give to or take from a container.",
  {
    add: optional(1, atomicList(string), "Powers to add, for example NET_ADMIN, without the CAP_ prefix."),
    drop: optional(2, atomicList(string), "Powers to remove; ALL removes every one."),
  },
);
export interface Capabilities extends Infer<typeof Capabilities> {}

export const SELinuxOptions = message("io.k8s.api.core.v1.SELinuxOptions", "SELinux label for a container.", {
  user: optional(1, string, "User part of the label."),
  role: optional(2, string, "Role part of the label."),
  type: optional(3, string, "Type part of the label."),
  level: optional(4, string, "Level part of the label, for example s0:c1,c2."),
});
export interface SELinuxOptions extends Infer<typeof SELinuxOptions> {}

export const WindowsSecurityContextOptions = message(
  "io.k8s.api.core.v1.WindowsSecurityContextOptions",
  "Security settings specific to Windows.",
  {
    gmsaCredentialSpecName: pointer(1, string, "Name of the GMSA credential object to use."),
    gmsaCredentialSpec: pointer(2, string, "Contents of the GMSA credential, filled in by a webhook."),
    runAsUserName: pointer(3, string, "Windows user that runs the program; the image's choice by default."),
    hostProcess: pointer(4, bool, "When true, runs directly on the node; all containers of the pod must agree."),
  },
);
export interface WindowsSecurityContextOptions extends Infer<typeof WindowsSecurityContextOptions> {}

export const Sysctl = message("io.k8s.api.core.v1.Sysctl", "One kernel parameter to set for the pod.", {
  name: required(1, string, "Parameter name, for example net.core.somaxconn."),
  value: required(2, string, "Value to give it, as text."),
});
export interface Sysctl extends Infer<typeof Sysctl> {}

export const SeccompProfile = message(
  "io.k8s.api.core.v1.SeccompProfile",
  "Filter on the system calls a program may make.",
  {
    type: required(
      1,
      oneOf("Unconfined", "RuntimeDefault", "Localhost"),
      "RuntimeDefault, Localhost for a file on the node, or Unconfined for no filter.",
    ),
    localhostProfile: pointer(
      2,
      string,
      "Profile file, relative to the kubelet's seccomp directory; only with Localhost.",
    ),
  },
);
export interface SeccompProfile extends Infer<typeof SeccompProfile> {}

export const PodSecurityContext = message(
  "io.k8s.api.core.v1.PodSecurityContext",
  "Security settings of a pod, used by containers that have none of their own.",
  {
    seLinuxOptions: pointer(1, SELinuxOptions, "SELinux label for all containers; the runtime picks one if absent."),
    windowsOptions: pointer(8, WindowsSecurityContextOptions, "Settings for Windows; not allowed on Linux pods."),
    runAsUser: pointer(2, int64, "User number that runs the programs; the image's choice by default."),
    runAsGroup: pointer(6, int64, "Main group number of the programs; the runtime's choice by default."),
    runAsNonRoot: pointer(3, bool, "When true, the kubelet refuses to start containers that would run as root."),
    supplementalGroups: optional(4, atomicList(int64), "Extra group numbers for the first process of each container."),
    supplementalGroupsPolicy: pointer(
      12,
      oneOf("Merge", "Strict"),
      "Merge (default) keeps groups from the image's /etc/group; Strict drops them.",
    ),
    fsGroup: pointer(5, int64, "Group number given ownership of the volumes, so that all containers can write."),
    sysctls: optional(7, atomicList(Sysctl), "Kernel parameters to set for the pod."),
    fsGroupChangePolicy: pointer(
      9,
      oneOf("OnRootMismatch", "Always"),
      "Always (default) fixes volume ownership at each mount; OnRootMismatch only when needed.",
    ),
    seccompProfile: pointer(10, SeccompProfile, "System call filter for all containers."),
    appArmorProfile: pointer(11, AppArmorProfile, "AppArmor profile for all containers."),
    seLinuxChangePolicy: pointer(
      13,
      known("Recursive", "MountOption"),
      "How volumes get their SELinux label: MountOption at once, Recursive file by file.",
    ),
  },
);
export interface PodSecurityContext extends Infer<typeof PodSecurityContext> {}

export const SecurityContext = message(
  "io.k8s.api.core.v1.SecurityContext",
  "Security settings of one container; they win over those of the pod.",
  {
    capabilities: pointer(1, Capabilities, "Linux root powers to add or remove."),
    privileged: pointer(
      2,
      bool,
      "When true, the container is nearly as powerful as root on the node; false by default.",
    ),
    seLinuxOptions: pointer(3, SELinuxOptions, "SELinux label for the container."),
    windowsOptions: pointer(10, WindowsSecurityContextOptions, "Settings for Windows; not allowed on Linux pods."),
    runAsUser: pointer(4, int64, "User number that runs the program; the image's choice by default."),
    runAsGroup: pointer(8, int64, "Main group number of the program; the runtime's choice by default."),
    runAsNonRoot: pointer(5, bool, "When true, the kubelet refuses to start the container as root."),
    readOnlyRootFilesystem: pointer(6, bool, "When true, only mounted volumes can be written; false by default."),
    allowPrivilegeEscalation: pointer(
      7,
      bool,
      "When false, setuid and similar tricks cannot give the program more rights.",
    ),
    procMount: pointer(
      9,
      oneOf("Default", "Unmasked"),
      "Default hides sensitive parts of /proc; Unmasked shows them all.",
    ),
    seccompProfile: pointer(11, SeccompProfile, "System call filter for the container."),
    appArmorProfile: pointer(12, AppArmorProfile, "AppArmor profile for the container."),
  },
);
export interface SecurityContext extends Infer<typeof SecurityContext> {}
