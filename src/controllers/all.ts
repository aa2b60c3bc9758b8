// The controllers that run in the server process. Adding one is one line here; its permissions follow from its rules.
import type { AnyKind } from "#api/kind.ts";
import type { PolicyRule } from "#api/rbac/schema.ts";
import type { AnyController } from "#reconcile/controller.ts";
import {
  certificateCleaner,
  createCertificateApprover,
  createCertificateSigner,
  type CertificateAuthority,
} from "#controllers/certificates/certificate-controllers.ts";
import { clusterRoleAggregationController } from "#controllers/cluster-role-aggregation-controller.ts";
import { cronJobController } from "#controllers/cron-job/cron-job-controller.ts";
import { createDaemonSetController } from "#controllers/daemon-set/daemon-set-controller.ts";
import { deploymentController } from "#controllers/deployment/deployment-controller.ts";
import { disruptionController } from "#controllers/disruption/disruption-controller.ts";
import { endpointSliceController } from "#controllers/endpoints/endpoint-slice-controller.ts";
import { endpointsController } from "#controllers/endpoints/endpoints-controller.ts";
import { mirroringController } from "#controllers/endpoints/mirroring-controller.ts";
import { createGarbageCollector } from "#controllers/garbage-collector/garbage-collector.ts";
import { createJobController } from "#controllers/job/job-controller.ts";
import { ttlAfterFinishedController } from "#controllers/job/ttl-after-finished-controller.ts";
import { namespaceController } from "#controllers/namespace/namespace-controller.ts";
import { createNodeIpamController } from "#controllers/node/node-ipam-controller.ts";
import { createNodeLifecycleController } from "#controllers/node/node-lifecycle-controller.ts";
import { createPodGarbageCollector } from "#controllers/node/pod-garbage-collector.ts";
import { createTaintEvictionController } from "#controllers/node/taint-eviction-controller.ts";
import { accountOf } from "#controllers/rules.ts";
import { replicaSetController } from "#controllers/replica-set/replica-set-controller.ts";
import { replicationController } from "#controllers/replica-set/replication-controller.ts";
import { createResourceQuotaController } from "#controllers/resource-quota-controller.ts";
import { createRootCaPublisher } from "#controllers/root-ca-publisher.ts";
import { serviceAccountController } from "#controllers/service-account-controller.ts";
import { statefulSetController } from "#controllers/stateful-set/stateful-set-controller.ts";
import { ephemeralVolumeController } from "#controllers/volumes/ephemeral-volume-controller.ts";
import {
  attributesClassProtectionController,
  claimProtectionController,
  volumeProtectionController,
} from "#controllers/volumes/protection.ts";
import { claimBinder, volumeBinder } from "#controllers/volumes/volume-binder.ts";

export interface ControllerOptions {
  /** The built-in kinds. */
  readonly kinds: readonly AnyKind[];
  /** The API server's certificate authority, in PEM. */
  readonly rootCertificates: string;
  /** Pod network: one range, or one of each family; empty: nodes bring their own. */
  readonly clusterCidrs: readonly string[];
  /** Signs the certificates that the cluster's own signers give; absent: requests stay unsigned. */
  readonly authority?: CertificateAuthority;
}

/** Controllers hold what they remember, so each runner gets its own. */
export const createControllers = (options: ControllerOptions): readonly AnyController[] => [
  namespaceController,
  serviceAccountController,
  createRootCaPublisher(options.rootCertificates),
  createGarbageCollector(options.kinds),
  replicaSetController,
  deploymentController,
  endpointsController,
  endpointSliceController,
  createNodeLifecycleController(),
  ...(options.clusterCidrs.length > 0 ? [createNodeIpamController(options)] : []),
  createTaintEvictionController(),
  createPodGarbageCollector(),
  replicationController,
  statefulSetController,
  createDaemonSetController(),
  createJobController(),
  cronJobController,
  ttlAfterFinishedController,
  disruptionController,
  createResourceQuotaController(options.kinds),
  clusterRoleAggregationController,
  mirroringController,
  claimBinder,
  volumeBinder,
  claimProtectionController,
  volumeProtectionController,
  attributesClassProtectionController,
  ephemeralVolumeController,
  ...(options.authority
    ? [createCertificateApprover(options.authority), createCertificateSigner(options.authority)]
    : []),
  certificateCleaner,
];

/** What each controller's ServiceAccount may do, by the account's name. */
export function controllerRules(controllers: readonly AnyController[]): ReadonlyMap<string, readonly PolicyRule[]> {
  const rules = new Map<string, readonly PolicyRule[]>();
  for (const { name, rules: own } of controllers)
    rules.set(accountOf(name), [...(rules.get(accountOf(name)) ?? []), ...own]);
  return rules;
}
