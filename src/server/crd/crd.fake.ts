// Custom resources for tests: an API server that serves definitions, and short definitions.
import type { CustomResourceDefinitionVersion } from "#api/apiextensions/definition-schema.ts";
import type { JsonSchema } from "#api/structural/json-schema.ts";
import type { ApiServerOptions } from "#server/api-server.ts";
import { settle, testServer, type Json, type TestServer } from "#server/api-server.fake.ts";
import { FakeCaller } from "#server/webhook/caller.fake.ts";
import { customResourceRules } from "./check-definition.ts";
import { serveDefinitions, type DefinitionsOptions } from "./definitions.ts";
import { customResourceTermination } from "./termination.ts";

export function crdServer(
  options: Partial<ApiServerOptions> & Partial<Omit<DefinitionsOptions, "context">> = {},
): Promise<TestServer> {
  const { caller = new FakeCaller(), establishDelayMs, ...rest } = options;
  return testServer({
    admission: (registry) => [customResourceTermination(registry), customResourceRules],
    companions: (context) => [
      (signal) =>
        serveDefinitions(
          {
            context,
            caller,
            ...(establishDelayMs === undefined ? {} : { establishDelayMs }),
          },
          signal,
        ),
    ],
    ...rest,
  });
}

export const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
export const version = (
  name: string,
  schema: JsonSchema,
  more: Partial<CustomResourceDefinitionVersion> = {},
): object => ({ name, served: true, storage: true, schema: { openAPIV3Schema: schema }, ...more });

/** "widgets" of example.com. */
export const definition = (versions: readonly object[], spec: object = {}): Json => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { plural: "widgets", kind: "Widget" },
    versions,
    ...spec,
  },
});
export const widgets = "/apis/example.com/v1/namespaces/default/widgets";
export const widget = (name: string, fields: object = {}): Json => ({
  apiVersion: "example.com/v1",
  kind: "Widget",
  metadata: { name },
  ...fields,
});
export const object = (properties: Readonly<Record<string, JsonSchema>>, more: JsonSchema = {}): JsonSchema => ({
  type: "object",
  properties,
  ...more,
});

/** Creates a definition and waits until it is served. */
export async function define(server: TestServer, crd: Json): Promise<Json> {
  await server.create(crds, crd);
  return established(server, crd.metadata.name);
}
export async function established(server: TestServer, name = "widgets.example.com"): Promise<Json> {
  for (let i = 0; i < 50; i++) {
    const crd = await server.get(`${crds}/${name}`);
    const isThere = (crd.status.conditions ?? []).some((c: Json) => c.type === "Established" && c.status === "True");
    if (isThere) return crd;
    await settle();
  }
  throw new Error(`${name} is not established`);
}
/** Runs until `done` holds; where that takes sockets, for many turns. */
export async function until(done: () => boolean | Promise<boolean>, turns = 200): Promise<void> {
  for (let i = 0; i < turns; i++) {
    if (await done()) return;
    await settle();
  }
  throw new Error("it never came to that");
}
