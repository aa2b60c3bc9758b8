// IngressClass: the name of a controller that serves Ingresses, and its settings.
import { type FieldError, forbiddenValue, requiredValue, tooLong } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { type IngressClassParametersReference, IngressClass as schema } from "#api/networking/ingress-schema.ts";
import type { Infer } from "#api/schema.ts";
import { dnsLabel, domainPath, immutable, supported } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { validateObject } from "./ingress-validation.ts";

const defaultAnnotation = "ingressclass.kubernetes.io/is-default-class";
const maxControllerLength = 250;

export interface IngressClass extends Infer<typeof schema> {}
export const IngressClass = defineKind<IngressClass>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "IngressClass",
  plural: "ingressclasses",
  scope: "Cluster",
  schema,
  columns: [
    {
      ...nameColumn,
      value: ({ metadata }) =>
        `${metadata.name ?? ""}${metadata.annotations?.[defaultAnnotation] === "true" ? " (default)" : ""}`,
    },
    textColumn("Controller", "Controller that serves the class.", ({ spec }) => spec.controller ?? ""),
    textColumn("Parameters", "Object with its settings.", ({ spec }) => parametersText(spec.parameters)),
    ageColumn,
  ],
  rules: {
    validate,
    changesFirst: true,
    validateUpdate({ spec }, old) {
      const found: FieldError[] = [];
      immutable(found, "spec.controller", spec.controller ?? "", old.spec.controller ?? "");
      return found;
    },
  },
  hasGeneration: true,
});

const parametersText = (parameters: IngressClassParametersReference | undefined): string =>
  parameters ? [[parameters.kind, parameters.apiGroup].filter(Boolean).join("."), parameters.name].join("/") : "<none>";

function validate({ spec }: IngressClass): FieldError[] {
  const found: FieldError[] = [];
  const { controller = "", parameters } = spec;
  if (controller.length > maxControllerLength) found.push(tooLong("spec.controller", maxControllerLength));
  domainPath(found, "spec.controller", controller);
  if (parameters) validateParameters(found, "spec.parameters", parameters);
  return found;
}
function validateParameters(found: FieldError[], field: string, parameters: IngressClassParametersReference): void {
  const { scope, namespace } = parameters;
  validateObject(found, field, parameters);
  if (scope === undefined) return void found.push(requiredValue(`${field}.scope`));
  supported(found, `${field}.scope`, scope, ["Cluster", "Namespace"]);
  if (scope === "Namespace") {
    if (namespace === undefined)
      found.push(requiredValue(`${field}.namespace`, "`parameters.scope` is set to 'Namespace'"));
    else dnsLabel(found, `${field}.namespace`, namespace);
  }
  if (scope === "Cluster" && namespace !== undefined)
    found.push(forbiddenValue(`${field}.namespace`, "`parameters.scope` is set to 'Cluster'"));
}
