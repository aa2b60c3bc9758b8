// The controllers that run in the server process. Adding one is one line here; its permissions follow from its rules.
import type { AnyKind } from "#api/kind.ts";
import type { PolicyRule } from "#api/rbac/schema.ts";
import type { AnyController } from "#reconcile/controller.ts";
import { deploymentController } from "#controllers/deployment/deployment-controller.ts";
import { endpointSliceController } from "#controllers/endpoints/endpoint-slice-controller.ts";
import { endpointsController } from "#controllers/endpoints/endpoints-controller.ts";
import { createGarbageCollector } from "#controllers/garbage-collector/garbage-collector.ts";
import { namespaceController } from "#controllers/namespace/namespace-controller.ts";
import { createNodeIpamController } from "#controllers/node/node-ipam-controller.ts";
import { createNodeLifecycleController } from "#controllers/node/node-lifecycle-controller.ts";
import { createPodGarbageCollector } from "#controllers/node/pod-garbage-collector.ts";
import { createTaintEvictionController } from "#controllers/node/taint-eviction-controller.ts";
import { replicaSetController } from "#controllers/replica-set/replica-set-controller.ts";
import { createRootCaPublisher } from "#controllers/root-ca-publisher.ts";
import { serviceAccountController } from "#controllers/service-account-controller.ts";

export interface ControllerOptions {
  /** The built-in kinds. */
  readonly kinds: readonly AnyKind[];
  /** The API server's certificate authority, in PEM. */
  readonly rootCertificates: string;
  /** Pod network: one range, or one of each family; empty: nodes bring their own. */
  readonly clusterCidrs: readonly string[];
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
];

/** What each controller's ServiceAccount may do, by the controller's name. */
export const controllerRules = (controllers: readonly AnyController[]): ReadonlyMap<string, readonly PolicyRule[]> =>
  new Map(controllers.map((c) => [c.name, c.rules]));
