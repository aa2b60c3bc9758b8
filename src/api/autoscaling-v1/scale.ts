// The Scale kind: the body of the scale subresource, the replica numbers of any workload.
import { defineKind } from "#api/kind.ts";
import { Scale as schema } from "#api/autoscaling-v1/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface Scale extends Infer<typeof schema> {}
export const Scale = defineKind<Scale>({
  group: "autoscaling",
  version: "v1",
  kind: "Scale",
  plural: "scales",
  scope: "Namespaced",
  verbs: [],
  schema,
});
