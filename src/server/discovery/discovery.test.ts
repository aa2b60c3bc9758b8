// Discovery and OpenAPI documents as clients and generators know them. The expected values are those of Kubernetes 1.36.
import assert from "node:assert/strict";
import { test } from "node:test";
import { testServer, type Json } from "#server/api-server.fake.ts";
import { kinds } from "#api/kinds.ts";
import { createProtobufSupport } from "#server/protobuf.ts";
import { encodeOpenApiV2 } from "./openapi-v2-protobuf.ts";
import { openApiV2, openApiV3 } from "./openapi.ts";
import { discoveryForm } from "./media.ts";
import { aggregated, resourceList } from "./groups.ts";

const v2 = openApiV2(kinds, [], "1.36") as Json;
const v3 = (group: string, version: string): Json =>
  openApiV3(
    kinds.filter((k) => k.group === group && k.version === version),
    [],
    "1.36",
  ) as Json;

test("identifiers of operations", () => {
  const rows: readonly (readonly [path: string, method: string, id: string, action: string])[] = [
    ["/api/v1/pods", "get", "listCoreV1PodForAllNamespaces", "list"],
    ["/api/v1/namespaces/{namespace}/pods", "delete", "deleteCoreV1CollectionNamespacedPod", "deletecollection"],
    ["/api/v1/namespaces/{namespace}/pods/{name}/exec", "post", "connectCoreV1PostNamespacedPodExec", "connect"],
    [
      "/api/v1/namespaces/{namespace}/pods/{name}/proxy/{path}",
      "head",
      "connectCoreV1HeadNamespacedPodProxyWithPath",
      "connect",
    ],
    ["/api/v1/watch/namespaces/{namespace}/pods/{name}", "get", "watchCoreV1NamespacedPod", "watch"],
    ["/apis/apps/v1/watch/deployments", "get", "watchAppsV1DeploymentListForAllNamespaces", "watchlist"],
    ["/apis/rbac.authorization.k8s.io/v1/clusterroles", "get", "listRbacAuthorizationV1ClusterRole", "list"],
    [
      "/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale",
      "get",
      "readAppsV1NamespacedDeploymentScale",
      "get",
    ],
  ];
  for (const [path, method, id, action] of rows) {
    const { operationId, ...operation } = v2.paths[path][method];
    assert.deepEqual([operationId, operation["x-kubernetes-action"]], [id, action]);
  }
  const ids = Object.values<Json>(v2.paths).flatMap(({ parameters: _, ...item }) =>
    Object.values<Json>(item).map((o) => o.operationId),
  );
  assert.equal(new Set(ids).size, ids.length);
});

test("parameters stand where the clients of old look for them", () => {
  const item = v2.paths["/api/v1/namespaces/{namespace}/configmaps/{name}"];
  const names = (list: readonly Json[]): string[] =>
    list.map((p) => p.name ?? String(p.$ref).replace(/^#\/parameters\/(.*)-.{8}$/, "$1"));
  assert.deepEqual(names(item.parameters), ["name", "namespace", "pretty"]);
  assert.deepEqual(names(item.patch.parameters), ["body", "dryRun", "fieldManager", "fieldValidation", "force"]);
  assert.equal(item.patch.parameters[1].name, "dryRun");
  assert.equal(item.get.parameters, undefined);
  for (const { $ref } of item.patch.parameters) if ($ref) assert.ok(v2.parameters[$ref.slice("#/parameters/".length)]);
  assert.ok(Buffer.from(encodeOpenApiV2(v2)).includes(item.patch.parameters[2].$ref as string));
});

test("answers of deletes, bodies and media types", () => {
  const core = v3("", "v1");
  const schemaOf = (path: string): string =>
    core.paths[path].delete.responses["202"].content["application/json"].schema.$ref;
  assert.match(schemaOf("/api/v1/namespaces/{namespace}/services/{name}"), /Service$/);
  assert.match(schemaOf("/api/v1/namespaces/{namespace}/secrets/{name}"), /meta\.v1\.Status$/);
  const { patch, put } = core.paths["/api/v1/namespaces/{namespace}/secrets/{name}"];
  assert.deepEqual(Object.keys(put.requestBody.content), ["*/*"]);
  assert.equal(Object.keys(patch.requestBody.content).length, 4);
});

test("defaults, lists of values and unions", () => {
  const { schemas } = v3("", "v1").components;
  const field = (name: string, property: string): Json => schemas[`io.k8s.api.core.v1.${name}`].properties[property];
  assert.equal(field("ContainerPort", "protocol").default, "TCP");
  assert.equal(field("ContainerPort", "containerPort").default, 0);
  assert.equal("default" in field("PodSpec", "restartPolicy"), false);
  assert.deepEqual(field("PodSpec", "containers").items.default, {});
  assert.deepEqual(field("PodSpec", "dnsPolicy").enum.slice(0, 1), ["ClusterFirst"]);
  assert.equal("maxItems" in field("Container", "ports"), false);
  assert.ok(schemas["io.k8s.api.core.v1.SeccompProfile"]["x-kubernetes-unions"]);
  const gvks = v3("apps", "v1").components.schemas["io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"];
  assert.equal(gvks["x-kubernetes-group-version-kind"].length, 2);
});

test("which form of a discovery document is asked for", () => {
  const everything = "g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  const rows: readonly (readonly [string | undefined, string | undefined])[] = [
    [undefined, "json"],
    ["*/*", "json"],
    [`application/json;${everything},application/json`, "json all"],
    [`application/yaml;${everything}`, "yaml all"],
    [`application/json;${everything.replace("v2", "v2beta1")},application/json`, "json"],
    [`application/json;${everything.replace("v2", "v2beta1")}`, undefined],
    ["application/json;q=0.5,application/yaml", "yaml"],
    ["application/json;as=Table;g=meta.k8s.io;v=v1", undefined],
    ["text/html", undefined],
  ];
  for (const [accept, expected] of rows) {
    const ask = (): string => {
      const { media, isAggregated } = discoveryForm(accept, true);
      return isAggregated ? `${media} all` : media;
    };
    if (expected === undefined) assert.throws(ask, { reason: "NotAcceptable" });
    else assert.equal(ask(), expected, String(accept));
  }
  assert.throws(() => discoveryForm(`application/json;${everything}`, false), { reason: "NotAcceptable" });
});

test("resources in discovery", () => {
  const { resources } = resourceList(kinds, { group: "autoscaling", version: "v2" }) as Json;
  assert.equal(resources[0].storageVersionHash, "qwQve8ut294=");
  const { items } = aggregated(kinds, false) as Json;
  const apps = items.find((g: Json) => g.metadata.name === "apps").versions[0].resources;
  const deployment = apps.find((r: Json) => r.resource === "deployments");
  assert.deepEqual(deployment.responseKind, { group: "", version: "", kind: "Deployment" });
  assert.deepEqual(deployment.subresources[0].responseKind, { group: "autoscaling", version: "v1", kind: "Scale" });
  const { encoder } = createProtobufSupport({ kinds: () => kinds, version: () => 0, bodies: [] });
  const list = { kind: "APIResourceList", apiVersion: "v1", groupVersion: "v1" };
  const resource = { name: "a", singularName: "", namespaced: true, kind: "A", verbs: ["get", "list"] };
  const bytes = Buffer.from(encoder.encode({ ...list, resources: [resource] }, undefined));
  // The verbs lie in a message of their own.
  assert.ok(bytes.includes(Buffer.from("220b0a036765740a046c697374", "hex")), bytes.toString("hex"));
});

test("paths where nothing is, and methods that nobody answers", async () => {
  await using server = await testServer();
  const ask = async (method: string, url: string): Promise<string> => {
    const { code, body } = await server.ask(method, url);
    return `${code} ${typeof body === "string" ? body.trim() : (body as Json).reason}`;
  };
  const rows: readonly (readonly [string, string, string])[] = [
    ["GET", "/apis/nope/v1/foos", "404 404 page not found"],
    ["GET", "/apis/apps/v9/foos", "404 NotFound"],
    ["POST", "/api/v1/configmaps", "405 MethodNotAllowed"],
    ["DELETE", "/api/v1/configmaps", "405 MethodNotAllowed"],
    ["GET", "/api/v1/bindings", "404 NotFound"],
    ["GET", "/api/v1/configmaps/one", "404 NotFound"],
  ];
  for (const [method, url, expected] of rows) assert.equal(await ask(method, url), expected, `${method} ${url}`);
  const { paths } = JSON.parse(String((await server.ask("GET", "/")).body)) as Json;
  for (const path of ["/api/v1", "/apis/apps", "/apis/apps/v1", "/healthz/ping", "/openapi/v3"])
    assert.ok(paths.includes(path), path);
});
