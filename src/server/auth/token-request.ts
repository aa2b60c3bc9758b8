// serviceaccounts/token: a fresh token for an account, on request, bound to the object that the request names.
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { Secret } from "#api/core/secret.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import type { TokenRequest } from "#api/authentication/schema.ts";
import { ApiError, conflict, invalid, notFound } from "#api/errors.ts";
import { invalidValue, type FieldError } from "#api/field-error.ts";
import type { Kind, KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import type { KubernetesClaims, ServiceAccountTokens } from "#server/auth/service-account-tokens.ts";

const shortestSeconds = 600;
const longestSeconds = 2 ** 32;
const boundKinds: Readonly<Record<string, Kind<Pod> | Kind<Node> | Kind<Secret>>> = { Pod, Node, Secret };

function check(request: Draft<TokenRequest>): FieldError[] {
  const seconds = request.spec?.expirationSeconds ?? 3600;
  if (seconds < shortestSeconds)
    return [invalidValue("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes")];
  if (seconds > longestSeconds)
    return [invalidValue("spec.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds")];
  return [];
}

/** Binds to a pod (and its node), a node or a secret; the object must exist and be the one that is meant. */
function boundTo(
  request: Draft<TokenRequest>,
  account: ServiceAccount,
  objects: StoredObjects,
): Partial<KubernetesClaims> {
  const ref = request.spec?.boundObjectRef;
  if (!ref) return {};
  const kind = boundKinds[ref.kind ?? ""] as Kind<KubeObject> | undefined;
  const name = ref.name ?? "";
  if (!kind || (ref.apiVersion && ref.apiVersion !== "v1"))
    throw new ApiError(
      "BadRequest",
      `cannot bind token for serviceaccount to object of type ${ref.apiVersion ?? ""}, Kind=${ref.kind ?? ""}`,
    );
  const object = objects.get(kind, kind.scope === "Namespaced" ? `${account.metadata.namespace!}/${name}` : name);
  if (!object) throw notFound(kind, name);
  const uid = object.metadata.uid!;
  if (ref.uid && ref.uid !== uid)
    throw conflict(
      kind,
      name,
      `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  if (ref.kind !== "Pod") return { [ref.kind!.toLowerCase()]: { name, uid } };
  const pod = object as Pod;
  if (pod.spec.serviceAccountName !== account.metadata.name)
    throw new ApiError(
      "BadRequest",
      `cannot bind token for serviceaccount ${JSON.stringify(account.metadata.name)} to pod running with different serviceaccount name.`,
    );
  const node = pod.spec.nodeName ? objects.get(Node, pod.spec.nodeName) : undefined;
  return { pod: { name, uid }, ...(node ? { node: { name: node.metadata.name!, uid: node.metadata.uid! } } : {}) };
}

/** Answers a decoded TokenRequest; `key` is "namespace/name" of the account. */
export function requestToken(
  request: Draft<TokenRequest>,
  key: string,
  tokens: ServiceAccountTokens,
  objects: StoredObjects,
): Draft<TokenRequest> {
  const account = objects.get(ServiceAccount, key);
  const [namespace = "", name = ""] = key.split("/");
  if (!account) throw notFound(ServiceAccount, name);
  const errors = check(request);
  if (errors.length) throw invalid({ group: "authentication.k8s.io", kind: "TokenRequest" }, "", errors);
  const asked = request.spec?.expirationSeconds ?? 3600;
  // The projected volume asks for an hour and seven seconds; upstream then lets the token live a year so that clients
  // that never read it again go on working, and warns from the asked time on. Here tokens live as long as asked.
  const audiences = request.spec?.audiences?.length
    ? (request.spec.audiences as string[])
    : [...tokens.defaultAudiences];
  const claims: KubernetesClaims = {
    namespace,
    ...boundTo(request, account, objects),
    serviceaccount: { name, uid: account.metadata.uid! },
  };
  const { token, expiresAtMs } = tokens.issue(claims, audiences, asked);
  return {
    ...request,
    metadata: { ...request.metadata, name, namespace },
    spec: { ...request.spec, audiences, expirationSeconds: asked },
    status: { token, expirationTimestamp: new Date(expiresAtMs).toISOString().replace(/\.\d+Z$/, "Z") },
  };
}
