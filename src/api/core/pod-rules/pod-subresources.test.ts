import { test } from "node:test";
import assert from "node:assert/strict";
import { decodeObject } from "#api/decode.ts";
import type { FieldError } from "#api/field-error.ts";
import { type Pod, Pod as kind } from "#api/core/pod.ts";
import { validateEphemeralContainersUpdate, validateResize } from "./pod-subresources.ts";

interface Change {
  readonly containers?: readonly object[];
  readonly [field: string]: unknown;
}
const main = { name: "main", image: "a", resources: { requests: { cpu: "1" }, limits: { cpu: "2", memory: "1Gi" } } };
function pod({ containers = [main], annotations, status, ...spec }: Change = {}): Pod {
  const object = {
    metadata: { name: "p", annotations },
    spec: { containers, ...spec },
    status: { qosClass: "Burstable", ...(status as object) },
  };
  return decodeObject(kind, object, { unknownFields: "ignore" }).draft as Pod;
}
const texts = (found: readonly FieldError[]): string[] =>
  found.map(({ field, message }) => `${field}: ${message}`.split("\n")[0]!);

test("ephemeral containers are only ever added", () => {
  const debug = { name: "debug", image: "b" };
  const old = pod({ ephemeralContainers: [debug] });
  const table: readonly [Pod, string[]][] = [
    [pod({ ephemeralContainers: [debug, { name: "more", image: "c" }] }), []],
    [pod(), ['spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be removed']],
    [
      pod({ ephemeralContainers: [{ ...debug, image: "c" }] }),
      ['spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be changed'],
    ],
  ];
  for (const [now, expected] of table) assert.deepEqual(texts(validateEphemeralContainersUpdate(now, old)), expected);
  const fixed = pod({ annotations: { "kubernetes.io/config.mirror": "x" } });
  assert.deepEqual(texts(validateEphemeralContainersUpdate(fixed, fixed)), [
    ": Forbidden: static pods do not support ephemeral containers",
  ]);
});

test("a resize changes cpu and memory and nothing else", () => {
  const sized = (requests: object, limits: object, more: object = {}): Pod =>
    pod({ containers: [{ ...main, resources: { requests, limits }, ...more }] });
  const limits = { cpu: "2", memory: "1Gi" };
  const requests = { cpu: "1", memory: "1Gi" };
  const table: readonly [string, Pod, string[]][] = [
    ["nothing", pod(), []],
    ["cpu and memory", sized({ cpu: "1500m", memory: "2Gi" }, { cpu: "3", memory: "2Gi" }), []],
    [
      "the image",
      sized(requests, limits, { image: "b" }),
      ["spec: Forbidden: only cpu and memory resources are mutable"],
    ],
    [
      "another resource",
      sized({ ...requests, "ephemeral-storage": "1Gi" }, limits),
      ["spec: Forbidden: only cpu and memory resources are mutable"],
    ],
    [
      "the class",
      sized({ cpu: "2", memory: "1Gi" }, limits),
      ['spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing'],
    ],
  ];
  for (const [name, now, expected] of table) assert.deepEqual(texts(validateResize(now, pod())), expected, name);
  const windows = pod({ os: { name: "windows" } });
  assert.deepEqual(texts(validateResize(windows, windows)), [": Forbidden: windows pods cannot be resized"]);
  const unable = pod({ status: { containerStatuses: [{ name: "main", state: { running: {} } }] } });
  assert.deepEqual(texts(validateResize(unable, unable)), [
    "spec: Forbidden: Pod running on node without support for resize",
  ]);
});
