// The resource kinds in their first beta form: a request names its device class itself instead of in `exactly`, and
// what a device is like stands in `basic`. Everything else is as it is stored.
import type { Kind, KubeObject } from "#api/kind.ts";
import { type Field, type Message, message, optional, pointer, string } from "#api/schema.ts";
import { type Changes, type EndOfLife, inVersion, otherShape, sameShape } from "#api/versions.ts";
import {
  ResourceClaim as claimSchema,
  ResourceClaimTemplate as templateSchema,
  ResourceSlice as sliceSchema,
} from "./claim-schema.ts";
import { DeviceClass } from "./device-class.ts";
import { DeviceClass as classSchema } from "./device-schema.ts";
import { ResourceClaimTemplate } from "./resource-claim-template.ts";
import { ResourceClaim } from "./resource-claim.ts";
import { ResourceSlice } from "./resource-slice.ts";

type Fields = Readonly<Record<string, Field>>;
type Value = Readonly<Record<string, unknown>>;

/** Fields of `exactly`, by their numbers in a request. */
const exactNumbers: Readonly<Record<string, number>> = {
  deviceClassName: 2,
  selectors: 3,
  allocationMode: 4,
  count: 5,
  adminAccess: 6,
  tolerations: 8,
  capacity: 9,
};
/** Fields of a device, by their numbers in `basic`. */
const basicNumbers: Readonly<Record<string, number>> = {
  attributes: 1,
  capacity: 2,
  consumesCounters: 3,
  nodeName: 4,
  nodeSelector: 5,
  allNodes: 6,
  taints: 7,
  bindsToNode: 8,
  bindingConditions: 9,
  bindingFailureConditions: 10,
  allowMultipleAllocations: 11,
  nodeAllocatableResourceMappings: 12,
};
const renumbered = (fields: Fields, numbers: Readonly<Record<string, number>>): Fields =>
  Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, { ...fields[name]!, number }]));
const without = (field: Field, option: keyof Field): Field =>
  Object.fromEntries(Object.entries(field).filter(([name]) => name !== option)) as unknown as Field;

const changes: Changes = {
  DeviceRequest({ name, exactly, firstAvailable }) {
    const { allocationMode, ...exact } = renumbered((exactly!.schema as Message<unknown>).fields, exactNumbers);
    const { description } = exact["deviceClassName"]!;
    return {
      name: name!,
      ...exact,
      deviceClassName: optional(2, string, description, { always: true }) as Field,
      allocationMode: without(allocationMode!, "default"),
      firstAvailable: { ...firstAvailable!, number: 7 },
    };
  },
  DeviceSubRequest: (fields) => ({
    ...fields,
    tolerations: { ...fields["tolerations"]!, number: 7 },
    capacity: { ...fields["capacity"]!, number: 8 },
  }),
  Device({ name, ...fields }) {
    const text = "What the device is like.";
    const basic = message("io.k8s.api.resource.v1beta1.BasicDevice", text, renumbered(fields, basicNumbers));
    return { name: name!, basic: pointer(2, basic, text) as Field };
  },
  ResourceSliceSpec: (fields) => ({
    ...fields,
    nodeName: without(fields["nodeName"]!, "pointer"),
    allNodes: without(fields["allNodes"]!, "pointer"),
  }),
};
const named = inVersion("io.k8s.api.resource.v1", "io.k8s.api.resource.v1beta1", changes);

const isGiven = (name: string, value: unknown): boolean =>
  value !== undefined && (name === "deviceClassName" || name === "allocationMode" ? value !== "" : true);
function toRequest(request: Value): Value {
  const exactly = Object.entries(request).filter(([name, value]) => name in exactNumbers && isGiven(name, value));
  const kept = Object.entries(request).filter(([name]) => !(name in exactNumbers));
  if (exactly.length === 0) return Object.fromEntries(kept);
  return { ...Object.fromEntries(kept), exactly: { deviceClassName: "", ...Object.fromEntries(exactly) } };
}
const fromRequest = ({ exactly, firstAvailable, ...kept }: Value): Value => ({
  ...kept,
  deviceClassName: "",
  ...(exactly as Value | undefined),
  ...(firstAvailable === undefined ? {} : { firstAvailable }),
});
const toDevice = ({ basic, ...kept }: Value): Value => ({ ...kept, ...(basic as Value | undefined) });
const fromDevice = ({ name, ...basic }: Value): Value => ({ name, basic });

/** Applies `change` to the value at `path`, and to each item where that is a list; what is absent stays absent. */
function at(value: unknown, path: readonly string[], change: (value: Value) => Value): unknown {
  if (value === undefined || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => at(item, path, change));
  const [first, ...rest] = path;
  if (first === undefined) return change(value as Value);
  const object = value as Value;
  return object[first] === undefined ? object : { ...object, [first]: at(object[first], rest, change) };
}
/** A slice that says nothing of nodes leaves both fields out instead of holding their zero values. */
const toSliceSpec = ({ nodeName, allNodes, ...kept }: Value): Value => ({
  ...kept,
  ...(nodeName ? { nodeName } : {}),
  ...(allNodes ? { allNodes } : {}),
});

const end: EndOfLife = { deprecated: "1.35", removed: "1.38" };
/** The kind whose parts at `path` are of another form. */
function version<S extends KubeObject>(
  stored: Kind<S>,
  schema: Message<S>,
  path: readonly string[],
  [to, from]: readonly [to: (part: Value) => Value, from: (part: Value) => Value],
  toWhole: (object: unknown) => unknown = (object) => object,
): Kind<S> {
  return otherShape<S, S>(
    stored,
    "v1beta1",
    named(schema),
    {
      toStored: (object) => toWhole(at(object, path, to)) as S,
      fromStored: (object) => at(object, path, from) as S,
    },
    end,
  );
}
const requests = [toRequest, fromRequest] as const;
/** A request of its own takes one device unless it says otherwise; upstream gives no such default to alternatives only. */
function withDefaults<S extends KubeObject>(kind: Kind<S>, path: readonly string[]): Kind<S> {
  const { applyDefaults } = kind.rules;
  return {
    ...kind,
    rules: {
      ...kind.rules,
      applyDefaults(draft) {
        at(draft, path, (request) => {
          const { deviceClassName, allocationMode } = request;
          if (deviceClassName && !allocationMode) (request as Record<string, unknown>)["allocationMode"] = "ExactCount";
          return request;
        });
        applyDefaults?.(draft);
      },
    },
  };
}

export const DeviceClassV1Beta1 = sameShape(DeviceClass, "v1beta1", named(classSchema), end);
const inClaim = ["spec", "devices", "requests"];
export const ResourceClaimV1Beta1 = withDefaults(version(ResourceClaim, claimSchema, inClaim, requests), inClaim);
const inTemplate = ["spec", ...inClaim];
export const ResourceClaimTemplateV1Beta1 = withDefaults(
  version(ResourceClaimTemplate, templateSchema, inTemplate, requests),
  inTemplate,
);
export const ResourceSliceV1Beta1 = version(
  ResourceSlice,
  sliceSchema,
  ["spec", "devices"],
  [toDevice, fromDevice],
  (object) => at(object, ["spec"], toSliceSpec),
);
