// NamespaceLifecycle: nothing is written into a namespace that is missing, nothing new into one that is going, and the
// namespaces that the system lives in stay.
import { notFound } from "#api/errors.ts";
import { Namespace } from "#api/core/namespace.ts";
import type { Registry } from "#server/registry.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./admission.ts";
import { refuse } from "./refuse.ts";

const immortal = new Set(["default", "kube-system", "kube-public"]);
const reviews = new Set(["localsubjectaccessreviews"]);

function isConcerned({ operation, namespace, of }: AdmissionRequest): boolean {
  if (of.group === "" && of.plural === "namespaces") return operation === "DELETE";
  return namespace !== "" && operation !== "DELETE" && operation !== "CONNECT" && !reviews.has(of.plural);
}

export function namespaceLifecycle(registry: Registry): AdmissionPlugin {
  const check = (request: AdmissionRequest, namespace: Namespace | undefined): void => {
    if (!namespace) throw notFound(Namespace, request.namespace);
    if (request.operation !== "CREATE" || namespace.status?.phase !== "Terminating") return;
    const name = request.namespace;
    throw refuse(request, `unable to create new content in namespace ${name} because it is being terminated`, [
      { reason: "NamespaceTerminating", message: `namespace ${name} is being terminated`, field: "metadata.namespace" },
    ]);
  };
  return {
    name: "NamespaceLifecycle",
    concerns: isConcerned,
    admit(request, signal) {
      if (request.of.plural === "namespaces") {
        if (immortal.has(request.name)) throw refuse(request, "this namespace may not be deleted");
        return undefined;
      }
      const known = registry.get(Namespace, request.namespace);
      if (known) return check(request, known);
      // It may have been made a moment ago.
      return registry.storage.catchUp(signal).then(() => check(request, registry.get(Namespace, request.namespace)));
    },
  };
}
