import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "#server/api-server.fake.ts";
import { define, definition, object, version, widget } from "#server/crd/crd.fake.ts";
import { configMap, configMaps, constraints, enforce, policyServer } from "./policies.fake.ts";

const expression = "object.data.size() < 2";
const big = { a: "1", b: "2" };
const forbidden = (name: string, why: string): string =>
  `configmaps "${name}" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ${why}`;

test("requests that break an expression are refused in its words", async (t) => {
  const table: readonly [name: string, validation: object, code: number, reason: string, why: string][] = [
    ["no message", { expression }, 422, "Invalid", `failed expression: ${expression}`],
    ["a message", { expression, message: " too big " }, 422, "Invalid", "too big"],
    ["a reason", { expression, message: "m", reason: "Forbidden" }, 403, "Forbidden", "m"],
    [
      "a great reason",
      { expression, reason: "RequestEntityTooLarge", message: "m" },
      413,
      "RequestEntityTooLarge",
      "m",
    ],
    [
      "a message made",
      { expression, messageExpression: "'has ' + string(object.data.size())", message: "m" },
      422,
      "Invalid",
      "has 2",
    ],
    [
      "a message that fails",
      { expression, messageExpression: "string(object.data.missing)", message: "m" },
      422,
      "Invalid",
      "m",
    ],
    ["a message over lines", { expression, messageExpression: "'a\\nb'", message: "m" }, 422, "Invalid", "m"],
    [
      "an expression that fails",
      { expression: "object.data.missing == ''" },
      422,
      "Invalid",
      "expression 'object.data.missing == ''' resulted in error: no such key: missing",
    ],
  ];
  for (const [name, validation, code, reason, why] of table)
    await t.test(name, async () => {
      const { server } = await policyServer();
      await using _server = server;
      await enforce(server, { validations: [validation] });
      const answer = await server.ask("POST", configMaps, configMap("m", big));
      assert.equal(answer.code, code);
      const cause = forbidden("m", why).replace(/^.*?forbidden: /, "");
      assert.deepEqual(answer.body, {
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Failure",
        message: forbidden("m", why),
        reason,
        details: { name: "m", kind: "configmaps", causes: [{ message: cause }] },
        code,
      });
      if (!name.includes("expression")) await server.create(configMaps, configMap("m"));
    });
});

test("failures may be ignored, but not denials", async () => {
  const { server } = await policyServer();
  await using _server = server;
  const validations = [{ expression: "object.data.missing == ''" }, { expression }];
  await enforce(server, { validations, failurePolicy: "Ignore" });
  await server.create(configMaps, configMap("m"));
  const { body } = await server.ask("POST", configMaps, configMap("n", big));
  assert.equal(body.message, forbidden("n", `failed expression: ${expression}`));
});

test("bindings say what follows", async () => {
  const { server, notes } = await policyServer();
  await using _server = server;
  await enforce(server, { validations: [{ expression }] }, { validationActions: ["Warn", "Audit"] });
  const { code, warnings } = await server.ask("POST", configMaps, configMap("m", big));
  assert.equal(code, 201);
  assert.deepEqual(warnings, [
    `Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': failed expression: ${expression}`,
  ]);
  assert.deepEqual(JSON.parse(notes["validation.policy.admission.k8s.io/validation_failure"]!), [
    {
      message: `failed expression: ${expression}`,
      policy: "p",
      binding: "b",
      expressionIndex: 0,
      validationActions: ["Warn", "Audit"],
    },
  ]);
});

test("variables are known to all expressions and evaluated when they are asked for", async () => {
  const { server, notes } = await policyServer();
  await using _server = server;
  await enforce(server, {
    variables: [
      { name: "count", expression: "object.data.size()" },
      { name: "twice", expression: "variables.count * 2" },
      { name: "broken", expression: "object.missing" },
    ],
    matchConditions: [{ name: "not-x", expression: "object.metadata.name != 'x'" }],
    validations: [
      { expression: "variables.twice < 4", messageExpression: "'twice is ' + string(variables.twice)" },
      { expression: "object.metadata.name != 'broken' || variables.broken" },
    ],
    auditAnnotations: [
      { key: "count", valueExpression: "string(variables.count)" },
      { key: "none", valueExpression: "null" },
    ],
  });
  await server.create(configMaps, configMap("m", { a: "1" }));
  assert.deepEqual(notes, { "p/count": "1" });
  assert.equal((await server.ask("POST", configMaps, configMap("n", big))).body.message, forbidden("n", "twice is 4"));
  await server.create(configMaps, configMap("x", big));
  assert.equal(
    (await server.ask("POST", configMaps, configMap("broken"))).body.message,
    forbidden(
      "broken",
      "expression 'object.metadata.name != 'broken' || variables.broken' resulted in error: composited variable " +
        '"broken" fails to evaluate: no such key: missing',
    ),
  );
});

test("expressions see namespace, user and what the user may do", async () => {
  const { server } = await policyServer();
  await using _server = server;
  await server.create("/api/v1/namespaces", { metadata: { name: "team", labels: { tier: "gold" } } });
  await enforce(server, {
    validations: [
      { expression: "namespaceObject.metadata.labels.tier == 'gold'" },
      { expression: "request.userInfo.username == 'jane' && request.namespace == 'team'" },
      { expression: "authorizer.group('').resource('configmaps').check('jane-may').allowed()" },
      { expression: "!authorizer.requestResource.check('bob-may').allowed()" },
      { expression: "object == null ? oldObject != null : true" },
    ],
  });
  const user = { name: "jane", groups: [] };
  const inTeam = "/api/v1/namespaces/team/configmaps";
  await server.create(inTeam, configMap("m"), { user });
  assert.equal((await server.ask("POST", inTeam, configMap("n"))).code, 422);
  assert.equal((await server.ask("DELETE", `${inTeam}/m`, undefined, { user })).code, 200);
});

test("policies and bindings choose by rules, names and labels", async () => {
  const { server } = await policyServer();
  await using _server = server;
  const never = [{ expression: "false" }];
  const spec = {
    ...constraints(["configmaps"], {
      excludeResourceRules: [
        {
          apiGroups: [""],
          apiVersions: ["v1"],
          operations: ["*"],
          resources: ["configmaps"],
          resourceNames: ["free"],
        },
      ],
      objectSelector: { matchLabels: { watched: "yes" } },
    }),
    validations: never,
  };
  await enforce(server, spec, { matchResources: { namespaceSelector: { matchLabels: { strict: "yes" } } } });
  await server.create("/api/v1/namespaces", { metadata: { name: "strict", labels: { strict: "yes" } } });
  const strict = "/api/v1/namespaces/strict/configmaps";
  const watched = (name: string): Json => ({ metadata: { name, labels: { watched: "yes" } } });
  await server.create(configMaps, watched("m"));
  await server.create(strict, configMap("m"));
  await server.create(strict, watched("free"));
  assert.equal((await server.ask("POST", strict, watched("n"))).code, 422);
});

test("parameters come from objects of any kind", async (t) => {
  const { server } = await policyServer();
  await using _server = server;
  const limits = version("v1", object({ max: { type: "integer" } }));
  await define(server, definition([limits]));
  const limit = (name: string, max: number, labels = {}): Json => ({
    ...widget(name, { max }),
    metadata: { name, labels },
  });
  const widgets = "/apis/example.com/v1/namespaces/default/widgets";
  await server.create(widgets, limit("two", 2, { set: "all" }));
  await server.create(widgets, limit("one", 1, { set: "all" }));
  const spec = {
    ...constraints(["configmaps"]),
    paramKind: { apiVersion: "example.com/v1", kind: "Widget" },
    validations: [
      {
        expression: "params == null || object.data.size() <= params.max",
        messageExpression: "'above ' + string(params.max)",
      },
    ],
  };
  const policies = "/apis/admissionregistration.k8s.io/v1";
  await server.create(`${policies}/validatingadmissionpolicies`, { metadata: { name: "p" }, spec });
  const config = "failed to configure binding: ";
  const table: readonly [paramRef: object | undefined, why: string][] = [
    [undefined, ""],
    [{ name: "two" }, ""],
    [{ name: "one" }, "above 1"],
    [{ selector: { matchLabels: { set: "all" } } }, "above 1"],
    [{ name: "none" }, `${config}no params found for policy binding with \`Deny\` parameterNotFoundAction`],
    [{ name: "none", parameterNotFoundAction: "Allow" }, ""],
    [{ name: "one", namespace: "other", parameterNotFoundAction: "Allow" }, ""],
  ];
  for (const [paramRef, why] of table)
    await t.test(JSON.stringify(paramRef) ?? "none", async () => {
      const ref = paramRef ? { paramRef: { parameterNotFoundAction: "Deny", ...paramRef } } : {};
      const spec = { policyName: "p", validationActions: ["Deny"], ...ref };
      await server.create(`${policies}/validatingadmissionpolicybindings`, { metadata: { name: "b" }, spec });
      const { code, body } = await server.ask("POST", `${configMaps}?dryRun=All`, configMap("m", big));
      assert.equal(code, why ? 422 : 201);
      if (why) assert.equal(body.message, forbidden("m", why));
      await server.delete(`${policies}/validatingadmissionpolicybindings/b`);
    });
});

test("a kind of parameters that is not served holds against the request", async () => {
  const { server } = await policyServer();
  await using _server = server;
  await enforce(server, {
    paramKind: { apiVersion: "nobody.example.com/v1", kind: "Limit" },
    validations: [{ expression: "true" }],
  });
  const { code, body } = await server.ask("POST", configMaps, configMap("m"));
  assert.equal(code, 422);
  assert.equal(
    body.message,
    "configmaps \"m\" is forbidden: ValidatingAdmissionPolicy 'p' denied request: failed to configure policy: failed " +
      "to find resource referenced by paramKind: 'nobody.example.com/v1, Kind=Limit'",
  );
});

test("a policy for one version sees the others in it", async () => {
  const { server } = await policyServer();
  await using _server = server;
  const schema = object({ spec: object({ size: { type: "integer" } }) });
  await define(server, definition([version("v1", schema), version("v2", schema, { storage: false })]));
  const v1 = constraints(["widgets"], {}, { apiVersions: ["v1"] });
  await enforce(server, { ...v1, validations: [{ expression: "object.apiVersion == 'example.com/v1' && false" }] });
  const v2 = "/apis/example.com/v2/namespaces/default/widgets";
  const { code, body } = await server.ask("POST", v2, { ...widget("a"), apiVersion: "example.com/v2" });
  assert.equal(code, 422);
  assert.match(body.message, /^widgets\.example\.com "a" is forbidden: /);
});
