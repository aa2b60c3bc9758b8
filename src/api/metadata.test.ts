import { test } from "node:test";
import assert from "node:assert/strict";
import type { FieldError } from "./field-error.ts";
import { validateObjectMeta, validateObjectMetaUpdate } from "./metadata.ts";
import type { ObjectMeta } from "./meta/schema.ts";

const texts = (errors: readonly FieldError[]): string[] => errors.map((e) => `${e.field}: ${e.message}`);
const rules = { namespaced: true, nameRule: "dnsSubdomain" } as const;
const good: ObjectMeta = { name: "a", namespace: "n", resourceVersion: "1", uid: "u", generation: 1 };
const owner = { apiVersion: "v1", kind: "Pod", name: "p", uid: "u" };

test("metadata on create", () => {
  const table: readonly [ObjectMeta, string[]][] = [
    [{}, []],
    [{ name: "" }, ["metadata.name: Required value: name or generateName is required"]],
    [{ namespace: "" }, ["metadata.namespace: Required value"]],
    [{ generation: -1 }, ["metadata.generation: Invalid value: -1: must be greater than or equal to 0"]],
    [{ annotations: { "EXAMPLE.com/A": "x" } }, []],
    [{ annotations: { a: "x".repeat(262144) } }, ["metadata.annotations: Too long: may not be more than 262144 bytes"]],
    [{ ownerReferences: [{ ...owner, controller: true }] }, []],
    [
      { ownerReferences: [{ ...owner, uid: "" }] },
      ['metadata.ownerReferences.uid: Invalid value: "": must not be empty'],
    ],
    [{ finalizers: ["x/y", "foregroundDeletion"] }, []],
    [
      { finalizers: ["orphan", "foregroundDeletion"] },
      [
        'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
      ],
    ],
    [
      { managedFields: [{ operation: "Up", manager: "a\u0001", fieldsType: "V2" }] },
      [
        'metadata.managedFields[0].operation: Invalid value: "Up": must be `Apply` or `Update`',
        'metadata.managedFields[0].fieldsType: Invalid value: "V2": must be `FieldsV1`',
        'metadata.managedFields[0].manager: Invalid value: "a\\x01": invalid character U+0001 (at position 1)',
      ],
    ],
  ];
  for (const [meta, expected] of table)
    assert.deepEqual(texts(validateObjectMeta({ ...good, ...meta }, rules)), expected);
  const two = [owner, { ...owner, name: "q" }].map((o) => ({ ...o, controller: true }));
  assert.match(
    texts(validateObjectMeta({ ...good, ownerReferences: two }, rules))[0]!,
    /Only one reference can have Controller set to true. Found "true" in references for Pod\/p and Pod\/q$/,
  );
  assert.match(
    texts(validateObjectMeta({ ...good, ownerReferences: [{ ...owner, kind: "Event" }] }, rules))[0]!,
    /: \/v1, Kind=Event is disallowed from being an owner$/,
  );
  const cluster = { namespaced: false, nameRule: "pathSegment" } as const;
  assert.deepEqual(texts(validateObjectMeta(good, cluster)), [
    "metadata.namespace: Forbidden: not allowed on this type",
  ]);
});

test("metadata on update", () => {
  const deleted = {
    ...good,
    deletionTimestamp: "2026-01-02T03:04:05Z",
    deletionGracePeriodSeconds: 0,
    finalizers: ["a"],
  };
  const table: readonly [ObjectMeta, ObjectMeta, string[]][] = [
    [good, good, []],
    [
      { ...good, resourceVersion: "" },
      good,
      ['metadata.resourceVersion: Invalid value: "": must be specified for an update'],
    ],
    [{ ...good, uid: "x" }, good, ['metadata.uid: Invalid value: "x": field is immutable']],
    [{ ...good, generation: 0 }, good, ["metadata.generation: Invalid value: 0: must not be decremented"]],
    [{ ...deleted, finalizers: [] }, deleted, []],
    [
      { ...deleted, finalizers: ["c", "a", "b"] },
      deleted,
      [
        'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"b", "c"}',
      ],
    ],
    [
      { ...good, finalizers: ["a"] },
      deleted,
      [
        "metadata.deletionTimestamp: Invalid value: null: field is immutable",
        "metadata.deletionGracePeriodSeconds: Invalid value: null: field is immutable",
      ],
    ],
  ];
  for (const [meta, old, expected] of table) assert.deepEqual(texts(validateObjectMetaUpdate(meta, old)), expected);
});
