// A definition whose rules do not compile, or could cost too much, is not accepted. The kind's own rules know nothing of the
// expression language; hence this is a plugin, asked when all else is in order.
import { CustomResourceDefinition } from "#api/apiextensions/custom-resource-definition.ts";
import { invalid } from "#api/errors.ts";
import { concernsOnly, type AdmissionPlugin } from "#server/admission/admission.ts";
import { checkRules } from "./rules/check-rules.ts";

export const customResourceRules: AdmissionPlugin = {
  name: "CustomResourceRules",
  concerns: concernsOnly(CustomResourceDefinition, "CREATE", "UPDATE"),
  validate({ object, old, name }) {
    const crd = object as unknown as CustomResourceDefinition;
    const found = checkRules(crd, old as CustomResourceDefinition | undefined);
    if (found.length > 0) throw invalid(CustomResourceDefinition, name || crd.metadata.name!, found);
  },
};
