import assert from "node:assert/strict";
import { test } from "node:test";
import type { AdmissionPlugin } from "#server/admission/admission.ts";
import { define, definition, object, version, widget, widgets } from "#server/crd/crd.fake.ts";
import { apply, change, configMap, configMaps, constraints, patch, policyServer } from "./policies.fake.ts";

test("policies change objects by fields to set and by patches, one after the other", async () => {
  const { server } = await policyServer();
  await using _server = server;
  await change(server, "a", [
    apply("Object{metadata: Object.metadata{labels: {'size': string(object.data.size())}}, data: {'x': 'y'}}"),
    patch("[JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('p/q'), value: object.data.x}]"),
  ]);
  await change(server, "b", [patch("[JSONPatch{op: 'add', path: '/data/seen', value: string(object.data.size())}]")]);
  const made = await server.create(configMaps, configMap("m", { k: "v" }));
  assert.deepEqual(made.data, { k: "v", x: "y", seen: "2" });
  assert.deepEqual(made.metadata.labels, { size: "1", "p/q": "y" });
});

test("lists of the object are merged, values are typed", async () => {
  const { server } = await policyServer();
  await using _server = server;
  await change(
    server,
    "a",
    [
      apply(
        "Object{spec: Object.spec{containers: [Object.spec.containers{name: 'side', image: 'i', " +
          "ports: [Object.spec.containers.ports{containerPort: 80}]}]}}",
      ),
    ],
    constraints(["pods"], {}, { operations: ["CREATE"] }),
  );
  const pods = "/api/v1/namespaces/default/pods";
  const pod = await server.create(pods, { metadata: { name: "p" }, spec: { containers: [{ name: "c", image: "j" }] } });
  assert.deepEqual(
    pod.spec.containers.map((c: { name: string; ports?: object }) => [c.name, c.ports]),
    [
      ["c", undefined],
      ["side", [{ containerPort: 80, protocol: "TCP" }]],
    ],
  );
});

test("what cannot be changed so is refused, unless failures are ignored", async (t) => {
  const invalid = "error applying patch: ";
  const table: readonly [name: string, mutation: object, why: string][] = [
    [
      "an expression that fails",
      apply("Object{data: {'x': object.data.missing}}"),
      "expression 'Object{data: {'x': object.data.missing}}' resulted in error: no such key: missing",
    ],
    [
      "an unknown field",
      apply("Object{spec: Object.spec{a: 1}}"),
      `${invalid}failed to convert patch object to typed object: .spec: field not declared in schema`,
    ],
    ["a part of something atomic", apply("Object{metadata: Object.metadata{ownerReferences: []}, data: {}}"), ""],
    [
      "another object's name",
      apply("Object{metadata: Object.spec{}}"),
      'type mismatch: unexpected type name "Object.spec", expected "Object.metadata", which matches field name path from root Object type',
    ],
    [
      "a patch of what is not there",
      patch("[JSONPatch{op: 'remove', path: '/data/none'}]"),
      "JSON Patch: error in remove for path: '/data/none': Unable to remove nonexistent key: none: missing value",
    ],
    [
      "a patch whose test fails",
      patch("[JSONPatch{op: 'test', path: '/data/a', value: '2'}, JSONPatch{op: 'remove', path: '/data'}]"),
      "",
    ],
  ];
  for (const [name, mutation, why] of table)
    for (const failurePolicy of ["Fail", "Ignore"])
      await t.test(`${name}, ${failurePolicy}`, async () => {
        const { server } = await policyServer();
        await using _server = server;
        await change(server, "p", [mutation], { failurePolicy });
        const { code, body } = await server.ask("POST", configMaps, configMap("m"));
        if (failurePolicy === "Ignore" || why === "") return assert.deepEqual([code, body.data], [201, { a: "1" }]);
        const message = `policy 'p' with binding 'p' denied request: ${why}`;
        assert.deepEqual(
          [code, body.reason, body.message, body.details.causes],
          [403, "Invalid", message, [{ message }]],
        );
        return undefined;
      });
});

test("atomic parts may not be set", async () => {
  const { server } = await policyServer();
  await using _server = server;
  await change(
    server,
    "p",
    [apply("Object{spec: Object.spec{selector: {'a': 'b'}}}")],
    constraints(["services"], {}, { operations: ["CREATE"] }),
  );
  const services = "/api/v1/namespaces/default/services";
  const { body } = await server.ask("POST", services, { metadata: { name: "s" }, spec: { ports: [{ port: 1 }] } });
  assert.equal(
    body.message,
    "policy 'p' with binding 'p' denied request: error applying patch: invalid ApplyConfiguration: may not mutate " +
      "atomic arrays, maps or structs: .spec.selector",
  );
});

test("conditions, variables and parameters work as for validation", async () => {
  const { server } = await policyServer();
  await using _server = server;
  await define(server, definition([version("v1", object({ mark: { type: "string" } }))]));
  await server.create(widgets, widget("w", { mark: "w" }));
  await change(server, "p", [patch("[JSONPatch{op: 'add', path: '/data/mark', value: variables.mark}]")], {
    paramKind: { apiVersion: "example.com/v1", kind: "Widget" },
    matchConditions: [{ name: "c", expression: "object.metadata.name != 'free'" }],
    variables: [{ name: "mark", expression: "params.mark + '!'" }],
  });
  const bindings = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings";
  const binding = await server.get(`${bindings}/p`);
  const paramRef = { name: "w", parameterNotFoundAction: "Deny" };
  await server.put(`${bindings}/p`, { ...binding, spec: { ...binding.spec, paramRef } });
  assert.equal((await server.create(configMaps, configMap("m"))).data.mark, "w!");
  assert.equal((await server.create(configMaps, configMap("free"))).data.mark, undefined);
});

test("custom resources are changed too, and pruned", async () => {
  const { server } = await policyServer();
  await using _server = server;
  const schema = object({ spec: object({ size: { type: "integer" }, tint: { type: "string", default: "red" } }) });
  await define(server, definition([version("v1", schema)]));
  const onWidgets = constraints(["widgets"], {}, { operations: ["CREATE"] });
  await change(server, "a", [apply("Object{spec: Object.spec{size: 3}}")], onWidgets);
  await change(server, "b", [patch("[JSONPatch{op: 'add', path: '/spec/odd', value: 1}]")], onWidgets);
  assert.deepEqual((await server.create(widgets, widget("w"))).spec, { size: 3, tint: "red" });
});

test("a change lets plugins and willing policies look once more", async () => {
  const plugin: AdmissionPlugin = {
    name: "Counter",
    admit: ({ object, of }) => {
      if (of.plural !== "configmaps") return;
      const { data } = object as unknown as { data: Record<string, string> };
      data["rounds"] = `${data["rounds"] ?? ""}i`;
    },
  };
  const { server } = await policyServer([plugin]);
  await using _server = server;
  const count = (name: string): object =>
    patch(`[JSONPatch{op: 'add', path: '/data/${name}', value: object.data.?${name}.orValue('') + 'x'}]`);
  await change(server, "a-eager", [count("eager")], { reinvocationPolicy: "IfNeeded" });
  await change(server, "b-once", [count("once")]);
  const { data } = await server.create(configMaps, configMap("m"));
  assert.deepEqual(data, { a: "1", rounds: "ii", eager: "xx", once: "x" });
});
