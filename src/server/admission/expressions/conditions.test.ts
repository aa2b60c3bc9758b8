import assert from "node:assert/strict";
import { test } from "node:test";
import {
  configMap,
  configMaps,
  configure,
  allow,
  hook,
  rule,
  webhookServer,
} from "#server/admission/webhooks/webhooks.fake.ts";
import type { Authorizer } from "#server/pipeline.ts";
import { webhookConditions } from "./conditions.ts";

/** Jane may do everything, others nothing. */
const authorizer: Authorizer = {
  authorize: ({ name }, info) => Promise.resolve({ allowed: name === "jane", reason: `${info.verb} ${info.resource}` }),
};
const onConfigMaps = [rule(["configmaps"])];

test("conditions see the request, the objects and what the user may do", async (t) => {
  const table: readonly [expression: string, isCalled: boolean | string][] = [
    ["true", true],
    ["object.data.a == 'b'", true],
    ["object.metadata.name.startsWith('x')", false],
    ["oldObject == null && namespaceObject == null", true],
    ["request.operation == 'CREATE' && request.resource.resource == 'configmaps'", true],
    ["request.kind.group == '' && request.requestKind.kind == 'ConfigMap'", true],
    ["request.userInfo.username == 'bob' && 'devs' in request.userInfo.groups", true],
    ["has(request.subResource) || request.dryRun", false],
    ["request.options.fieldManager == 'me'", true],
    ["authorizer.group('').resource('secrets').check('get').allowed()", false],
    ["authorizer.serviceAccount('n', 'jane').path('/x').check('get').allowed()", false],
    ["authorizer.requestResource.check('own').reason() == 'own configmaps'", true],
    ["object.data.missing == 'b'", "no such key: missing"],
    ["object.data.all(k, k == 1 || k.size() / 0 == 1)", "division by zero"],
  ];
  for (const [expression, expected] of table)
    for (const failurePolicy of ["Fail", "Ignore"])
      await t.test(`${expression}, ${failurePolicy}`, async () => {
        const { server, caller } = await webhookServer(
          { "/c": allow },
          { conditionsOf: webhookConditions(authorizer) },
        );
        await using _server = server;
        const matchConditions = [{ name: "c", expression }];
        await configure(server, "validating", "one", [hook("c", onConfigMaps, { matchConditions, failurePolicy })]);
        const user = { name: "bob", groups: ["devs"] };
        const url = `${configMaps}?fieldManager=me`;
        const { code, body } = await server.ask("POST", url, configMap("m", { a: "b" }), { user });
        if (typeof expected === "string" && failurePolicy === "Fail")
          assert.deepEqual(
            [code, body.message],
            [403, `configmaps "m" is forbidden: expression '${expression}' resulted in error: ${expected}`],
          );
        else assert.deepEqual([code, caller.calls.length], [201, expected === true ? 1 : 0]);
      });
});

test("a false condition settles it, whatever the others come to", async () => {
  const { server, caller } = await webhookServer({ "/c": allow }, { conditionsOf: webhookConditions(authorizer) });
  await using _server = server;
  const matchConditions = [
    { name: "odd", expression: "object.missing" },
    { name: "no", expression: "false" },
  ];
  await configure(server, "validating", "one", [hook("c", onConfigMaps, { matchConditions })]);
  await server.create(configMaps, configMap("m"));
  assert.equal(caller.calls.length, 0);
});

test("conditions that cost too much are undecided", async () => {
  const { server } = await webhookServer({ "/c": allow }, { conditionsOf: webhookConditions(authorizer) });
  await using _server = server;
  const dear = "object.data.all(a, object.data.all(b, object.data.all(c, a != b + c)))";
  const matchConditions = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => ({ name: `c${i}`, expression: dear }));
  await configure(server, "validating", "one", [hook("c", onConfigMaps, { matchConditions })]);
  const data = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, ""]));
  const { code, body } = await server.ask("POST", configMaps, configMap("m", data));
  assert.equal(code, 403);
  assert.match(body.message, /validation failed due to running out of cost budget, no further validation rules will/);
});
