// Keeps the status of ValidatingAdmissionPolicies: what type checking has found in the expressions that are there.
import { ValidatingAdmissionPolicy } from "#api/admissionregistration/validating-admission-policy.ts";
import { isReason } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import { orAborted } from "#base/or-aborted.ts";
import type { ApiContext } from "#server/api-context.ts";
import { changeStored } from "#server/verbs/change-stored.ts";
import { checkTypes } from "./type-checking.ts";

/** Works until `signal` is aborted. */
export async function keepPolicyStatus(context: ApiContext, signal: AbortSignal): Promise<void> {
  const { registry, log } = context;
  const { group, version, plural } = ValidatingAdmissionPolicy;
  const served = registry.find(group, version, plural);
  if (!served) return;
  const update = (object: KubeObject): KubeObject => {
    const policy = object as ValidatingAdmissionPolicy;
    const { generation } = policy.metadata;
    if (policy.status?.observedGeneration === generation) return object;
    const warnings = checkTypes(policy.spec, registry);
    const typeChecking = warnings.length > 0 ? { expressionWarnings: warnings } : {};
    return { ...policy, status: { ...policy.status, observedGeneration: generation, typeChecking } } as KubeObject;
  };
  const keep = (name: string): void => {
    if (!registry.get(ValidatingAdmissionPolicy, name)) return;
    changeStored(context, served, name, update, signal).catch((error: unknown) => {
      if (!signal.aborted && !isReason(error, "NotFound"))
        log.error("the status of an admission policy could not be brought up to date", { name, error });
    });
  };
  using _listening = served.cache.onEvent(({ stored }) => keep(stored.key));
  for (const stored of served.cache.list()) keep(stored.key);
  await orAborted(new Promise<never>(() => undefined), signal).catch(() => undefined); // That is the end.
}
