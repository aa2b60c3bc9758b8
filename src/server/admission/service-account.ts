// ServiceAccount: every pod runs as an account, with a token, the cluster's certificate and its namespace mounted where
// client libraries look for them.
import { Pod } from "#api/core/pod.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import type { Draft } from "#api/schema.ts";
import type { Clock } from "#base/clock.ts";
import { randomSuffix, type Random } from "#base/random.ts";
import type { Registry } from "#server/registry.ts";
import { concernsOnly, type AdmissionPlugin, type AdmissionRequest } from "./admission.ts";
import { ephemeralSecretProblem, limitsSecrets, mirrorProblem, secretProblem } from "./mountable-secrets.ts";
import { refuse } from "./refuse.ts";

const mirror = "kubernetes.io/config.mirror";
const volumePrefix = "kube-api-access-";
const mountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
const tokenSeconds = 3607;
/** The account `default` is made right after its namespace; a pod may come in between. */
const defaultAccountMs = 2_000;

type PodSpec = NonNullable<Draft<Pod>["spec"]>;
type Volume = NonNullable<PodSpec["volumes"]>[number];
type Container = NonNullable<PodSpec["containers"]>[number];

const tokenVolume = (name: string): NonNullable<Volume> => ({
  name,
  projected: {
    defaultMode: 0o644,
    sources: [
      { serviceAccountToken: { expirationSeconds: tokenSeconds, path: "token" } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      {
        downwardAPI: {
          items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
        },
      },
    ],
  },
});

/** Mounts the token into every container that does not mount something else there. */
function mountToken(spec: PodSpec, random: Random): void {
  const present = spec.volumes?.find((v) => v?.name?.startsWith(volumePrefix))?.name;
  const name = present ?? volumePrefix + randomSuffix(random, 5);
  let isUsed = false;
  const containers: Container[] = [...(spec.initContainers ?? []), ...(spec.containers ?? [])] as Container[];
  for (const container of containers) {
    if (!container || container.volumeMounts?.some((m) => m?.mountPath === mountPath)) continue;
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath }];
    isUsed = true;
  }
  if (isUsed && !present) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

function applyAccount(spec: PodSpec, account: ServiceAccount, random: Random): void {
  const isMounted = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  if (isMounted) mountToken(spec, random);
  if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length)
    spec.imagePullSecrets = account.imagePullSecrets.map((s) => ({ ...s }));
}

const notFoundText = (place: string, name: string): string =>
  `error looking up service account ${place}: serviceaccount ${JSON.stringify(name)} not found`;
const isCreation = concernsOnly(Pod, "CREATE");
const isEphemeral = ({ of, subresource }: AdmissionRequest): boolean =>
  of === Pod && subresource === "ephemeralcontainers";

export function serviceAccount(options: {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly random: Random;
}): AdmissionPlugin {
  const { registry, clock, random } = options;
  const find = async (namespace: string, name: string, signal: AbortSignal): Promise<ServiceAccount | undefined> => {
    const key = `${namespace}/${name}`;
    await registry.storage.catchUp(signal);
    const known = registry.get(ServiceAccount, key);
    if (known || name !== "default") return known;
    const served = registry.find("", "v1", ServiceAccount.plural);
    await served?.cache.appears(key, defaultAccountMs, clock, signal);
    return registry.get(ServiceAccount, key);
  };
  const settle = (request: AdmissionRequest, spec: PodSpec, account: ServiceAccount | undefined): void => {
    const name = spec.serviceAccountName!;
    const place = `${request.namespace}/${name}`;
    if (!account) throw refuse(request, notFoundText(place, name));
    applyAccount(spec, account, random);
  };
  return {
    name: "ServiceAccount",
    concerns: (request) => isCreation(request) || isEphemeral(request),
    admit(request, signal) {
      if (isEphemeral(request)) return undefined;
      const pod = request.object as Draft<Pod>;
      const spec = (pod.spec ??= {});
      if (pod.metadata?.annotations?.[mirror] !== undefined) {
        if (spec.serviceAccountName) throw refuse(request, "a mirror pod may not reference service accounts");
        return undefined;
      }
      spec.serviceAccountName ||= spec.serviceAccount || "default";
      spec.serviceAccount = spec.serviceAccountName;
      const name = spec.serviceAccountName;
      const account = registry.get(ServiceAccount, `${request.namespace}/${name}`);
      if (account) return settle(request, spec, account);
      return find(request.namespace, name, signal).then((found) => settle(request, spec, found));
    },
    validate(request) {
      const pod = request.object as object as Pod;
      const { serviceAccountName: name = "" } = pod.spec;
      const place = `${request.namespace}/${name}`;
      const isMirror = pod.metadata.annotations?.[mirror] !== undefined;
      const problem = isMirror && isCreation(request) ? mirrorProblem(pod) : undefined;
      if (problem) throw refuse(request, problem);
      if (isMirror && isCreation(request)) return;
      if (name === "")
        throw refuse(request, `no service account specified for pod ${request.namespace}/${pod.metadata.name}`);
      const account = registry.get(ServiceAccount, place);
      if (!account) throw refuse(request, notFoundText(place, name));
      if (!limitsSecrets(account)) return;
      const secret = isEphemeral(request) ? ephemeralSecretProblem(pod, account) : secretProblem(pod, account);
      if (secret) throw refuse(request, secret);
    },
  };
}
