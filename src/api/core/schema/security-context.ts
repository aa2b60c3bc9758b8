// Wire types of core/security-context.

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

export const AppArmorProfile = message("io.k8s.api.core.v1.AppArmorProfile", "", {
  type: required(1, oneOf("Unconfined", "RuntimeDefault", "Localhost"), ""),
  localhostProfile: pointer(2, string, ""),
});
export interface AppArmorProfile extends Infer<typeof AppArmorProfile> {}

export const Capabilities = message("io.k8s.api.core.v1.Capabilities", "", {
  add: optional(1, atomicList(string), ""),
  drop: optional(2, atomicList(string), ""),
});
export interface Capabilities extends Infer<typeof Capabilities> {}

export const SELinuxOptions = message("io.k8s.api.core.v1.SELinuxOptions", "", {
  user: optional(1, string, ""),
  role: optional(2, string, ""),
  type: optional(3, string, ""),
  level: optional(4, string, ""),
});
export interface SELinuxOptions extends Infer<typeof SELinuxOptions> {}

export const WindowsSecurityContextOptions = message("io.k8s.api.core.v1.WindowsSecurityContextOptions", "", {
  gmsaCredentialSpecName: pointer(1, string, ""),
  gmsaCredentialSpec: pointer(2, string, ""),
  runAsUserName: pointer(3, string, ""),
  hostProcess: pointer(4, bool, ""),
});
export interface WindowsSecurityContextOptions extends Infer<typeof WindowsSecurityContextOptions> {}

export const Sysctl = message("io.k8s.api.core.v1.Sysctl", "", {
  name: required(1, string, ""),
  value: required(2, string, ""),
});
export interface Sysctl extends Infer<typeof Sysctl> {}

export const SeccompProfile = message("io.k8s.api.core.v1.SeccompProfile", "", {
  type: required(1, oneOf("Unconfined", "RuntimeDefault", "Localhost"), ""),
  localhostProfile: pointer(2, string, ""),
});
export interface SeccompProfile extends Infer<typeof SeccompProfile> {}

export const PodSecurityContext = message("io.k8s.api.core.v1.PodSecurityContext", "", {
  seLinuxOptions: pointer(1, SELinuxOptions, ""),
  windowsOptions: pointer(8, WindowsSecurityContextOptions, ""),
  runAsUser: pointer(2, int64, ""),
  runAsGroup: pointer(6, int64, ""),
  runAsNonRoot: pointer(3, bool, ""),
  supplementalGroups: optional(4, atomicList(int64), ""),
  supplementalGroupsPolicy: pointer(12, oneOf("Merge", "Strict"), ""),
  fsGroup: pointer(5, int64, ""),
  sysctls: optional(7, atomicList(Sysctl), ""),
  fsGroupChangePolicy: pointer(9, oneOf("OnRootMismatch", "Always"), ""),
  seccompProfile: pointer(10, SeccompProfile, ""),
  appArmorProfile: pointer(11, AppArmorProfile, ""),
  seLinuxChangePolicy: pointer(13, known("Recursive", "MountOption"), ""),
});
export interface PodSecurityContext extends Infer<typeof PodSecurityContext> {}

export const SecurityContext = message("io.k8s.api.core.v1.SecurityContext", "", {
  capabilities: pointer(1, Capabilities, ""),
  privileged: pointer(2, bool, ""),
  seLinuxOptions: pointer(3, SELinuxOptions, ""),
  windowsOptions: pointer(10, WindowsSecurityContextOptions, ""),
  runAsUser: pointer(4, int64, ""),
  runAsGroup: pointer(8, int64, ""),
  runAsNonRoot: pointer(5, bool, ""),
  readOnlyRootFilesystem: pointer(6, bool, ""),
  allowPrivilegeEscalation: pointer(7, bool, ""),
  procMount: pointer(9, oneOf("Default", "Unmasked"), ""),
  seccompProfile: pointer(11, SeccompProfile, ""),
  appArmorProfile: pointer(12, AppArmorProfile, ""),
});
export interface SecurityContext extends Infer<typeof SecurityContext> {}
