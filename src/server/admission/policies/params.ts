// The objects that carry the parameters of a policy: those that a binding names or selects.
import type { ParamKind, ParamRef } from "#api/admissionregistration/policy-schema.ts";
import { parseApiVersion, type KubeObject } from "#api/kind.ts";
import { matchesLabels } from "#api/selectors.ts";
import type { Registry, Served } from "#server/registry.ts";

/** The policy or its binding cannot be carried out as it stands. */
export class ConfigurationError extends Error {}

/** The kind of the parameters; undefined where the policy has none. */
export function paramsOf(registry: Registry, paramKind: ParamKind | undefined): Served | undefined {
  if (!paramKind) return undefined;
  const { apiVersion = "", kind = "" } = paramKind;
  const of = { ...parseApiVersion(apiVersion), kind };
  const served = registry.ofKind(of);
  if (served) return served;
  const shown = `${of.group}/${of.version}, Kind=${kind}`;
  throw new ConfigurationError(`failed to find resource referenced by paramKind: '${shown}'`);
}

/** One after the other the policy is asked with each of these; with undefined where there are no parameters. */
export async function collectParams(
  served: Served | undefined,
  ref: ParamRef | undefined,
  requestNamespace: string,
): Promise<readonly (KubeObject | undefined)[]> {
  if (!served || !ref) return [undefined];
  const namespace = namespaceFor(served, ref, requestNamespace);
  const { cache } = served;
  const { name, selector } = ref;
  if (name && selector) throw new ConfigurationError("paramRef.name and paramRef.selector are mutually exclusive");
  if (!name && !selector) throw new ConfigurationError("one of name or selector must be provided");
  const one = name ? cache.get(served.key(namespace, name)) : undefined;
  const stored = name ? (one ? [one] : []) : [...cache.list(namespace)];
  await served.prepare?.(stored);
  const found = stored
    .map((param) => served.show(param))
    .filter((param) => !selector || matchesLabels(selector, param.metadata.labels));
  if (found.length === 0 && ref.parameterNotFoundAction === "Deny")
    throw new ConfigurationError("no params found for policy binding with `Deny` parameterNotFoundAction");
  return found;
}
function namespaceFor({ of }: Served, ref: ParamRef, requestNamespace: string): string {
  if (of.scope === "Cluster") {
    if (ref.namespace)
      throw new ConfigurationError("paramRef.namespace must not be provided for a cluster-scoped `paramKind`");
    return "";
  }
  const namespace = ref.namespace || requestNamespace;
  if (namespace) return namespace;
  throw new ConfigurationError(
    "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources",
  );
}
