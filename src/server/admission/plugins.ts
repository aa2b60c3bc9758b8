// The admission plugins that are on, in upstream's order.
import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import type { Authorizer } from "#server/pipeline.ts";
import { defaultGates, type FeatureGates } from "#server/features/feature-gates.ts";
import type { Registry } from "#server/registry.ts";
import type { AdmissionPlugin } from "./admission.ts";
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from "./certificates.ts";
import { defaultTolerationSeconds } from "./default-tolerations.ts";
import { defaultIngressClass } from "./ingress-class.ts";
import { limitRanger } from "./limit-ranger.ts";
import { namespaceLifecycle } from "./namespace-lifecycle.ts";
import { nodeRestriction } from "./node-restriction.ts";
import { clusterTrustBundleAttest, podCertificateSigning } from "./pod-certificates.ts";
import { podGroupPriority, podGroupProtection, podGroupWorkloadExists } from "./pod-groups.ts";
import { podSecurity } from "./pod-security/pod-security.ts";
import { podTopologyLabels } from "./pod-topology-labels.ts";
import { priority } from "./priority.ts";
import { rbacEscalation } from "./rbac-escalation.ts";
import { resourceQuota } from "./resource-quota/resource-quota.ts";
import { runtimeClass } from "./runtime-class.ts";
import { serviceAccount } from "./service-account.ts";
import { defaultStorageClass, persistentVolumeClaimResize, storageObjectInUseProtection } from "./storage.ts";
import { taintNodesByCondition } from "./taint-nodes.ts";

export function createAdmissionPlugins(options: {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly random: Random;
  /** Absent: as upstream has them by default. */
  readonly gates?: FeatureGates;
  /** Asked by plugins that guard what a write would give away. */
  readonly authorizer: Authorizer;
}): readonly AdmissionPlugin[] {
  const { registry, authorizer, clock, gates = defaultGates } = options;
  return [
    namespaceLifecycle(registry),
    limitRanger(registry),
    serviceAccount(options),
    nodeRestriction(registry),
    taintNodesByCondition,
    podSecurity(options),
    priority(registry),
    podGroupPriority(registry, gates),
    defaultTolerationSeconds,
    defaultStorageClass(registry),
    storageObjectInUseProtection,
    podGroupProtection,
    podGroupWorkloadExists(registry),
    persistentVolumeClaimResize(registry),
    runtimeClass(registry),
    certificateApproval(authorizer),
    certificateSigning(authorizer),
    clusterTrustBundleAttest(authorizer),
    podCertificateSigning(authorizer, clock),
    certificateSubjectRestriction,
    defaultIngressClass(registry),
    ...(gates.isOn("PodTopologyLabelsAdmission") ? [podTopologyLabels(registry)] : []),
    rbacEscalation(registry, authorizer),
    resourceQuota(options),
  ];
}
