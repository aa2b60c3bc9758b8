// VolumeAttributesClass in the version before the stable one, which differs in nothing but its name.
import { inVersion, sameShape } from "#api/versions.ts";
import { VolumeAttributesClass as schema } from "./class-schema.ts";
import { VolumeAttributesClass } from "./volume-attributes-class.ts";

const named = inVersion("io.k8s.api.storage.v1", "io.k8s.api.storage.v1beta1");
export const VolumeAttributesClassV1Beta1 = sameShape(VolumeAttributesClass, "v1beta1", named(schema), {
  deprecated: "1.34",
  removed: "1.37",
  use: "storage.k8s.io/v1 VolumeAttributesClass",
});
