// PriorityLevelConfiguration: a share of the server's capacity, and what becomes of requests that exceed it.
import { member } from "#api/json.ts";
import { type FieldError, forbiddenValue, invalidValue, requiredValue } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import {
  type LimitedPriorityLevelConfiguration,
  PriorityLevelConfigurationSpec,
  type QueuingConfiguration,
  PriorityLevelConfiguration as schema,
} from "#api/flowcontrol/schema.ts";
import type { Infer } from "#api/schema.ts";
import { sameValue, supported } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { keepMetadata } from "#api/meta/status-metadata.ts";
import { validateConditionTypes } from "./flow-schema.ts";
import { mandatoryPriorityLevels } from "./mandatory.ts";

const maxQueues = 10_000_000;
/** Queues are drawn from the bits of one hash. */
const maxHashBits = 60;
const zeroSharesAnnotation = "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares";

export interface PriorityLevelConfiguration extends Infer<typeof schema> {}
const queuing = ({ spec }: PriorityLevelConfiguration): QueuingConfiguration | undefined =>
  spec.limited?.limitResponse.queuing;
export const PriorityLevelConfiguration = defineKind<PriorityLevelConfiguration>({
  group: "flowcontrol.apiserver.k8s.io",
  version: "v1",
  kind: "PriorityLevelConfiguration",
  plural: "prioritylevelconfigurations",
  scope: "Cluster",
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    textColumn("Type", "Whether its requests may have to wait.", ({ spec }) => spec.type),
    textColumn("NominalConcurrencyShares", "Its share.", ({ spec }) =>
      spec.limited ? (spec.limited.nominalConcurrencyShares ?? 0) : "<none>",
    ),
    textColumn("Queues", "How many queues it has.", (level) => queuing(level)?.queues ?? "<none>"),
    textColumn("HandSize", "Queues of one flow.", (level) => queuing(level)?.handSize ?? "<none>"),
    textColumn("QueueLengthLimit", "Length of a queue.", (level) => queuing(level)?.queueLengthLimit ?? "<none>"),
    ageColumn,
  ],
  rules: {
    prepareForStatusUpdate: keepMetadata,
    validate,
    validateStatusUpdate: ({ status }) => validateConditionTypes(status.conditions ?? []),
  },
});

function validate({ metadata, spec }: PriorityLevelConfiguration): FieldError[] {
  const found: FieldError[] = [];
  const { name = "" } = metadata;
  if (metadata.annotations?.[zeroSharesAnnotation] !== undefined)
    found.push(forbiddenValue("metadata.annotations", `annotation '${zeroSharesAnnotation}' is forbidden`));
  const { type, limited, exempt } = spec;
  if ((name === "exempt") !== (type === "Exempt"))
    found.push(invalidValue("spec.type", type ?? "", "must be 'Exempt' if and only if `name` is 'exempt'"));
  if (type === "Exempt") {
    if (limited) found.push(forbiddenValue("spec.limited", "must be nil if the type is not Limited"));
    validateShares(found, "spec.exempt", exempt);
  } else if (type === "Limited") {
    if (exempt) found.push(forbiddenValue("spec.exempt", "must be nil if the type is Limited"));
    if (limited) validateLimited(found, "spec.limited", limited);
    else found.push(requiredValue("spec.limited", "must not be empty when type is Limited"));
  } else supported(found, "spec.type", type, ["Exempt", "Limited"]);
  validateMandatory(found, name, spec);
  return found;
}
/** Of the exempt level the share may change, and nothing else. */
function validateMandatory(found: FieldError[], name: string, spec: PriorityLevelConfigurationSpec): void {
  const fixed = member(mandatoryPriorityLevels, name);
  if (!fixed) return;
  const of = ({ exempt, ...rest }: PriorityLevelConfigurationSpec): object =>
    name === "exempt" ? rest : { ...rest, exempt };
  if (sameValue(of(spec), of(fixed))) return;
  const except = name === "exempt" ? " except the 'spec.exempt' field" : "";
  const text = `spec of '${name}'${except} must equal the fixed value`;
  found.push(invalidValue("spec", goStruct(PriorityLevelConfigurationSpec, spec), text));
}
interface Shares {
  readonly nominalConcurrencyShares?: number;
  readonly lendablePercent?: number;
}
function validateShares(
  found: FieldError[],
  field: string,
  { nominalConcurrencyShares: shares = 0, lendablePercent: lent = 0 }: Shares = {},
  between?: () => void,
): void {
  if (shares < 0)
    found.push(invalidValue(`${field}.nominalConcurrencyShares`, shares, "must be a non-negative integer"));
  between?.();
  if (lent < 0 || lent > 100)
    found.push(invalidValue(`${field}.lendablePercent`, lent, "must be between 0 and 100, inclusive"));
}
function validateLimited(found: FieldError[], field: string, limited: LimitedPriorityLevelConfiguration): void {
  validateShares(found, field, limited, () => validateResponse(found, `${field}.limitResponse`, limited));
  const { borrowingLimitPercent: borrowed = 0 } = limited;
  if (borrowed < 0) {
    const text = "if specified, must be a non-negative integer";
    found.push(invalidValue(`${field}.borrowingLimitPercent`, borrowed, text));
  }
}
function validateResponse(
  found: FieldError[],
  field: string,
  { limitResponse: { type, queuing: queues } }: LimitedPriorityLevelConfiguration,
): void {
  if (!supported(found, `${field}.type`, type, ["Queue", "Reject"])) return;
  const at = `${field}.queuing`;
  if (type === "Queue" && queues) validateQueues(found, at, queues);
  else if (type === "Queue")
    found.push(requiredValue(at, "must not be empty if limited.limitResponse.type is Limited"));
  else if (queues) found.push(forbiddenValue(at, "must be nil if limited.limitResponse.type is not Limited"));
}
function validateQueues(found: FieldError[], field: string, given: QueuingConfiguration): void {
  const { queueLengthLimit = 0, queues = 0, handSize = 0 } = given;
  const refuse = (name: keyof QueuingConfiguration, text: string): void =>
    void found.push(invalidValue(`${field}.${name}`, given[name] ?? 0, text));
  if (queueLengthLimit <= 0) refuse("queueLengthLimit", "must be positive");
  if (queues <= 0) refuse("queues", "must be positive");
  else if (queues > maxQueues) refuse("queues", `must not be greater than ${maxQueues}`);
  if (handSize <= 0) refuse("handSize", "must be positive");
  else if (handSize > queues) refuse("handSize", `should not be greater than queues (${queues})`);
  else if (Math.ceil(Math.log2(queues) * handSize) > maxHashBits)
    refuse(
      "handSize",
      `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${maxHashBits}`,
    );
}
