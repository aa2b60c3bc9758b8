// DefaultIngressClass: an Ingress without a class gets the one that is marked as default.
import { IngressClass } from "#api/networking/ingress-class.ts";
import { Ingress } from "#api/networking/ingress.ts";
import type { Draft } from "#api/schema.ts";
import type { Registry } from "#server/registry.ts";
import { concernsOnly, type AdmissionPlugin } from "./admission.ts";

const defaultAnnotation = "ingressclass.kubernetes.io/is-default-class";

export const defaultIngressClass = (registry: Registry): AdmissionPlugin => ({
  name: "DefaultIngressClass",
  concerns: concernsOnly(Ingress, "CREATE"),
  admit(request) {
    const ingress = request.object as Draft<Ingress>;
    if (ingress.spec?.ingressClassName !== undefined) return;
    if (ingress.metadata?.annotations?.["kubernetes.io/ingress.class"] !== undefined) return;
    const chosen = [...registry.list(IngressClass)]
      .filter((c) => c.metadata.annotations?.[defaultAnnotation] === "true")
      .toSorted((a, b) => ((a.metadata.creationTimestamp ?? "") < (b.metadata.creationTimestamp ?? "") ? 1 : -1))[0];
    if (chosen) (ingress.spec ??= {}).ingressClassName = chosen.metadata.name!;
  },
});
