// Nothing new of a kind whose definition is being deleted.
import { CustomResourceDefinition } from "#api/apiextensions/custom-resource-definition.ts";
import { isTrue } from "#api/apiextensions/definition.ts";
import type { AdmissionPlugin } from "#server/admission/admission.ts";
import { refuse } from "#server/admission/refuse.ts";
import type { StoredObjects } from "#server/auth/objects.ts";

export const customResourceTermination = (objects: StoredObjects): AdmissionPlugin => ({
  name: "CustomResourceTermination",
  concerns: ({ of, operation }) => of.custom === true && operation === "CREATE",
  admit(request) {
    const crd = objects.get(CustomResourceDefinition, `${request.of.plural}.${request.of.group}`);
    if (crd && (crd.metadata.deletionTimestamp !== undefined || isTrue(crd, "Terminating")))
      throw refuse(request, "create not allowed while custom resource definition is terminating");
  },
});
