// Addresses and their ranges in the version before the stable one, which differs in nothing but its name.
import { type EndOfLife, inVersion, sameShape } from "#api/versions.ts";
import { IPAddress as addressSchema, ServiceCIDR as rangeSchema } from "./address-schema.ts";
import { IPAddress } from "./ip-address.ts";
import { ServiceCIDR } from "./service-cidr.ts";

const named = inVersion("io.k8s.api.networking.v1", "io.k8s.api.networking.v1beta1");
const end: EndOfLife = { deprecated: "1.34", removed: "1.37" };

export const IPAddressV1Beta1 = sameShape(IPAddress, "v1beta1", named(addressSchema), end);
export const ServiceCIDRV1Beta1 = sameShape(ServiceCIDR, "v1beta1", named(rangeSchema), end);
