// Policies that change requests, in their versions before the stable one; these differ in which lists of values are
// closed.
import type { Field, Scalar } from "#api/schema.ts";
import { type Changes, type EndOfLife, inVersion, sameShape } from "#api/versions.ts";
import { MutatingAdmissionPolicyBinding } from "./mutating-admission-policy-binding.ts";
import { MutatingAdmissionPolicy } from "./mutating-admission-policy.ts";
import {
  MutatingAdmissionPolicyBinding as bindingSchema,
  MutatingAdmissionPolicy as policySchema,
} from "./policy-schema.ts";

type Fields = Readonly<Record<string, Field>>;
const changed =
  (name: string, closed: boolean) =>
  (fields: Fields): Fields => {
    const field = fields[name]!;
    return { ...fields, [name]: { ...field, schema: { ...(field.schema as Scalar<string>), closed } } };
  };
const beta: Changes = {
  MatchResources: changed("matchPolicy", false),
  MutatingAdmissionPolicySpec: changed("failurePolicy", false),
};
const alpha: Changes = { ParamRef: changed("parameterNotFoundAction", true) };
const stable = "io.k8s.api.admissionregistration.v1";
const toBeta = inVersion(stable, "io.k8s.api.admissionregistration.v1beta1", beta);
const toAlpha = inVersion(stable, "io.k8s.api.admissionregistration.v1alpha1", alpha, ["Variable"]);
const end: EndOfLife = { deprecated: "1.35", removed: "1.38" };

export const MutatingAdmissionPolicyV1Beta1 = sameShape(MutatingAdmissionPolicy, "v1beta1", toBeta(policySchema));
export const MutatingAdmissionPolicyBindingV1Beta1 = sameShape(
  MutatingAdmissionPolicyBinding,
  "v1beta1",
  toBeta(bindingSchema),
);
export const MutatingAdmissionPolicyV1Alpha1 = sameShape(
  MutatingAdmissionPolicy,
  "v1alpha1",
  toAlpha(policySchema),
  end,
);
export const MutatingAdmissionPolicyBindingV1Alpha1 = sameShape(
  MutatingAdmissionPolicyBinding,
  "v1alpha1",
  toAlpha(bindingSchema),
  end,
);
