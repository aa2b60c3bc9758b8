// Admission webhooks for tests: a server that calls functions, short configurations, and the usual answers.
import { customResourceTermination } from "#server/crd/termination.ts";
import { serveDefinitions } from "#server/crd/definitions.ts";
import type { AdmissionPlugin } from "#server/admission/admission.ts";
import { testServer, type Json, type TestServer } from "#server/api-server.fake.ts";
import { FakeCaller, type FakeWebhook } from "#server/webhook/caller.fake.ts";
import type { ConditionsOf } from "./hooks.ts";
import { seededRandom } from "#base/random.ts";
import { mutatingWebhooks } from "./mutating.ts";
import { validatingWebhooks } from "./validating.ts";

const group = "/apis/admissionregistration.k8s.io/v1";
export const mutatingPath = `${group}/mutatingwebhookconfigurations`;
export const validatingPath = `${group}/validatingwebhookconfigurations`;

export interface WebhookServer {
  readonly server: TestServer;
  readonly caller: FakeCaller;
}
export async function webhookServer(
  answers: Record<string, FakeWebhook>,
  options: { readonly before?: readonly AdmissionPlugin[]; readonly conditionsOf?: ConditionsOf } = {},
): Promise<WebhookServer> {
  const caller = new FakeCaller(answers);
  const { before = [], conditionsOf = () => () => Promise.resolve(true) } = options;
  const server = await testServer({
    admission: (registry) => {
      const hooks = { registry, caller, random: seededRandom(3), conditionsOf };
      return [customResourceTermination(registry), ...before, mutatingWebhooks(hooks), validatingWebhooks(hooks)];
    },
    companions: (context) => [(signal) => serveDefinitions({ context, caller }, signal)],
  });
  return { server, caller };
}

export const rule = (resources: readonly string[], more: object = {}): object => ({
  apiGroups: ["*"],
  apiVersions: ["*"],
  operations: ["CREATE", "UPDATE", "DELETE", "CONNECT"],
  resources,
  ...more,
});
/** A webhook that answers under `/path`. */
export const hook = (path: string, rules: readonly object[], more: object = {}): object => ({
  name: `${path}.example.com`,
  clientConfig: { service: { namespace: "hooks", name: "hooks", path: `/${path}` }, caBundle: "" },
  rules,
  sideEffects: "None",
  admissionReviewVersions: ["v1"],
  ...more,
});
export async function configure(
  server: TestServer,
  kind: "mutating" | "validating",
  name: string,
  webhooks: readonly object[],
): Promise<void> {
  const url = kind === "mutating" ? mutatingPath : validatingPath;
  await server.create(url, { metadata: { name }, webhooks });
}

export const respond = ({ request }: Json, response: object): Json => ({
  kind: "AdmissionReview",
  apiVersion: "admission.k8s.io/v1",
  response: { uid: request.uid, ...response },
});
export const allow: FakeWebhook = (body) => respond(body, { allowed: true });
export const deny =
  (status?: object): FakeWebhook =>
  (body) =>
    respond(body, { allowed: false, ...(status ? { status } : {}) });
/** Patches with what `operations` makes of the request. */
export const patch =
  (operations: (request: Json) => readonly object[]): FakeWebhook =>
  (body) =>
    respond(body, {
      allowed: true,
      patchType: "JSONPatch",
      patch: Buffer.from(JSON.stringify(operations(body.request))).toString("base64"),
    });
/** Adds one key to a ConfigMap's data. */
export const addKey = (key: string, value = "x"): FakeWebhook =>
  patch(({ object }) => [
    object.data ? { op: "add", path: `/data/${key}`, value } : { op: "add", path: "/data", value: { [key]: value } },
  ]);
export const configMaps = "/api/v1/namespaces/default/configmaps";
export const configMap = (name: string, data?: Json): Json => ({ metadata: { name }, ...(data ? { data } : {}) });
