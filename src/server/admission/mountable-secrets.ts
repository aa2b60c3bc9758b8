// Which Secrets a pod may refer to: a mirror pod none, one of an account that says so those of the account only.
import type { Pod } from "#api/core/pod.ts";
import type { ServiceAccount } from "#api/core/service-account.ts";
import { secretsOf } from "#server/auth/node-references.ts";

const enforced = "kubernetes.io/enforce-mountable-secrets";
/** As Go reads a truth value. */
const trueTexts: readonly string[] = ["1", "t", "T", "TRUE", "true", "True"];
export const limitsSecrets = ({ metadata }: ServiceAccount): boolean =>
  trueTexts.includes(metadata.annotations?.[enforced] ?? "");

type Container = Pick<Pod["spec"]["containers"][number], "name" | "env" | "envFrom">;

export function mirrorProblem(pod: Pod): string | undefined {
  for (const name of secretsOf(pod)) if (name) return "a mirror pod may not reference secrets";
  const projects = pod.spec.volumes?.some((v) => v.projected?.sources?.some((s) => s.serviceAccountToken));
  return projects ? "a mirror pod may not use ServiceAccountToken volume projections" : undefined;
}

const because = ({ metadata: { name } }: ServiceAccount, what = "secret"): string =>
  `is not allowed because service account ${name} does not reference that ${what}`;
const mountableOf = ({ secrets = [] }: ServiceAccount): ReadonlySet<string> =>
  new Set(secrets.flatMap(({ name }) => name ?? []));

function* ofContainers(word: string, containers: readonly Container[] = [], account: ServiceAccount): Iterable<string> {
  const mountable = mountableOf(account);
  const isFree = (name: string | undefined): boolean => name !== undefined && !mountable.has(name);
  for (const { name, env = [], envFrom = [] } of containers) {
    for (const one of env) {
      const secret = one.valueFrom?.secretKeyRef?.name;
      if (isFree(secret))
        yield `${word} ${name} with envVar ${one.name} referencing secret.secretName="${secret}" ${because(account)}`;
    }
    for (const { secretRef } of envFrom)
      if (isFree(secretRef?.name))
        yield `${word} ${name} with envFrom referencing secret.secretName="${secretRef!.name}" ${because(account)}`;
  }
}
function* problems({ spec }: Pod, account: ServiceAccount): Iterable<string> {
  const mountable = mountableOf(account);
  for (const { secret } of spec.volumes ?? [])
    if (secret && !mountable.has(secret.secretName ?? ""))
      yield `volume with secret.secretName="${secret.secretName ?? ""}" ${because(account)}`;
  yield* ofContainers("init container", spec.initContainers, account);
  yield* ofContainers("container", spec.containers, account);
  const pulled = new Set((account.imagePullSecrets ?? []).map(({ name }) => name));
  for (const [i, { name = "" }] of (spec.imagePullSecrets ?? []).entries())
    if (!pulled.has(name)) yield `imagePullSecrets[${i}].name="${name}" ${because(account, "imagePullSecret")}`;
}
const first = (found: Iterable<string>): string | undefined => found[Symbol.iterator]().next().value;
/** The first Secret that the pod may not have. */
export const secretProblem = (pod: Pod, account: ServiceAccount): string | undefined => first(problems(pod, account));
/** The same of the ephemeral containers alone. */
export const ephemeralSecretProblem = ({ spec }: Pod, account: ServiceAccount): string | undefined =>
  first(ofContainers("ephemeral container", spec.ephemeralContainers as readonly Container[], account));
