import assert from "node:assert/strict";
import { test } from "node:test";
import type { AdmissionPlugin } from "#server/admission/admission.ts";
import {
  addKey,
  allow,
  configMap,
  configMaps,
  configure,
  hook,
  patch,
  respond,
  rule,
  webhookServer,
} from "./webhooks.fake.ts";

const onConfigMaps = [rule(["configmaps"])];

test("webhooks change the object one after the other, by the names of their configurations", async () => {
  const { server, caller } = await webhookServer({ "/a": addKey("a"), "/b": addKey("b"), "/c": addKey("c") });
  await using _server = server;
  await configure(server, "mutating", "second", [hook("c", onConfigMaps)]);
  await configure(server, "mutating", "first", [hook("b", onConfigMaps), hook("a", onConfigMaps)]);
  const made = await server.create(configMaps, configMap("m"));
  assert.deepEqual(Object.keys(made.data).toSorted(), ["a", "b", "c"]);
  assert.deepEqual(
    caller.calls.map(({ request }) => Object.keys(request.object.data ?? {}).toSorted()),
    [[], ["b"], ["a", "b"]],
  );
});

test("what a webhook makes is decoded and defaulted like a body", async () => {
  const container = { name: "c", image: "i" };
  const { server } = await webhookServer({
    "/side": patch(() => [
      { op: "add", path: "/spec/containers/-", value: { ...container, name: "side", odd: 1 } },
      { op: "test", path: "/spec/containers/0/name", value: "c" },
    ]),
    "/wrong": patch(() => [{ op: "add", path: "/spec/containers", value: "text" }]),
    "/missing": patch(() => [{ op: "remove", path: "/spec/nothing" }]),
  });
  await using _server = server;
  const pods = "/api/v1/namespaces/default/pods";
  const pod = (name: string): object => ({ metadata: { name }, spec: { containers: [container] } });
  const withLabel = (name: string): object => ({
    objectSelector: { matchExpressions: [{ key: name, operator: "Exists" }] },
  });
  await configure(server, "mutating", "one", [
    hook("side", [rule(["pods"])]),
    hook("wrong", [rule(["pods"])], withLabel("wrong")),
    hook("missing", [rule(["pods"])], withLabel("missing")),
  ]);
  const made = await server.create(pods, pod("p"));
  const side = made.spec.containers[1];
  assert.deepEqual([side.name, side.terminationMessagePath, side.odd], ["side", "/dev/termination-log", undefined]);
  const labelled = (label: string): object => ({
    ...pod("q"),
    metadata: { name: "q", labels: { [label]: "" } },
  });
  const wrong = await server.ask("POST", pods, labelled("wrong"));
  assert.deepEqual([wrong.code, wrong.body.reason], [500, "InternalError"]);
  assert.match(wrong.body.message, /^Internal error occurred: .*cannot unmarshal string into Go struct field/);
  const missing = await server.ask("POST", pods, labelled("missing"));
  assert.deepEqual(
    [missing.code, missing.body.message],
    [
      500,
      "Internal error occurred: error in remove for path: '/spec/nothing': Unable to remove nonexistent key: nothing: missing value",
    ],
  );
});

test("patches must say that they are patches, and have something to change", async (t) => {
  const table: readonly [name: string, response: object, why: string][] = [
    [
      "no type",
      { patch: "W10=" },
      'failed calling webhook "p.example.com": received invalid webhook response: webhook returned response.patch but not response.patchType',
    ],
    [
      "no patch",
      { patchType: "JSONPatch" },
      'failed calling webhook "p.example.com": received invalid webhook response: webhook returned response.patchType but not response.patch',
    ],
    [
      "other type",
      { patch: Buffer.from('[{"op":"remove","path":"/data"}]').toString("base64"), patchType: "Merge" },
      'failed calling webhook "p.example.com": unsupported patch type "Merge"',
    ],
  ];
  for (const [name, response, why] of table)
    await t.test(name, async () => {
      const { server } = await webhookServer({ "/p": (body) => respond(body, { allowed: true, ...response }) });
      await using _server = server;
      await configure(server, "mutating", "one", [hook("p", onConfigMaps)]);
      const { code, body } = await server.ask("POST", configMaps, configMap("m"));
      assert.deepEqual([code, body.message], [500, `Internal error occurred: ${why}`]);
    });
  await t.test("a delete", async () => {
    const { server } = await webhookServer({ "/p": patch(() => [{ op: "add", path: "/data", value: {} }]) });
    await using _server = server;
    await server.create(configMaps, configMap("m"));
    await configure(server, "mutating", "one", [hook("p", onConfigMaps)]);
    const { code, body } = await server.ask("DELETE", `${configMaps}/m`);
    assert.equal(code, 500);
    assert.match(body.message, /"p\.example\.com" attempted to modify the object, which is not supported for this op/);
  });
});

test("a change lets plugins and willing webhooks look once more", async () => {
  const seen: string[] = [];
  const plugin: AdmissionPlugin = {
    name: "Counter",
    admit: ({ object, of }) => {
      if (of.plural !== "configmaps") return;
      const data = ((object as { data?: Record<string, string> }).data ??= {});
      data["rounds"] = `${data["rounds"] ?? ""}i`;
    },
  };
  const note =
    (name: string, change: boolean) =>
    (body: { request: { object: { data: object } } }): unknown => {
      seen.push(name);
      return (change ? addKey(name, String(seen.length)) : allow)(body, { caBundle: "" });
    };
  const { server } = await webhookServer(
    { "/eager": note("eager", true), "/once": note("once", true), "/calm": note("calm", false) },
    { before: [plugin] },
  );
  await using _server = server;
  await configure(server, "mutating", "one", [
    hook("eager", onConfigMaps, { reinvocationPolicy: "IfNeeded" }),
    hook("once", onConfigMaps),
    hook("calm", onConfigMaps, { reinvocationPolicy: "IfNeeded" }),
  ]);
  const made = await server.create(configMaps, configMap("m"));
  // "calm" is called again because the plugin changed the object between the rounds.
  assert.deepEqual(seen, ["eager", "once", "calm", "eager", "calm"]);
  assert.deepEqual(made.data, { rounds: "ii", eager: "4", once: "2" });
});

test("nothing is called again where nobody changed anything afterwards", async () => {
  const { server, caller } = await webhookServer({ "/a": addKey("a"), "/b": allow });
  await using _server = server;
  await configure(server, "mutating", "one", [
    hook("a", onConfigMaps, { reinvocationPolicy: "IfNeeded" }),
    hook("b", onConfigMaps, { reinvocationPolicy: "IfNeeded" }),
  ]);
  await server.create(configMaps, configMap("m"));
  assert.equal(caller.calls.length, 2);
});

test("webhooks see and change the scale of an object", async () => {
  const { server, caller } = await webhookServer({
    "/scale": patch(() => [{ op: "replace", path: "/spec/replicas", value: 3 }]),
  });
  await using _server = server;
  const deployments = "/apis/apps/v1/namespaces/default/deployments";
  const labels = { a: "b" };
  await server.create(deployments, {
    metadata: { name: "d" },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } },
    },
  });
  await configure(server, "mutating", "one", [hook("scale", [rule(["deployments/scale"])])]);
  const scale = await server.merge(`${deployments}/d/scale`, { spec: { replicas: 5 } });
  assert.equal(scale.spec.replicas, 3);
  assert.equal((await server.get(`${deployments}/d`)).spec.replicas, 3);
  const { request } = caller.calls[0];
  assert.deepEqual(request.kind, { group: "autoscaling", version: "v1", kind: "Scale" });
  assert.deepEqual(
    [request.subResource, request.object.spec, request.oldObject.spec, request.object.kind],
    ["scale", { replicas: 5 }, { replicas: 1 }, "Scale"],
  );
});

test("a webhook may not take the object another name or namespace", async () => {
  const { server } = await webhookServer({
    "/move": patch(() => [{ op: "replace", path: "/metadata/name", value: "other" }]),
  });
  await using _server = server;
  await server.create(configMaps, configMap("m"));
  await configure(server, "mutating", "one", [hook("move", onConfigMaps)]);
  const { code } = await server.ask("PUT", `${configMaps}/m`, configMap("m", { a: "b" }));
  assert.equal(code, 422);
});
