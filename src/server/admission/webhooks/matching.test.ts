import assert from "node:assert/strict";
import { test } from "node:test";
import { forbidden } from "#api/errors.ts";
import { define, definition, object, version, widget, widgets } from "#server/crd/crd.fake.ts";
import {
  allow,
  configMap,
  configMaps,
  configure,
  deny,
  hook,
  patch,
  respond,
  rule,
  webhookServer,
} from "./webhooks.fake.ts";

const schema = object({ spec: object({ size: { type: "integer" }, tint: { type: "string", default: "red" } }) });

test("labels of namespaces and of objects choose", async () => {
  const { server, caller } = await webhookServer({ "/ns": allow, "/label": allow });
  await using _server = server;
  await server.create("/api/v1/namespaces", { metadata: { name: "on", labels: { hooks: "on" } } });
  await configure(server, "validating", "one", [
    hook("ns", [rule(["*"])], { namespaceSelector: { matchLabels: { hooks: "on" } } }),
    hook("label", [rule(["configmaps"])], { objectSelector: { matchLabels: { look: "yes" } } }),
  ]);
  const asked = async (work: () => Promise<unknown>): Promise<number> => {
    caller.calls.length = 0;
    await work();
    return caller.calls.length;
  };
  assert.equal(await asked(() => server.create(configMaps, configMap("m"))), 0);
  assert.equal(await asked(() => server.create("/api/v1/namespaces/on/configmaps", configMap("m"))), 1);
  assert.equal(await asked(() => server.merge(`${configMaps}/m`, { metadata: { labels: { look: "yes" } } })), 1);
  // The old labels count too.
  assert.equal(await asked(() => server.merge(`${configMaps}/m`, { metadata: { labels: { look: null } } })), 1);
  assert.equal(await asked(() => server.merge(`${configMaps}/m`, { data: { a: "b" } })), 0);
  // Objects of the cluster are in no namespace that could keep them out, but a Namespace is in itself.
  assert.equal(await asked(() => server.create("/api/v1/nodes", { metadata: { name: "n" } })), 1);
  assert.equal(await asked(() => server.create("/api/v1/namespaces", { metadata: { name: "off" } })), 0);
  const labelled = { metadata: { name: "more", labels: { hooks: "on" } } };
  assert.equal(await asked(() => server.create("/api/v1/namespaces", labelled)), 1);
  const gone = await server.ask("POST", "/api/v1/namespaces/none/configmaps", configMap("m"));
  assert.deepEqual([gone.code, gone.body.message], [404, 'namespaces "none" not found']);
});

test("a webhook for one version is called for the others too, in its own", async () => {
  const { server, caller } = await webhookServer({
    "/v1": patch(({ object: { apiVersion } }) => [{ op: "add", path: "/spec/tint", value: apiVersion }]),
  });
  await using _server = server;
  await define(server, definition([version("v1", schema), version("v2", schema, { storage: false })]));
  const rules = [rule(["widgets"], { apiGroups: ["example.com"], apiVersions: ["v1"] })];
  await configure(server, "mutating", "one", [hook("v1", rules)]);
  const v2 = "/apis/example.com/v2/namespaces/default/widgets";
  const made = await server.create(v2, { ...widget("a"), apiVersion: "example.com/v2", spec: { size: 1 } });
  assert.deepEqual([made.apiVersion, made.spec], ["example.com/v2", { size: 1, tint: "example.com/v1" }]);
  const { request } = caller.calls[0];
  const gvk = { group: "example.com", version: "v1", kind: "Widget" };
  assert.deepEqual(request.kind, gvk);
  assert.deepEqual(request.resource, { group: "example.com", version: "v1", resource: "widgets" });
  assert.deepEqual(request.requestKind, { ...gvk, version: "v2" });
  assert.equal(request.object.apiVersion, "example.com/v1");
  await configure(server, "mutating", "two", [hook("exact", rules, { matchPolicy: "Exact" })]);
  assert.equal((await server.ask("POST", v2, { ...widget("b"), apiVersion: "example.com/v2" })).code, 500);
});

test("custom resources that webhooks change are pruned, defaulted and validated", async () => {
  const { server } = await webhookServer({
    "/w": patch(() => [{ op: "add", path: "/spec", value: { size: 2, unknown: true } }]),
    "/wrong": patch(() => [{ op: "add", path: "/spec/size", value: "big" }]),
  });
  await using _server = server;
  await define(server, definition([version("v1", schema)]));
  const rules = [rule(["widgets"])];
  await configure(server, "mutating", "one", [hook("w", rules)]);
  assert.deepEqual((await server.create(widgets, widget("a"))).spec, { size: 2, tint: "red" });
  await configure(server, "mutating", "two", [hook("wrong", rules)]);
  const { code, body } = await server.ask("POST", widgets, widget("b"));
  assert.equal(code, 422);
  assert.match(body.message, /spec\.size: Invalid value: "string"/);
});

test("conditions decide at last, and may fail", async () => {
  const { server, caller } = await webhookServer(
    { "/c": allow },
    {
      conditionsOf:
        ([condition]) =>
        (request) => {
          if (condition!.expression === "fail") throw forbidden(request.of, request.name, "condition failed");
          return Promise.resolve(request.name === condition!.expression);
        },
    },
  );
  await using _server = server;
  const matchConditions = (expression: string): object => ({ matchConditions: [{ name: "c", expression }] });
  await configure(server, "validating", "one", [hook("c", [rule(["configmaps"])], matchConditions("a"))]);
  await server.create(configMaps, configMap("a"));
  await server.create(configMaps, configMap("b"));
  assert.deepEqual(
    caller.calls.map(({ request }) => request.name),
    ["a"],
  );
  await configure(server, "validating", "two", [hook("c", [rule(["configmaps"])], matchConditions("fail"))]);
  const { code, body } = await server.ask("POST", configMaps, configMap("d"));
  assert.deepEqual([code, body.message], [403, 'configmaps "d" is forbidden: condition failed']);
});

test("bodies of subresources have kinds of their own", async () => {
  const { server, caller } = await webhookServer({
    "/bind": deny(),
    "/look": (body) => respond(body, { allowed: true }),
  });
  await using _server = server;
  const pods = "/api/v1/namespaces/default/pods";
  await server.create(pods, { metadata: { name: "p" }, spec: { containers: [{ name: "c", image: "i" }] } });
  await configure(server, "validating", "one", [hook("look", [rule(["pods/*"])])]);
  await server.create(`${pods}/p/binding`, { metadata: { name: "p" }, target: { kind: "Node", name: "n" } });
  await server.merge(`${pods}/p/status`, { status: { phase: "Running" } });
  assert.deepEqual(
    caller.calls.map(({ request }) => [request.operation, request.subResource, request.kind.kind, request.object.kind]),
    [
      ["CREATE", "binding", "Binding", "Binding"],
      ["UPDATE", "status", "Pod", "Pod"],
    ],
  );
});
