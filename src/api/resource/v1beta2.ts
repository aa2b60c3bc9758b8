// The resource kinds in their second beta form, which is the stable one under another name.
import { type EndOfLife, inVersion, sameShape } from "#api/versions.ts";
import {
  ResourceClaim as claimSchema,
  ResourceClaimTemplate as templateSchema,
  ResourceSlice as sliceSchema,
} from "./claim-schema.ts";
import { DeviceClass } from "./device-class.ts";
import { DeviceClass as classSchema } from "./device-schema.ts";
import { DeviceTaintRule } from "./device-taint-rule.ts";
import { DeviceTaintRule as ruleSchema } from "./preview-schema.ts";
import { ResourceClaimTemplate } from "./resource-claim-template.ts";
import { ResourceClaim } from "./resource-claim.ts";
import { ResourceSlice } from "./resource-slice.ts";

const version = "v1beta2";
const beta = "io.k8s.api.resource.v1beta2";
const named = inVersion("io.k8s.api.resource.v1", beta);
const end: EndOfLife = { deprecated: "1.36", removed: "1.39" };

export const DeviceClassV1Beta2 = sameShape(DeviceClass, version, named(classSchema), end);
export const ResourceClaimV1Beta2 = sameShape(ResourceClaim, version, named(claimSchema), end);
export const ResourceClaimTemplateV1Beta2 = sameShape(ResourceClaimTemplate, version, named(templateSchema), end);
export const ResourceSliceV1Beta2 = sameShape(ResourceSlice, version, named(sliceSchema), end);
/** This kind alone is stored in its older version. */
export const DeviceTaintRuleV1Beta2 = sameShape(
  DeviceTaintRule,
  version,
  inVersion("io.k8s.api.resource.v1alpha3", beta)(ruleSchema),
);
