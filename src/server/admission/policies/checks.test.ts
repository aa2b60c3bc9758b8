import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "#server/api-server.fake.ts";
import { define, definition, object, until, version } from "#server/crd/crd.fake.ts";
import { constraints, policyServer, validatingPath } from "./policies.fake.ts";

const group = "/apis/admissionregistration.k8s.io/v1";
const webhook = (matchConditions: readonly object[]): object => ({
  name: "a.example.com",
  clientConfig: { url: "https://example.com/" },
  sideEffects: "None",
  admissionReviewVersions: ["v1"],
  matchConditions,
});

test("expressions must compile when they are stored", async () => {
  const { server } = await policyServer();
  await using _server = server;
  const reference = (name: string, expression: string, at: number): string =>
    `Invalid value: ${JSON.stringify(expression)}: compilation failed: ERROR: <input>:1:${at}: undeclared reference to '${name}' (in container '')\n | ${expression}\n | ${".".repeat(at - 1)}^`;
  const plain = constraints(["configmaps"]);
  const onWrites = constraints(["configmaps"], {}, { operations: ["CREATE"] });
  const mutating = { ...onWrites, reinvocationPolicy: "Never" };
  const validations = [{ expression: "true" }];
  const patch = (expression: string): object => ({ patchType: "JSONPatch", jsonPatch: { expression } });
  const table: readonly [plural: string, spec: object, expected: [field: string, message: string]][] = [
    [
      "validatingwebhookconfigurations",
      { webhooks: [webhook([{ name: "c", expression: " x " }])] },
      ["webhooks[0].matchConditions[0].expression", reference("x", "x", 1)],
    ],
    [
      "mutatingwebhookconfigurations",
      { webhooks: [webhook([{ name: "c", expression: "params.a" }])] },
      ["webhooks[0].matchConditions[0].expression", reference("params", "params.a", 1)],
    ],
    [
      "validatingadmissionpolicies",
      { spec: { ...plain, validations: [{ expression: "object" }] } },
      ["spec.validations[0].expression", 'Invalid value: "object": must evaluate to bool but got dyn'],
    ],
    [
      "validatingadmissionpolicies",
      { spec: { ...plain, validations: [{ expression: "variables.a" }] } },
      ["spec.validations[0].expression", reference("variables", "variables.a", 1)],
    ],
    [
      "validatingadmissionpolicies",
      { spec: { ...plain, validations: [{ expression: "true", messageExpression: "authorizer" }] } },
      ["spec.validations[0].messageExpression", reference("authorizer", "authorizer", 1)],
    ],
    [
      "validatingadmissionpolicies",
      { spec: { ...plain, validations, auditAnnotations: [{ key: "k", valueExpression: "1" }] } },
      [
        "spec.auditAnnotations[0].valueExpression",
        'Invalid value: "1": must evaluate to one of [string null_type] but got int',
      ],
    ],
    [
      "validatingadmissionpolicies",
      { spec: { ...plain, validations, variables: [{ name: "v", expression: "params" }] } },
      ["spec.variables[0].expression", reference("params", "params", 1)],
    ],
    [
      "validatingadmissionpolicies",
      { spec: { ...plain, validations, matchConditions: [{ name: "c", expression: "1" }] } },
      ["spec.matchConditions[0].expression", 'Invalid value: "1": must evaluate to bool but got int'],
    ],
    [
      "mutatingadmissionpolicies",
      { spec: { ...mutating, mutations: [patch("[1]")] } },
      [
        "spec.mutations[0].jsonPatch.expression",
        'Invalid value: "[1]": must evaluate to list(JSONPatch) but got list(int)',
      ],
    ],
  ];
  for (const [plural, parts, [field, message]] of table) {
    const { code, body } = await server.ask("POST", `${group}/${plural}`, { metadata: { name: "p" }, ...parts });
    assert.equal(code, 422, JSON.stringify(parts));
    assert.deepEqual(body.details.causes, [{ field, message, reason: "FieldValueInvalid" }], JSON.stringify(parts));
  }
});

test("the status tells what does not fit the types", async () => {
  const { server } = await policyServer();
  await using _server = server;
  await define(server, definition([version("v1", object({ spec: object({ size: { type: "integer" } }) }))]));
  const rule = (apiGroups: string, apiVersions: string, resources: readonly string[]): object => ({
    matchConstraints: {
      resourceRules: [{ apiGroups: [apiGroups], apiVersions: [apiVersions], operations: ["*"], resources }],
    },
  });
  const checked = async (name: string, spec: object): Promise<Json> => {
    await server.create(validatingPath, { metadata: { name }, spec });
    let policy: Json;
    await until(async () => {
      policy = await server.get(`${validatingPath}/${name}`);
      return policy.status?.observedGeneration === 1;
    });
    return policy.status.typeChecking;
  };
  const apps = rule("apps", "v1", ["deployments", "statefulsets", "deployments/scale"]);
  const validations = [{ expression: "object.spec.replicas <= 5 && variables.ok" }];
  const variables = [{ name: "ok", expression: "object.metadata.name != ''" }];
  assert.deepEqual(await checked("fine", { ...apps, validations, variables }), {});
  const wrong = { expression: "object.spec.replicas == 'x'", messageExpression: "string(object.spec.none)" };
  const line = "ERROR: <input>:1:22: found no matching overload for '_==_' applied to '(int, string)'";
  const missing = "ERROR: <input>:1:19: undefined field 'none'\n | string(object.spec.none)\n | ..................^\n";
  const code = " | object.spec.replicas == 'x'\n | .....................^\n";
  assert.deepEqual(await checked("wrong", { ...apps, validations: [wrong] }), {
    expressionWarnings: [
      {
        fieldRef: "spec.validations[0].expression",
        warning: `apps/v1, Kind=Deployment: ${line}\n${code}\napps/v1, Kind=StatefulSet: ${line}\n${code}`,
      },
      {
        fieldRef: "spec.validations[0].messageExpression",
        warning: `apps/v1, Kind=Deployment: ${missing}\napps/v1, Kind=StatefulSet: ${missing}`,
      },
    ],
  });
  const custom = rule("example.com", "v1", ["widgets"]);
  const { expressionWarnings } = await checked("custom", {
    ...custom,
    validations: [{ expression: "object.spec.size > 1" }, { expression: "object.spec.tint == 'a'" }],
  });
  assert.equal(expressionWarnings.length, 1);
  assert.match(expressionWarnings[0].warning, /^example\.com\/v1, Kind=Widget: ERROR: <input>:1:12: undefined field/);
  assert.deepEqual(
    await checked("all", { ...rule("*", "*", ["*"]), validations: [{ expression: "object.x == 1" }] }),
    {},
  );
});
