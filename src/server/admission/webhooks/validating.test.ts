import { readVerdict } from "./review.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "#server/api-server.fake.ts";
import { changeStored } from "#server/verbs/change-stored.ts";
import { allow, configMap, configMaps, configure, deny, hook, respond, rule, webhookServer } from "./webhooks.fake.ts";

const onConfigMaps = [rule(["configmaps"])];

test("a webhook is told everything about the request", async () => {
  const { server, caller } = await webhookServer({ "/look": allow });
  await using _server = server;
  await configure(server, "validating", "one", [hook("look", onConfigMaps)]);
  const user = { name: "jane", uid: "7", groups: ["a"], extra: { scopes: ["x"] } };
  await server.create(`${configMaps}?fieldManager=me&dryRun=All`, configMap("m", { a: "b" }), { user });
  const { request, ...review } = caller.calls[0];
  assert.deepEqual(review, { kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1" });
  const { uid, object, ...rest } = request;
  assert.match(uid, /^[\da-f-]{36}$/);
  assert.deepEqual(object.data, { a: "b" });
  assert.deepEqual([object.kind, object.apiVersion], ["ConfigMap", "v1"]);
  const gvk = { group: "", version: "v1", kind: "ConfigMap" };
  const gvr = { group: "", version: "v1", resource: "configmaps" };
  assert.deepEqual(rest, {
    kind: gvk,
    resource: gvr,
    requestKind: gvk,
    requestResource: gvr,
    name: "m",
    namespace: "default",
    operation: "CREATE",
    userInfo: { username: "jane", uid: "7", groups: ["a"], extra: { scopes: ["x"] } },
    oldObject: null,
    dryRun: true,
    options: { kind: "CreateOptions", apiVersion: "meta.k8s.io/v1", dryRun: ["All"], fieldManager: "me" },
  });
});

test("updates and deletes bring the old object, and their own options", async () => {
  const { server, caller } = await webhookServer({ "/look": allow });
  await using _server = server;
  await server.create(configMaps, configMap("m", { a: "1" }));
  await configure(server, "validating", "one", [hook("look", onConfigMaps)]);
  await server.merge(`${configMaps}/m`, { data: { a: "2" } });
  await server.delete(`${configMaps}/m`, { propagationPolicy: "Background" });
  const seen = caller.calls.map(({ request }) => [
    request.operation,
    request.object?.data.a,
    request.oldObject.data.a,
    request.options,
  ]);
  assert.deepEqual(seen, [
    ["UPDATE", "2", "1", { kind: "UpdateOptions", apiVersion: "meta.k8s.io/v1" }],
    [
      "DELETE",
      undefined,
      "2",
      { kind: "DeleteOptions", apiVersion: "meta.k8s.io/v1", propagationPolicy: "Background" },
    ],
  ]);
});

test("refusals are in the webhook's words", async (t) => {
  const denied = 'admission webhook "no.example.com" denied the request';
  const table: readonly [status: object | undefined, code: number, body: object][] = [
    [undefined, 400, { message: `${denied} without explanation`, code: 400 }],
    [{ message: "not so" }, 400, { message: `${denied}: not so`, code: 400 }],
    [{ reason: "Odd", code: 200 }, 400, { message: `${denied}: Odd`, reason: "Odd", code: 400 }],
    [
      { message: "m", reason: "Forbidden", code: 403, status: "Success", details: { causes: [{ field: "f" }] } },
      403,
      { message: `${denied}: m`, reason: "Forbidden", code: 403, details: { causes: [{ field: "f" }] } },
    ],
    [{ message: "late", code: 418 }, 418, { message: `${denied}: late`, code: 418 }],
  ];
  for (const [status, code, body] of table)
    await t.test(JSON.stringify(status) ?? "nothing", async () => {
      const { server } = await webhookServer({ "/no": deny(status) });
      await using _server = server;
      await configure(server, "validating", "one", [hook("no", onConfigMaps)]);
      const answer = await server.ask("POST", configMaps, configMap("m"));
      assert.deepEqual([answer.code, answer.reply.type], [code, "object"]);
      assert.deepEqual(answer.body, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", ...body });
      assert.equal((await server.ask("GET", `${configMaps}/m`)).code, 404);
    });
});

test("answers that do not hold up fail the call, or are passed over", async (t) => {
  const bad = "received invalid webhook response: ";
  const table: readonly [name: string, answer: (body: Json) => unknown, why: string][] = [
    ["nothing", () => ({}), `${bad}webhook response was absent`],
    [
      "wrong uid",
      (body) => ({ ...respond(body, {}), response: { uid: "1", allowed: true } }),
      `${bad}expected response.uid="UID", got "1"`,
    ],
    [
      "no kind",
      (body) => ({ response: { uid: body.request.uid, allowed: true } }),
      `${bad}expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got /, Kind=`,
    ],
    [
      "a patch",
      (body) => respond(body, { allowed: true, patch: "W10=", patchType: "JSONPatch" }),
      `${bad}validating webhook may not return response.patch`,
    ],
    [
      "a patch type",
      (body) => respond(body, { allowed: true, patchType: "JSONPatch" }),
      `${bad}validating webhook may not return response.patchType`,
    ],
  ];
  for (const [name, answer, why] of table)
    for (const failurePolicy of ["Fail", "Ignore"])
      await t.test(`${name}, ${failurePolicy}`, async () => {
        const { server, caller } = await webhookServer({ "/odd": answer });
        await using _server = server;
        await configure(server, "validating", "one", [hook("odd", onConfigMaps, { failurePolicy })]);
        const { code, body } = await server.ask("POST", configMaps, configMap("m"));
        if (failurePolicy === "Ignore") return assert.equal(code, 201);
        assert.deepEqual([code, body.reason], [500, "InternalError"]);
        const expected = why.replace("UID", caller.calls[0].request.uid);
        assert.equal(body.message, `Internal error occurred: failed calling webhook "odd.example.com": ${expected}`);
        return undefined;
      });
});

test("a webhook that cannot be reached fails the request unless it is not to matter", async () => {
  const { server, caller } = await webhookServer({});
  await using _server = server;
  await configure(server, "validating", "one", [
    hook("gone", onConfigMaps, { failurePolicy: "Ignore", timeoutSeconds: 3 }),
  ]);
  assert.equal((await server.ask("POST", configMaps, configMap("a"))).code, 201);
  assert.deepEqual(caller.timeoutsMs, [3000]);
  await configure(server, "validating", "two", [hook("lost", onConfigMaps)]);
  const { code, body } = await server.ask("POST", configMaps, configMap("b"));
  assert.equal(code, 500);
  assert.equal(
    body.message,
    'Internal error occurred: failed calling webhook "lost.example.com": failed to call webhook: ' +
      'Post "https://nobody.svc:443/": dial tcp 10.0.0.9:443: connect: connection refused',
  );
  assert.equal(caller.timeoutsMs.at(-1), 10_000);
});

test("dry runs are refused where the webhook could not undo what it does", async () => {
  const { server, caller } = await webhookServer({ "/old": allow });
  await using _server = server;
  await configure(server, "validating", "one", [hook("old", onConfigMaps, { sideEffects: "NoneOnDryRun" })]);
  assert.equal((await server.ask("POST", `${configMaps}?dryRun=All`, configMap("a"))).code, 201);
  // Only older objects can have such side effects.
  const { context } = server.server;
  const served = context.registry.find("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations")!;
  const sometimes = (object: Json): Json => ({
    ...object,
    webhooks: [{ ...object.webhooks[0], sideEffects: "Some", failurePolicy: "Ignore" }],
  });
  await changeStored(context, served, "one", sometimes, new AbortController().signal);
  const { code, body } = await server.ask("POST", `${configMaps}?dryRun=All`, configMap("a"));
  assert.deepEqual([code, body.message], [400, 'admission webhook "old.example.com" does not support dry run']);
  assert.equal(caller.calls.length, 1);
});

test("warnings reach the client, also with a refusal", async () => {
  const { server } = await webhookServer({
    "/warn": (body) => respond(body, { allowed: body.request.name !== "b", warnings: ["careful"] }),
  });
  await using _server = server;
  await configure(server, "validating", "one", [hook("warn", onConfigMaps)]);
  assert.deepEqual((await server.ask("POST", configMaps, configMap("a"))).warnings, ["careful"]);
  assert.deepEqual((await server.ask("POST", configMaps, configMap("b"))).warnings, ["careful"]);
});

test("configurations of admission are beyond the reach of webhooks", async () => {
  const { server, caller } = await webhookServer({ "/no": deny() });
  await using _server = server;
  await configure(server, "validating", "one", [hook("no", [rule(["*"])])]);
  await configure(server, "mutating", "two", [hook("no", [rule(["*"])])]);
  await server.delete("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/one");
  assert.equal(caller.calls.length, 0);
});

test("an answer must be a review of the asked version", () => {
  const read = (over: object) => () =>
    readVerdict("v1", "u", false, { response: { uid: "u", allowed: true }, ...over });
  assert.throws(
    read({ kind: "Foo", apiVersion: "v1" }),
    /^Error: no kind "Foo" is registered for version "v1" in scheme/,
  );
  assert.throws(
    read({ kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1beta1" }),
    /converting \(v1beta1\.AdmissionReview\) to \(v1\.AdmissionReview\): unknown conversion$/,
  );
  assert.equal(read({ kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1" })().allowed, true);
});
