// APIService: says which server answers for a version of a group: this one, or another behind a Service. The name of
// the object is the version and the group.
import { type FieldError, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import { isPortNumber } from "#api/names.ts";
import { type APIServiceStatus, APIService as schema } from "#api/apiregistration/schema.ts";
import type { Infer } from "#api/schema.ts";
import { formatTime } from "#api/time.ts";
import { dns1035Label, dnsSubdomain, pathSegment } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { keepMetadata } from "#api/meta/status-metadata.ts";

export interface APIService extends Infer<typeof schema> {}
export const APIService = defineKind<APIService>({
  group: "apiregistration.k8s.io",
  version: "v1",
  kind: "APIService",
  plural: "apiservices",
  scope: "Cluster",
  categories: ["api-extensions"],
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    textColumn("Service", "The server that answers.", ({ spec: { service } }) =>
      service ? `${service.namespace ?? ""}/${service.name ?? ""}` : "Local",
    ),
    textColumn("Available", "Whether it answers.", ({ status }) => availableText(status)),
    ageColumn,
  ],
  rules: {
    prepareForCreate(draft, { now }) {
      if (draft.spec?.service) return;
      const condition = {
        type: "Available",
        status: "True",
        lastTransitionTime: formatTime(now),
        reason: "Local",
        message: "Local APIServices are always available",
      };
      draft.status = { conditions: [condition] };
    },
    prepareForStatusUpdate: keepMetadata,
    validate,
    validateStatusUpdate: ({ status }) =>
      (status.conditions ?? []).flatMap((condition, i) =>
        statuses.includes(condition.status)
          ? []
          : [notSupported(`status.conditions[${i}].status`, condition.status ?? "", statuses)],
      ),
  },
  nameRule: "pathSegment",
  unconditionalUpdate: false,
  hasGeneration: false,
});

const statuses = ["True", "False", "Unknown"];
function availableText({ conditions = [] }: APIServiceStatus): string {
  const { status = "Unknown", reason } = conditions.find(({ type }) => type === "Available") ?? {};
  return status !== "True" && reason ? `${status} (${reason})` : status;
}

const maxGroupPriority = 20000;
const maxVersionPriority = 1000;
function validate({ metadata, spec }: APIService): FieldError[] {
  const found: FieldError[] = [];
  const { group = "", version = "", groupPriorityMinimum = 0, versionPriority = 0, service } = spec;
  const { name = "" } = metadata;
  const wanted = `${version}.${group}`;
  if (name && name !== wanted && pathFits(name))
    found.push(
      invalidValue("metadata.name", name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`),
    );
  if (!group && version !== "v1")
    found.push(requiredValue("spec.group", "only v1 may have an empty group and it better be legacy kube"));
  if (group) dnsSubdomain(found, "spec.group", group);
  dns1035Label(found, "spec.version", version);
  const priority = (field: string, value: number, max: number): void => {
    if (value <= 0 || value > max)
      found.push(invalidValue(`spec.${field}`, value, `must be positive and less than ${max}`));
  };
  priority("groupPriorityMinimum", groupPriorityMinimum, maxGroupPriority);
  priority("versionPriority", versionPriority, maxVersionPriority);
  if (service) validateService(found, "spec.service", service);
  validateTrust(found, spec);
  return found;
}
function pathFits(name: string): boolean {
  const found: FieldError[] = [];
  pathSegment(found, "", name);
  return found.length === 0;
}
type Spec = APIService["spec"];
function validateService(found: FieldError[], field: string, service: NonNullable<Spec["service"]>): void {
  for (const part of ["namespace", "name"] as const) if (!service[part]) found.push(requiredValue(`${field}.${part}`));
  const { port = 0 } = service;
  const problems = isPortNumber(port);
  if (problems.length > 0) found.push(invalidValue(`${field}.port`, port, `port is not valid: ${problems.join(", ")}`));
}
function validateTrust(found: FieldError[], { service, caBundle = "", insecureSkipTLSVerify = false }: Spec): void {
  const skip = "spec.insecureSkipTLSVerify";
  if (service) {
    if (insecureSkipTLSVerify && caBundle)
      found.push(invalidValue(skip, true, "may not be true if caBundle is present"));
    return;
  }
  if (caBundle) {
    const size = `${Buffer.from(caBundle, "base64").length} bytes`;
    found.push(invalidValue("spec.caBundle", size, "local APIServices may not have a caBundle"));
  }
  if (insecureSkipTLSVerify)
    found.push(invalidValue(skip, true, "local APIServices may not have insecureSkipTLSVerify"));
}
