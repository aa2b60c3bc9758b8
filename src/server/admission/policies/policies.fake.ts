// Admission policies for tests: a server that has them on, and short policies with bindings.
import { testServer, type Json, type TestServer } from "#server/api-server.fake.ts";
import type { AdmissionPlugin, AdmissionRequest } from "#server/admission/admission.ts";
import { serveDefinitions } from "#server/crd/definitions.ts";
import type { Authorizer } from "#server/pipeline.ts";
import { FakeCaller } from "#server/webhook/caller.fake.ts";
import { admissionExpressions } from "./check-expressions.ts";
import { mutatingPolicies } from "./mutating.ts";
import { keepPolicyStatus } from "./policy-status.ts";
import { validatingPolicies } from "./validating.ts";

const group = "/apis/admissionregistration.k8s.io/v1";
export const validatingPath = `${group}/validatingadmissionpolicies`;
export const validatingBindings = `${group}/validatingadmissionpolicybindings`;

/** Everybody may do what has their name in it. */
const authorizer: Authorizer = {
  authorize: (user, { verb }) => Promise.resolve({ allowed: verb.includes(user.name) }),
};

export interface PolicyServer {
  readonly server: TestServer;
  readonly notes: Record<string, string>;
}
export async function policyServer(before: readonly AdmissionPlugin[] = []): Promise<PolicyServer> {
  const notes: Record<string, string> = {};
  const audited = (plugin: AdmissionPlugin): AdmissionPlugin => {
    const noting = (request: AdmissionRequest): AdmissionRequest => ({
      ...request,
      annotate: (key, value) => void (notes[key] = value),
    });
    return { ...plugin, validate: (request, signal) => plugin.validate?.(noting(request), signal) };
  };
  const server = await testServer({
    admission: (registry) => {
      const options = { registry, authorizer };
      return [...before, admissionExpressions, mutatingPolicies(options), audited(validatingPolicies(options))];
    },
    companions: (context) => [
      (signal) => serveDefinitions({ context, caller: new FakeCaller() }, signal),
      (signal) => keepPolicyStatus(context, signal),
    ],
  });
  return { server, notes };
}

export const constraints = (resources: readonly string[], more: object = {}, rule: object = {}): object => ({
  matchConstraints: {
    resourceRules: [
      { apiGroups: ["*"], apiVersions: ["*"], operations: ["CREATE", "UPDATE", "DELETE"], resources, ...rule },
    ],
    ...more,
  },
});
/** A policy that changes ConfigMaps, and a binding of the same name. */
export async function change(
  server: TestServer,
  name: string,
  mutations: readonly object[],
  spec: object = {},
): Promise<void> {
  const constrained = constraints(["configmaps"], {}, { operations: ["CREATE", "UPDATE"] });
  await server.create(`${group}/mutatingadmissionpolicies`, {
    metadata: { name },
    spec: { ...constrained, reinvocationPolicy: "Never", mutations, ...spec },
  });
  await server.create(`${group}/mutatingadmissionpolicybindings`, { metadata: { name }, spec: { policyName: name } });
}
export const apply = (expression: string): object => ({
  patchType: "ApplyConfiguration",
  applyConfiguration: { expression },
});
export const patch = (expression: string): object => ({ patchType: "JSONPatch", jsonPatch: { expression } });
/** A policy "p" over ConfigMaps, and a binding "b" for it. */
export async function enforce(server: TestServer, spec: object, binding: object = {}): Promise<void> {
  await server.create(validatingPath, { metadata: { name: "p" }, spec: { ...constraints(["configmaps"]), ...spec } });
  await server.create(validatingBindings, {
    metadata: { name: "b" },
    spec: { policyName: "p", validationActions: ["Deny"], ...binding },
  });
}
export const configMaps = "/api/v1/namespaces/default/configmaps";
export const configMap = (name: string, data: Json = { a: "1" }): Json => ({ metadata: { name }, data });
