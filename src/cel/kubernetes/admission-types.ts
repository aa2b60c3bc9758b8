// The variables of admission expressions: the request and the namespace that it is in. `object`, `oldObject` and `params`
// have no type.
import { boolType, dynType, intType, listType, mapType, objectType, stringType, timestampType } from "../type.ts";
import type { CelType } from "../type.ts";
import { authorizerType, resourceCheckType } from "./authorizer.ts";

const texts = listType(stringType);
const textMap = mapType(stringType, stringType);

const groupVersionKind = objectType("kubernetes.GroupVersionKind", {
  group: stringType,
  version: stringType,
  kind: stringType,
});
const groupVersionResource = objectType("kubernetes.GroupVersionResource", {
  group: stringType,
  version: stringType,
  resource: stringType,
});
const userInfo = objectType("kubernetes.UserInfo", {
  username: stringType,
  uid: stringType,
  groups: texts,
  extra: mapType(stringType, texts),
});
export const admissionRequestType = objectType("kubernetes.AdmissionRequest", {
  kind: groupVersionKind,
  resource: groupVersionResource,
  subResource: stringType,
  requestKind: groupVersionKind,
  requestResource: groupVersionResource,
  requestSubResource: stringType,
  name: stringType,
  namespace: stringType,
  operation: stringType,
  userInfo,
  dryRun: boolType,
  options: dynType,
});

const condition = objectType("kubernetes.NamespaceCondition", {
  status: stringType,
  type: stringType,
  lastTransitionTime: timestampType,
  message: stringType,
  reason: stringType,
});
const metadata = objectType("kubernetes.NamespaceMetadata", {
  name: stringType,
  generateName: stringType,
  namespace: stringType,
  labels: textMap,
  annotations: textMap,
  UID: stringType,
  creationTimestamp: timestampType,
  deletionGracePeriodSeconds: intType,
  deletionTimestamp: timestampType,
  generation: intType,
  resourceVersion: stringType,
  finalizers: texts,
});
export const namespaceType = objectType("kubernetes.Namespace", {
  metadata,
  spec: objectType("kubernetes.NamespaceSpec", { finalizers: texts }),
  status: objectType("kubernetes.NamespaceStatus", { conditions: listType(condition), phase: stringType }),
});

export interface AdmissionVariables {
  /** The policy has parameters. */
  readonly params?: boolean;
  /** The expression may ask for authorization. */
  readonly authorizer?: boolean;
}
export const admissionVariables = ({ params, authorizer }: AdmissionVariables = {}): Record<string, CelType> => ({
  object: dynType,
  oldObject: dynType,
  namespaceObject: namespaceType,
  request: admissionRequestType,
  ...(params && { params: dynType }),
  ...(authorizer && { authorizer: authorizerType, "authorizer.requestResource": resourceCheckType }),
});
