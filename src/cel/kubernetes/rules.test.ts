// Rules of a custom resource: value, cost at run time and estimate, as API servers of 1.36 reckon them.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonSchema } from "#api/structural/json-schema.ts";
import { compile } from "../environment.ts";
import { valueText } from "../value-text.ts";
import { createKubernetesEnvironment, perCallLimit } from "./environment.ts";
import { typeOfSchema } from "./structural.ts";

const text: JsonSchema = { type: "string" };
const short: JsonSchema = { type: "string", maxLength: 16 };
const port: JsonSchema = { type: "object", required: ["name"], properties: { name: short, port: { type: "integer" } } };
const schema: JsonSchema = {
  type: "object",
  properties: {
    replicas: { type: "integer" },
    ratio: { type: "number" },
    name: { type: "string", maxLength: 63 },
    note: text,
    ports: {
      type: "array",
      maxItems: 8,
      items: port,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
    },
    zones: { type: "array", maxItems: 4, items: short, "x-kubernetes-list-type": "set" },
    words: { type: "array", items: text },
    labels: { type: "object", maxProperties: 6, additionalProperties: short },
    free: { type: "object", additionalProperties: text },
    since: { type: "string", format: "date-time" },
    day: { type: "string", format: "date" },
    wait: { type: "string", format: "duration" },
    secret: { type: "string", format: "byte" },
    size: { "x-kubernetes-int-or-string": true },
    kept: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    note2: { type: "string", nullable: true },
    "dash-ed": { type: "integer" },
    "dot.ted": { type: "integer" },
    namespace: text,
    x__y: text,
    for: text,
  },
};
const self = {
  replicas: 3,
  ratio: 2,
  name: "web",
  note: "n".repeat(40),
  ports: [{ name: "http", port: 80 }, { name: "https" }],
  zones: ["a", "b"],
  words: ["one", "two"],
  labels: { app: "web" },
  free: { k: "v" },
  since: "2024-05-06T07:08:09.5Z",
  day: "2024-05-06",
  wait: "90s",
  secret: "aGk=",
  size: "50%",
  kept: { any: 1 },
  note2: null,
  "dash-ed": 1,
  "dot.ted": 2,
  namespace: "ns",
  x__y: "u",
  for: "f",
};
const { type } = typeOfSchema(schema, { isResource: false })!;
const env = createKubernetesEnvironment({ variables: { self: type, oldSelf: type } });

function programOf(expression: string) {
  const compiled = compile(env, expression);
  if ("issues" in compiled) assert.fail(compiled.message);
  return compiled.program;
}
// [expression, value, cost, least estimate, greatest estimate]
const rules: readonly (readonly [string, string, number, number, number])[] = [
  ["true", "true", 0, 0, 0],
  ["self.replicas >= 1", "true", 3, 3, 3],
  ["self.replicas + 1 == 4 && self.name == 'web'", "true", 7, 4, 7],
  ["self.name.startsWith('we')", "true", 3, 3, 3],
  ["self.note.contains('x')", "false", 6, 2, 314575],
  ["self.name.matches('^[a-z]+$')", "true", 4, 4, 54],
  ["size(self.name)", "3", 3, 3, 3],
  ["self.zones.exists(z, z == 'b')", "true", 15, 3, 27],
  ["self.zones == ['b', 'a']", "true", 3, 13, 13],
  ["self.zones + ['b', 'c'] == ['a', 'b', 'c']", "true", 4, 24, 24],
  ["self.ports == oldSelf.ports", "true", 5, 5, 5],
  ["self.words == ['two', 'one']", "false", 3, 13, 13],
  ["'app' in self.labels && self.labels.app == 'web'", "true", 7, 3, 7],
  ["self.labels.all(k, self.labels[k].size() > 2)", "true", 11, 3, 57],
  ["self.free.all(k, self.free[k] != '')", "true", 9, 3, 2752508],
  ["has(self.ports[1].port)", "false", 3, 3, 3],
  ["has(self.note2)", "false", 1, 1, 1],
  ["self.?note2.hasValue()", "false", 2, 3, 3],
  ["self.since.getFullYear() == 2024 && self.day < self.since", "true", 9, 4, 9],
  ["self.wait == duration('1m30s')", "true", 3, 4, 4],
  ["self.secret == b'hi'", "true", 3, 3, 3],
  ["type(self.size) == string && self.size.endsWith('%')", "true", 7, 4, 7],
  ["self.ratio / 4.0", "0.5", 3, 3, 3],
  ["self.dash__dash__ed + self.dot__dot__ted", "3", 5, 5, 5],
  [
    "self.__namespace__ + self.namespace + self.x__underscores__y + self.__for__",
    '"nsnsuf"',
    11,
    8,
    5534023222112866000,
  ],
  ["self.zones.map(z, z + '!').join(',')", '"a!,b!"', 32, 13, 1844674407370955300],
  ["self.words.filter(w, w.size() > 2).isSorted()", "true", 35, 13, 18446744073709552000],
  ["sets.contains(self.zones, ['a'])", "true", 5, 13, 17],
  ["[1, 2, 3].exists_one(i, i == self.replicas)", "true", 16, 24, 27],
  ["self.labels.transformMap(k, v, k + v)", '{"app": "appweb"}', 9, 33, 105],
  ["cidr('10.0.0.0/8').containsIP('10.1.2.3')", "true", 3, 3, 6],
];
test("rules have upstream's values and costs", () => {
  for (const [expression, value, cost, min, max] of rules) {
    const program = programOf(expression);
    const evaluated = program.evaluate({ self, oldSelf: self }, { costLimit: perCallLimit });
    assert.deepEqual(
      { value: valueText(evaluated.value), cost: evaluated.cost, estimate: program.estimateCost() },
      { value, cost, estimate: { min, max } },
      expression,
    );
  }
});

test("rules fail with upstream's texts", () => {
  const failing: readonly (readonly [expression: string, message: string])[] = [
    ["self.ports.all(p, p.port > 0)", "no such key: port"],
    ["self.note2 == ''", "no such key: note2"],
    ["self.words[2] == ''", "index out of bounds: 2"],
    ["self.free.nope == ''", "no such key: nope"],
    ["self.replicas / (self.replicas - 3) == 1", "division by zero"],
    ["self.replicas % (self.replicas - 3) == 1", "modulus by zero"],
    ["self.replicas + 9223372036854775807 > 0", "integer overflow"],
    ["uint(0 - self.replicas) == 1u", "unsigned integer overflow"],
    ["int(self.name) > 0", "type conversion error from 'string' to 'int'"],
    ["timestamp(self.name) == self.since", "type conversion error from 'string' to 'google.protobuf.Timestamp'"],
    ["duration(self.name) == self.wait", "type conversion error from 'string' to 'google.protobuf.Duration'"],
    ["self.name.matches(self.name + '(')", "error parsing regexp: missing closing ): `web(`"],
    ["self.size > 1", "no such overload"],
    ["dyn(self.name) + 1 == 2", "no such overload"],
    ["self.name.substring(5) == ''", "index out of range: 5"],
    ["optional.none().value()", "optional.none() dereference"],
    [
      "quantity(self.name).isInteger()",
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      "ip(self.name).family() == 4",
      'IP Address "web" parse error during conversion from string: ParseAddr("web"): unable to parse IP',
    ],
    [
      "url(self.name).getHost() == ''",
      'URL parse error during conversion from string: parse "web": invalid URI for request',
    ],
    ["semver(self.name).major() == 1", "No Major.Minor.Patch elements found"],
  ];
  for (const [expression, message] of failing)
    assert.throws(() => programOf(expression).evaluate({ self }), { name: "CelError", message }, expression);
});

test("data that does not fit its schema fails when it is read, not before", () => {
  const bad = { ...self, replicas: "three", since: "yesterday" };
  const evaluate = (expression: string) => () => programOf(expression).evaluate({ self: bad }).value;
  assert.equal(evaluate("self.name == 'web'")(), true);
  assert.throws(evaluate("self.replicas > 1"), { message: "invalid data, expected int, got string" });
  assert.throws(evaluate("self.since.getHours() > 1"), { message: "Invalid date-time formatted string yesterday" });
});

test("fields that all objects inherit are not there", () => {
  const inherited: JsonSchema = { type: "object", properties: { constructor: text, toString: text } };
  const scope = createKubernetesEnvironment({ variables: { self: typeOfSchema(inherited)!.type } });
  for (const expression of ["has(self.constructor)", "has(self.toString)", "self.?toString.hasValue()"]) {
    const compiled = compile(scope, expression);
    assert.ok("program" in compiled);
    assert.equal(compiled.program.evaluate({ self: {} }).value, false, expression);
  }
});
