// The spec of access reviews: what it may say, and the request that it describes.
import type {
  FieldSelectorAttributes,
  LabelSelectorAttributes,
  NonResourceAttributes,
  ResourceAttributes,
} from "#api/authorization/schema.ts";
import { forbiddenValue, invalidValue, requiredValue, type FieldError } from "#api/field-error.ts";
import { labelValue, qualifiedName } from "#api/meta/checks.ts";
import {
  fieldSelectorText,
  parseFieldSelector,
  parseLabelSelector,
  requirementsOf,
  selectorText,
  type FieldRequirement,
} from "#api/selectors.ts";
import type { RequestInfo, UserInfo } from "#server/pipeline.ts";

export interface AccessSpec {
  readonly resourceAttributes?: ResourceAttributes | null;
  readonly nonResourceAttributes?: NonResourceAttributes | null;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

interface Requirement {
  readonly key?: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}
type Selector = FieldSelectorAttributes | LabelSelectorAttributes;
/** As Go shows the structure. */
const shown = ({ path = "", verb = "" }: NonResourceAttributes): object => ({ Path: path, Verb: verb });

function checkRequirement(found: FieldError[], at: string, { operator, values = [] }: Requirement): void {
  if ((operator === "In" || operator === "NotIn") && values.length === 0)
    found.push(requiredValue(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  if ((operator === "Exists" || operator === "DoesNotExist") && values.length > 0)
    found.push(forbiddenValue(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
}
function checkSelector(
  found: FieldError[],
  at: string,
  selector: Selector | null | undefined,
  check: (found: FieldError[], at: string, requirement: Requirement) => void,
): void {
  if (!selector) return;
  const { rawSelector = "", requirements = [] } = selector;
  if (rawSelector && requirements.length > 0)
    found.push(invalidValue(`${at}.rawSelector`, rawSelector, "may not specified at the same time as requirements"));
  if (!rawSelector && requirements.length === 0)
    found.push(requiredValue(`${at}.requirements`, `when ${at} is specified, requirements or rawSelector is required`));
  for (const [i, one] of requirements.entries()) check(found, `${at}.requirements[${i}]`, one as Requirement);
}
/** `of`: the namespace, for reviews that live in one. */
export function accessErrors(spec: AccessSpec, isSelf: boolean, of?: string): FieldError[] {
  const { resourceAttributes: resource, nonResourceAttributes: other } = spec;
  const found: FieldError[] = [];
  if (resource && other)
    found.push(
      invalidValue(
        "spec.nonResourceAttributes",
        shown(other),
        "cannot be specified in combination with resourceAttributes",
      ),
    );
  if (!resource && !other)
    found.push(
      invalidValue(
        "spec.resourceAttributes",
        null,
        "exactly one of nonResourceAttributes or resourceAttributes must be specified",
      ),
    );
  if (!isSelf && !spec.user && !spec.groups?.length)
    found.push(invalidValue("spec.user", "", "at least one of user or group must be specified"));
  const at = "spec.resourceAttributes";
  checkSelector(found, `${at}.fieldSelector`, resource?.fieldSelector, (errors, where, one) => {
    if (!one.key) errors.push(requiredValue(`${where}.key`, "must be specified"));
    checkRequirement(errors, where, one);
  });
  checkSelector(found, `${at}.labelSelector`, resource?.labelSelector, (errors, where, one) => {
    checkRequirement(errors, where, one);
    qualifiedName(errors, `${where}.key`, one.key ?? "");
    for (const [i, value] of (one.values ?? []).entries()) labelValue(errors, `${where}.values[${i}]`, value);
  });
  if (of === undefined) return found;
  if (resource && (resource.namespace ?? "") !== of)
    found.push(invalidValue(`${at}.namespace`, resource.namespace ?? "", "must match metadata.namespace"));
  if (other) found.push(invalidValue("spec.nonResourceAttributes", shown(other), "disallowed on this kind of request"));
  return found;
}

interface Parsed {
  /** "" selects everything. */
  readonly text: string;
  /** What could not be understood is left out, which asks for more. */
  readonly problem?: "ignored" | "partially ignored";
}
const parsed = (text: string, total: number, understood: number): Parsed => {
  if (understood === total) return { text };
  return { text, problem: understood === 0 ? "ignored" : "partially ignored" };
};
function fieldsOf({ rawSelector = "", requirements = [] }: FieldSelectorAttributes): Parsed {
  if (requirements.length === 0) return raw(() => fieldSelectorText(parseFieldSelector(rawSelector)));
  const known = requirements.flatMap(({ key, operator, values = [] }): FieldRequirement[] => {
    if (values.length !== 1 || (operator !== "In" && operator !== "NotIn")) return [];
    return [{ field: key, operator: operator === "In" ? "=" : "!=", value: values[0]! }];
  });
  return parsed(fieldSelectorText(known), requirements.length, known.length);
}
function labelsOf({ rawSelector = "", requirements = [] }: LabelSelectorAttributes): Parsed {
  if (requirements.length === 0) return raw(() => selectorText(parseLabelSelector(rawSelector)));
  const operators: readonly string[] = ["In", "NotIn", "Exists", "DoesNotExist"];
  const known = requirements.filter(({ operator }) => operators.includes(operator));
  return parsed(selectorText(requirementsOf({ matchExpressions: known })), requirements.length, known.length);
}
function raw(parse: () => string): Parsed {
  try {
    return { text: parse() };
  } catch {
    return { text: "", problem: "ignored" };
  }
}

export interface AskedAccess {
  readonly info: RequestInfo;
  readonly path: string;
  /** What of the selectors was not understood. */
  readonly problems: readonly string[];
}
export function askedAccess({ resourceAttributes: r, nonResourceAttributes: n }: AccessSpec): AskedAccess {
  const fields = r?.fieldSelector ? fieldsOf(r.fieldSelector) : { text: "" };
  const labels = r?.labelSelector ? labelsOf(r.labelSelector) : { text: "" };
  const told = (name: string, { problem }: Parsed): string[] =>
    problem ? [`spec.resourceAttributes.${name} ${problem} due to parse error`] : [];
  return {
    info: {
      verb: r?.verb ?? n?.verb ?? "",
      isResource: Boolean(r),
      group: r?.group ?? "",
      version: r?.version || "*",
      resource: r?.resource ?? "",
      subresource: r?.subresource ?? "",
      namespace: r?.namespace ?? "",
      name: r?.name ?? "",
      rest: "",
      ...(fields.text ? { fieldSelector: fields.text } : {}),
      ...(labels.text ? { labelSelector: labels.text } : {}),
    },
    path: n?.path ?? "",
    problems: [...told("fieldSelector", fields), ...told("labelSelector", labels)],
  };
}
/** The user whom a review is about. */
export const subjectOf = ({ user = "", groups = [], uid, extra }: AccessSpec): UserInfo => ({
  name: user,
  groups,
  ...(uid ? { uid } : {}),
  ...(extra ? { extra } : {}),
});
