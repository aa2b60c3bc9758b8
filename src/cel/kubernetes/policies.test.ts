// What expressions of admission policies see and make: the request, variables, objects to apply, patches.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pod } from "#api/core/pod.ts";
import { compile } from "../environment.ts";
import type { CompileOptions } from "../environment.ts";
import { CelError } from "../failure.ts";
import { toJson } from "../json.ts";
import { listType } from "../type.ts";
import { admissionVariables } from "./admission-types.ts";
import { createKubernetesEnvironment } from "./environment.ts";
import { typeOfKind } from "./kind-type.ts";
import { jsonPatchType, misnamedObjects, resolveMutationType } from "./mutation.ts";
import { jsonPatchLibrary } from "./text-functions.ts";
import { compileVariables, Variables } from "./variables.ts";

const env = createKubernetesEnvironment({
  variables: admissionVariables({ params: true }),
  resolveType: resolveMutationType,
  libraries: [jsonPatchLibrary],
});
function programOf(expression: string, environment = env, options: CompileOptions = {}) {
  const compiled = compile(environment, expression, options);
  if ("issues" in compiled) assert.fail(compiled.message);
  return compiled.program;
}
const activation = {
  object: { metadata: { name: "web", labels: { app: "web" } }, spec: { replicas: 3 } },
  oldObject: null,
  params: { max: 5 },
  request: {
    operation: "CREATE",
    namespace: "ns",
    resource: { group: "apps", version: "v1", resource: "deployments" },
    userInfo: { username: "jane", groups: ["dev"], extra: { scopes: ["a"] } },
    dryRun: false,
  },
  namespaceObject: { metadata: { name: "ns", labels: { env: "test" }, creationTimestamp: "2024-01-01T00:00:00Z" } },
};

test("policies read the request, the object and its namespace", () => {
  for (const expression of [
    "object.spec.replicas <= params.max",
    "oldObject == null",
    "request.operation == 'CREATE' && request.resource.group == 'apps' && !has(request.name)",
    "'dev' in request.userInfo.groups && request.userInfo.extra['scopes'] == ['a']",
    "namespaceObject.metadata.labels['env'] == 'test' && namespaceObject.metadata.creationTimestamp < timestamp('2025-01-01T00:00:00Z')",
    "has(object.metadata.labels) && !has(object.status)",
  ])
    assert.equal(programOf(expression).evaluate(activation).value, true, expression);
  const compiled = compile(env, "request.nope == '' || namespaceObject.spec.nope == ''");
  assert.ok("issues" in compiled);
  assert.deepEqual(
    compiled.issues.map(({ message }) => message),
    ["undefined field 'nope'", "undefined field 'nope'"],
  );
});

test("the types of built-in kinds check expressions", () => {
  const typed = createKubernetesEnvironment({ variables: { object: typeOfKind(Pod.schema) } });
  for (const expression of [
    "object.spec.containers.all(c, c.image.startsWith('registry/') && has(c.resources.limits))",
    "object.metadata.labels['app'] == 'x' && object.metadata.creationTimestamp > timestamp('2024-01-01T00:00:00Z')",
  ])
    assert.equal(programOf(expression, typed).resultType.kind, "bool", expression);
  const compiled = compile(typed, "object.spec.container.size() > 0 && object.spec.hostname > 1");
  assert.ok("issues" in compiled);
  assert.deepEqual(
    compiled.issues.map(({ message }) => message),
    ["undefined field 'container'", "found no matching overload for '_>_' applied to '(string, int)'"],
  );
});

test("a variable is evaluated once, when it is read, and its cost is counted apart", () => {
  const { environment, compiled } = compileVariables(env, [
    { name: "limit", expression: "params.max * 2" },
    { name: "within", expression: "object.spec.replicas < variables.limit" },
    { name: "broken", expression: "object.nope" },
    { name: "wrong", expression: "1 +" },
  ]);
  const variables = new Variables(compiled, activation);
  const value = (expression: string) => programOf(expression, environment).evaluate({ ...activation, variables }).value;
  assert.equal(value("true || variables.within"), true);
  assert.equal(variables.cost, 0);
  assert.equal(value("variables.within && variables.limit == 10"), true);
  const { cost } = variables;
  assert.ok(cost > 0);
  assert.equal(value("variables.within"), true);
  assert.equal(variables.cost, cost);
  assert.equal(value("variables.broken == 1 || true"), true);
  const failing: readonly (readonly [string, RegExp])[] = [
    ["variables.broken == 1", /^composited variable "broken" fails to evaluate: no such key: nope$/],
    ["variables.wrong == 1", /^composited variable "wrong" fails to compile: ERROR: <input>:1:4: Syntax error/],
  ];
  for (const [expression, message] of failing)
    assert.throws(
      () => value(expression),
      (error) => error instanceof CelError && message.test(error.message),
      expression,
    );
  assert.ok("issues" in compile(environment, "variables.nope"));
  assert.ok("issues" in compile(environment, "variables.limit == 'a'"));
});

test("a variable sees only those before it", () => {
  const { compiled } = compileVariables(env, [
    { name: "early", expression: "variables.late" },
    { name: "late", expression: "1" },
  ]);
  assert.ok("issues" in compiled.get("early")!);
  assert.ok("program" in compiled.get("late")!);
});

test("objects to apply become JSON, and their names must follow their fields", () => {
  const made = (expression: string) => programOf(expression).evaluate(activation).value;
  const value = made(
    "Object{metadata: Object.metadata{labels: {'a': 'b'}}, spec: Object.spec{replicas: object.spec.replicas + 1, ?paused: object.spec.?paused, list: [Object.spec.list{x: 1}]}}",
  );
  assert.deepEqual(toJson(value), {
    metadata: { labels: { a: "b" } },
    spec: { replicas: 4, list: [{ x: 1 }] },
  });
  assert.deepEqual(misnamedObjects(value), []);
  assert.deepEqual(misnamedObjects(made("Object{spec: Object.spek{}}")), [
    'unexpected type name "Object.spek", expected "Object.spec", which matches field name path from root Object type',
  ]);
  assert.ok("issues" in compile(env, "Objekt{a: 1}"));
});

test("patches become JSON", () => {
  const expression =
    "[JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('example.com/env'), value: 'test'}, JSONPatch{op: 'remove', path: '/spec'}]";
  const program = programOf(expression, env, { resultTypes: [listType(jsonPatchType)] });
  assert.deepEqual(toJson(program.evaluate(activation).value), [
    { op: "add", path: "/metadata/labels/example.com~1env", value: "test" },
    { op: "remove", path: "/spec" },
  ]);
  const compiled = compile(env, "JSONPatch{op: 1}");
  assert.ok("issues" in compiled);
  assert.match(compiled.message, /expected type of field 'op' is 'string' but provided type is 'int'/);
});
