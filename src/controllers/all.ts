// The controllers that run in a server. Adding one is one file and one line here.
import { kinds } from "#api/kinds.ts";
import type { AnyController } from "#reconcile/controller.ts";
import { deploymentController } from "./deployment/deployment-controller.ts";
import { endpointSliceController } from "./endpoints/endpoint-slice-controller.ts";
import { endpointsController } from "./endpoints/endpoints-controller.ts";
import { createGarbageCollector } from "./garbage-collector/garbage-collector.ts";
import { namespaceController } from "./namespace/namespace-controller.ts";
import { replicaSetController } from "./replica-set/replica-set-controller.ts";
import { createRootCaPublisher } from "./root-ca-publisher.ts";
import { serviceAccountController } from "./service-account-controller.ts";

export interface ControllerFacts {
  /** The cluster's certificate authority in PEM. */
  readonly authority: string;
}
export const createControllers = ({ authority }: ControllerFacts): readonly AnyController[] => [
  deploymentController,
  replicaSetController,
  endpointsController,
  endpointSliceController,
  namespaceController,
  serviceAccountController,
  createRootCaPublisher(authority),
  createGarbageCollector(kinds),
];
