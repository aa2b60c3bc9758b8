// Rules for the properties of a device and for how much of it can be had at a time.
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notFoundValue,
  requiredValue,
  tooLong,
} from "#api/field-error.ts";
import { addQuantity, compareQuantity, integerValue } from "#api/quantity.ts";
import { isNativeResource } from "#api/core/pod-rules/resource-names.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { validateMap, validateSet } from "./lists.ts";
import { maxAttributeNameLength, validateAttributeName } from "./name-validation.ts";
import {
  type CapacityRequestPolicy,
  type CapacityRequestPolicyRange,
  type Device,
  DeviceAttribute,
  type DeviceCapacity,
} from "./device-schema.ts";

const maxProperties = 32;
const maxValues = 48;
const maxValueLength = 64;
const maxChoices = 10;
const shownKey = maxAttributeNameLength;

const number = String.raw`(0|[1-9]\d*)`;
const release = String.raw`(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)`;
const build = "[0-9a-zA-Z-]+";
const semanticVersion = new RegExp(
  `^${number}\\.${number}\\.${number}(-${release}(\\.${release})*)?(\\+${build}(\\.${build})*)?$`,
);

export function validateAttributes(found: FieldError[], field: string, device: Device): void {
  const { attributes = {}, capacity = {} } = device;
  const properties = Object.keys(attributes).length + Object.keys(capacity).length;
  if (properties > maxProperties) {
    const text = `the total number of attributes and capacities must not exceed ${maxProperties}`;
    found.push(invalidValue(field, properties, text));
  }
  const values = Object.values(attributes).reduce((sum, attribute) => sum + (countOf(attribute) || 1), 0);
  if (values > maxValues)
    found.push(invalidValue(field, values, `the total number of attribute values must not exceed ${maxValues}`));
  validateMap(found, `${field}.attributes`, attributes, { shownKey }, validateAttributeName, validateAttribute);
}
const lists = ["bools", "ints", "strings", "versions"] as const;
const singles = ["bool", "int", "string", "version"] as const;
const countOf = (attribute: DeviceAttribute): number =>
  lists.reduce((count, name) => count + (attribute[name]?.length ?? 0), 0);
function validateAttribute(found: FieldError[], field: string, attribute: DeviceAttribute): void {
  const { string, version, strings = [], versions = [] } = attribute;
  if (string !== undefined) validateText(found, `${field}.string`, string);
  if (version !== undefined) validateVersion(found, `${field}.version`, version);
  for (const name of lists)
    if (attribute[name]?.length === 0)
      found.push(invalidValue(`${field}.${name}`, [], "must not be empty if specified"));
  for (const [i, text] of strings.entries()) validateText(found, `${field}.strings[${i}]`, text);
  for (const [i, text] of versions.entries()) validateVersion(found, `${field}.versions[${i}]`, text);
  const given = [...singles, ...lists].filter((name) => attribute[name] !== undefined).length;
  if (given === 1) return;
  const shown = given === 0 ? "" : withGoNames(attribute);
  found.push(invalidValue(field, shown, "exactly one value must be specified"));
}
/** Go calls "ints" IntValues and "int" IntValue. */
const withGoNames = (attribute: DeviceAttribute): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(goStruct(DeviceAttribute, attribute)).map(([name, value]) => [
      name.replace(/(s?)$/, (plural) => `Value${plural}`),
      value,
    ]),
  );
function validateText(found: FieldError[], field: string, text: string): void {
  if (text.length > maxValueLength) found.push(tooLong(field, maxValueLength));
}
function validateVersion(found: FieldError[], field: string, text: string): void {
  if (!semanticVersion.test(text))
    found.push(invalidValue(field, text, "must be a string compatible with semver.org spec 2.0.0"));
  validateText(found, field, text);
}

export function validateCapacities(found: FieldError[], field: string, device: Device): void {
  const check = device.allowMultipleAllocations ? validateShared : validateWhole;
  validateMap(found, field, device.capacity ?? {}, { shownKey }, validateAttributeName, check);
}
function validateWhole(found: FieldError[], field: string, { requestPolicy }: DeviceCapacity): void {
  if (requestPolicy) found.push(forbiddenValue(`${field}.requestPolicy`, "allowMultipleAllocations must be true"));
}
function validateShared(found: FieldError[], field: string, { value, requestPolicy: policy }: DeviceCapacity): void {
  if (!policy) return;
  const at = `${field}.requestPolicy`;
  const { validValues = [], validRange, default: usual } = policy;
  if (validValues.length > 0 && validRange) {
    const text = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time';
    found.push(forbiddenValue(at, text));
  } else if (validValues.length > 0 || validRange) {
    const name = validRange ? "validRange" : "validValues";
    if (usual === undefined) found.push(requiredValue(`${at}.default`, `required when ${name} is defined`));
    else if (validRange) validateRange(found, `${at}.validRange`, validRange, usual, value);
    else validateChoices(found, `${at}.validValues`, validValues, usual, value);
  }
}
function validateChoices(
  found: FieldError[],
  field: string,
  choices: NonNullable<CapacityRequestPolicy["validValues"]>,
  usual: string,
  most: string,
): void {
  for (const [i, choice] of choices.entries())
    if (i > 0 && compareQuantity(choices[i - 1]!, choice) > 0)
      found.push(invalidValue(`${field}[${i}]`, choice, "values must be sorted in ascending order"));
  const before = found.length;
  validateSet(
    found,
    field,
    choices,
    maxChoices,
    (list, at, choice) => {
      if (compareQuantity(choice, most) > 0)
        list.push(invalidValue(at, choice, `option is larger than capacity value: ${most}`));
    },
    (choice) => String(integerValue(choice)),
  );
  const looked = choices.length <= maxChoices || found.length === before;
  if (!looked || !choices.some((choice) => compareQuantity(choice, usual) === 0))
    found.push(invalidValue(field, usual, "default value is not valid according to the requestPolicy"));
}
function validateRange(
  found: FieldError[],
  field: string,
  { min, max, step }: CapacityRequestPolicyRange,
  usual: string,
  most: string,
): void {
  if (min === undefined) return void found.push(requiredValue(`${field}.min`, "required when validRange is defined"));
  const refuse = (name: string, value: string, text: string): void =>
    void found.push(invalidValue(`${field}.${name}`, value, text));
  if (compareQuantity(min, most) > 0) refuse("min", min, `min is larger than capacity value: ${most}`);
  if (compareQuantity(usual, min) < 0) refuse("min", usual, `default is less than min: ${min}`);
  if (max !== undefined) {
    if (compareQuantity(min, max) > 0) refuse("max", min, `min is larger than max: ${max}`);
    if (compareQuantity(max, most) > 0) refuse("max", max, `max is larger than capacity value: ${most}`);
    if (compareQuantity(usual, max) > 0) refuse("max", usual, `default is more than max: ${max}`);
  }
  if (step === undefined) return;
  const next = addQuantity(min, step);
  if (compareQuantity(next, most) > 0) refuse("step", step, `one step ${next} is larger than capacity value: ${most}`);
  for (const value of max === undefined ? [usual] : [usual, max])
    if ((integerValue(value) - integerValue(min)) % integerValue(step) !== 0)
      refuse("step", value, `value is not a multiple of a given step (${step}) from (${min})`);
}

/** How a device counts against the resources of its node. */
export function validateMappings(found: FieldError[], field: string, device: Device): void {
  for (const [name, mapping] of Object.entries(device.nodeAllocatableResourceMappings ?? {})) {
    const at = `${field}[${name}]`;
    const { allocationMultiplier: factor, capacityKey: key } = mapping;
    if (!isNativeResource(name)) found.push(invalidValue(at, name, "must be a node allocatable resource name"));
    if (factor === undefined && key === undefined)
      found.push(invalidValue(at, "", "at least one of allocationMultiplier or capacityKey must be set"));
    if (factor !== undefined && compareQuantity(factor, "0") <= 0)
      found.push(invalidValue(`${at}.allocationMultiplier`, factor, "must be positive"));
    if (key === "") found.push(invalidValue(`${at}.capacityKey`, "", "capacityKey must not be an empty string"));
    else if (key !== undefined && !device.capacity?.[key]) found.push(notFoundValue(`${at}.capacityKey`, key));
  }
}
