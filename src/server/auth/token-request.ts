// serviceaccounts/token: a fresh token for an account, on request, bound to the object that the request names.
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import { Secret } from "#api/core/secret.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import type { TokenRequest } from "#api/authentication/schema.ts";
import { badRequest, conflict, invalid, notFound } from "#api/errors.ts";
import { invalidValue, type FieldError } from "#api/field-error.ts";
import type { Kind, KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import { formatTime } from "#api/time.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import type { KubernetesClaims, ServiceAccountTokens } from "#server/auth/service-account-tokens.ts";

const shortestSeconds = 600;
const longestSeconds = 2 ** 32;
const defaultSeconds = 3600;
/**
 * What projected volumes ask for. Clients that never read their token again go on working for a year with it; from the
 * asked time on it counts as stale.
 */
const extendedFromSeconds = 3607;
const extendedToSeconds = 365 * 24 * 3600;

const kind = { group: "authentication.k8s.io", kind: "TokenRequest" };
const boundKinds: Readonly<Record<string, Kind<Pod> | Kind<Node> | Kind<Secret>>> = { Pod, Node, Secret };

function secondsErrors(seconds: number): FieldError[] {
  if (seconds < shortestSeconds)
    return [invalidValue("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes")];
  if (seconds > longestSeconds)
    return [invalidValue("spec.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds")];
  return [];
}

/** The request with what it leaves open filled in. Throws what is wrong with it. */
export function settledRequest(
  request: Draft<TokenRequest>,
  account: ServiceAccount,
  { audiences, now }: { readonly audiences: readonly string[]; readonly now: number },
): Draft<TokenRequest> {
  const { name = "", namespace = "", uid = "" } = account.metadata;
  const meta = request.metadata ?? {};
  if (meta.name && meta.name !== name) {
    const text = "must match the service account name if specified";
    throw invalid(kind, name, [invalidValue("metadata.name", meta.name, text)]);
  }
  if (meta.uid && meta.uid !== uid) {
    const text = `the UID in the token request (${meta.uid}) does not match the UID of the service account (${uid})`;
    throw conflict({ group: kind.group, plural: kind.kind }, name, text);
  }
  const seconds = request.spec?.expirationSeconds ?? defaultSeconds;
  const errors = secondsErrors(seconds);
  if (errors.length > 0) throw invalid(kind, "", errors);
  const { spec } = request;
  return {
    ...request,
    metadata: { ...meta, name, namespace, uid, creationTimestamp: formatTime(now) },
    spec: {
      audiences: spec?.audiences?.length ? [...spec.audiences] : [...audiences],
      expirationSeconds: seconds,
      boundObjectRef: spec?.boundObjectRef ?? (null as never),
    },
    status: { token: "", expirationTimestamp: null as never },
  };
}

/** Binds to a pod (and its node), a node or a secret; the object must exist and be the one that is meant. */
function boundTo(
  { spec }: Draft<TokenRequest>,
  account: ServiceAccount,
  objects: StoredObjects,
): Partial<KubernetesClaims> {
  const ref = spec?.boundObjectRef;
  if (!ref) return {};
  const { apiVersion = "", kind: refKind = "", name = "" } = ref;
  const slash = apiVersion.indexOf("/");
  const of = slash < 0 ? undefined : apiVersion.slice(0, slash);
  const found = of ? undefined : (boundKinds[refKind] as Kind<KubeObject> | undefined);
  if (!found) {
    const version = of === undefined ? `/${apiVersion}` : apiVersion;
    throw badRequest(`cannot bind token to object of type ${version}, Kind=${refKind}`);
  }
  if (name === "") throw badRequest("Name parameter required.");
  const object = objects.get(found, found.scope === "Namespaced" ? `${account.metadata.namespace!}/${name}` : name);
  if (!object) throw notFound(found, name);
  const isOthers = refKind === "Pod" && (object as Pod).spec.serviceAccountName !== account.metadata.name;
  if (isOthers)
    throw badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account.metadata.name)} to pod running with different serviceaccount name.`,
    );
  const uid = object.metadata.uid!;
  if (ref.uid && ref.uid !== uid)
    throw conflict(
      { group: "", plural: refKind },
      name,
      `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  if (refKind !== "Pod") return { [refKind.toLowerCase()]: { name, uid } };
  const { nodeName } = (object as Pod).spec;
  const nodeUid = nodeName ? objects.get(Node, nodeName)?.metadata.uid : undefined;
  const node = nodeName ? { node: { name: nodeName, ...(nodeUid ? { uid: nodeUid } : {}) } } : {};
  return { ...node, pod: { name, uid } };
}

/** Answers a request that is settled and admitted. */
export function issueToken(
  request: Draft<TokenRequest>,
  account: ServiceAccount,
  { tokens, objects, now }: { readonly tokens: ServiceAccountTokens; readonly objects: StoredObjects; now: number },
): { readonly answer: Draft<TokenRequest>; readonly tokenId: string } {
  const { namespace = "", name = "", uid = "" } = account.metadata;
  const { audiences = [], expirationSeconds: seconds = defaultSeconds } = request.spec ?? {};
  const own = tokens.defaultAudiences;
  const isOurs = audiences.length === own.length && audiences.every((one, i) => one === own[i]);
  const bound = boundTo(request, account, objects);
  const isExtended = bound.pod !== undefined && seconds === extendedFromSeconds && isOurs;
  const { token, id } = tokens.issue(
    { namespace, ...bound, serviceaccount: { name, uid } },
    audiences,
    isExtended ? extendedToSeconds : seconds,
    isExtended ? seconds : undefined,
  );
  const status = { token, expirationTimestamp: formatTime(now + seconds * 1000) };
  return { answer: { ...request, status }, tokenId: id };
}
