// What the bootstrap policy has more of while a feature is on, as upstream has it.
import type { PolicyRule } from "#api/rbac/schema.ts";
import { defaultGates, type FeatureGates } from "#server/features/feature-gates.ts";
import { clusterRoleBindings, clusterRoles, type SubjectRef } from "./bootstrap-roles.ts";
import { controllerRoles } from "./controller-roles.ts";
import { allow, events, read, write } from "./policy-rules.ts";

interface Addition {
  readonly gate: string;
  /** By ClusterRole name. */
  readonly roles?: Readonly<Record<string, readonly PolicyRule[]>>;
  /** By the name of a controller's account. */
  readonly controllers?: Readonly<Record<string, readonly PolicyRule[]>>;
  readonly bindings?: Readonly<Record<string, readonly SubjectRef[]>>;
}
const certificates = "certificates.k8s.io";
const devices = "resource.k8s.io";
const scheduling = "scheduling.k8s.io";
const migration = "storagemigration.k8s.io";
const versions = "internal.apiserver.k8s.io";

const additions: readonly Addition[] = [
  {
    gate: "GenericWorkload",
    roles: {
      "system:aggregate-to-edit": [allow(write, scheduling, "podgroups workloads")],
      "system:aggregate-to-view": [allow(read, scheduling, "podgroups podgroups/status workloads")],
      "system:kube-scheduler": [
        allow(read, scheduling, "podgroups"),
        allow("patch update", scheduling, "podgroups/status"),
      ],
    },
    controllers: {
      "podgroup-protection-controller": [
        allow("get list update watch", scheduling, "podgroups"),
        allow(read, "core", "pods"),
      ],
    },
  },
  {
    gate: "WorkloadWithJob",
    controllers: { "job-controller": [allow("create get list watch", scheduling, "podgroups workloads")] },
  },
  {
    gate: "DRAWorkloadResourceClaims",
    controllers: {
      "resource-claim-controller": [
        allow(read, scheduling, "podgroups"),
        allow("patch update", scheduling, "podgroups/status"),
      ],
    },
  },
  {
    gate: "ClusterTrustBundle",
    roles: {
      "system:cluster-trust-bundle-discovery": [allow(read, certificates, "clustertrustbundles")],
      "system:node": [allow(read, certificates, "clustertrustbundles")],
    },
    controllers: {
      "kube-apiserver-serving-clustertrustbundle-publisher": [
        allow("attest", certificates, "signers", "kubernetes.io/kube-apiserver-serving"),
        allow("create delete list update watch", certificates, "clustertrustbundles"),
        events,
      ],
    },
    bindings: { "system:cluster-trust-bundle-discovery": [{ kind: "Group", name: "system:serviceaccounts" }] },
  },
  {
    gate: "PodCertificateRequest",
    roles: { "system:node": [allow("create get list watch", certificates, "podcertificaterequests")] },
    controllers: {
      podcertificaterequestcleaner: [allow("delete get list watch", certificates, "podcertificaterequests")],
    },
  },
  {
    gate: "DRADeviceTaintRules",
    roles: { "system:kube-scheduler": [allow(read, devices, "devicetaintrules")] },
    controllers: {
      "device-taint-eviction-controller": [
        allow(read, devices, "devicetaintrules"),
        allow("patch update", devices, "devicetaintrules/status"),
      ],
    },
  },
  {
    gate: "DRAResourcePoolStatus",
    controllers: {
      "resourcepoolstatusrequest-controller": [
        allow("delete get list watch", devices, "resourcepoolstatusrequests"),
        allow("patch update", devices, "resourcepoolstatusrequests/status"),
        allow(read, devices, "resourceslices"),
        allow(read, devices, "resourceclaims"),
        events,
      ],
    },
  },
  {
    gate: "StorageVersionAPI",
    controllers: {
      "storage-version-garbage-collector": [
        allow(read, "coordination.k8s.io", "leases"),
        allow("delete get list patch update watch", versions, "storageversions"),
        allow("get patch update", versions, "storageversions/status"),
      ],
    },
  },
  {
    gate: "StorageVersionMigrator",
    controllers: {
      "storage-version-migrator-controller": [
        allow("create list patch", "*", "*"),
        allow("get", "apiextensions.k8s.io", "customresourcedefinitions"),
        allow("patch", "apiextensions.k8s.io", "customresourcedefinitions/status"),
        allow("update", migration, "storageversionmigrations/status"),
      ],
    },
  },
];

type RulesByName = Readonly<Record<string, readonly PolicyRule[]>>;
const joined = (rules: RulesByName, more: readonly (RulesByName | undefined)[]): RulesByName => {
  const all: Record<string, readonly PolicyRule[]> = { ...rules };
  for (const one of more)
    for (const [name, added] of Object.entries(one ?? {})) all[name] = [...(all[name] ?? []), ...added];
  return all;
};

export interface BootstrapPolicy {
  readonly clusterRoles: RulesByName;
  readonly controllerRoles: RulesByName;
  readonly clusterRoleBindings: Readonly<Record<string, readonly SubjectRef[]>>;
}
export function bootstrapPolicy(gates: FeatureGates = defaultGates): BootstrapPolicy {
  const on = additions.filter(({ gate }) => gates.isOn(gate));
  return {
    clusterRoles: joined(
      clusterRoles,
      on.map((one) => one.roles),
    ),
    controllerRoles: joined(
      controllerRoles,
      on.map((one) => one.controllers),
    ),
    clusterRoleBindings: Object.assign({}, clusterRoleBindings, ...on.map((one) => one.bindings)),
  };
}
