// The namespace that the object of a request lies in, as expressions of policies see it.
import { Namespace } from "#api/core/namespace.ts";
import { notFound } from "#api/errors.ts";
import type { AdmissionRequest } from "#server/admission/admission.ts";
import { findNamespace } from "#server/admission/match/criteria.ts";
import type { Registry } from "#server/registry.ts";

/** Undefined for objects of the cluster. */
export async function namespaceAround(
  registry: Registry,
  { of, namespace }: AdmissionRequest,
  signal: AbortSignal,
): Promise<Namespace | undefined> {
  if (namespace === "" || (of.group === "" && of.plural === "namespaces")) return undefined;
  const found = await findNamespace(registry, namespace, signal);
  if (!found) throw notFound(Namespace, namespace);
  const { managedFields: _fields, ownerReferences: _owners, ...metadata } = found.metadata;
  return { ...found, metadata };
}
