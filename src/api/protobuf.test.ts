import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { Deployment } from "./apps/deployment.ts";
import { CustomResourceDefinition } from "./apiextensions/custom-resource-definition.ts";
import { Lease } from "./coordination/lease.ts";
import { Pod } from "./core/pod.ts";
import { Secret } from "./core/secret.ts";
import { Service } from "./core/service.ts";
import { CertificateSigningRequest } from "./certificates/certificate-signing-request.ts";
import { decodeObject } from "./decode.ts";
import type { AnyKind } from "./kind.ts";
import { kinds } from "./kinds.ts";
import { Status } from "./meta/status-schema.ts";
import * as p from "./protobuf.ts";
import { WireWriter } from "./protobuf/writer.ts";
import { WireReader } from "./protobuf/reader.ts";
import { anyMessage } from "./any-value.fake.ts";
import type { Message } from "./schema.ts";

const lookup = p.schemaLookup(kinds, { Status });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const back = (kind: AnyKind, bytes: Uint8Array): unknown =>
  decodeObject(kind, p.decodeProtobuf(lookup, bytes), { unknownFields: "ignore" }).draft;

test("a small object, byte by byte", () => {
  const spec = { holderIdentity: "h", renewTime: "1970-01-01T00:00:01.000002Z" };
  const object = { metadata: { name: "a", labels: { y: "2", x: "1" } }, spec };
  const wire = (text: string): string => text.replaceAll(" ", "");
  const metadata = "0a0161 1200 1a00 2200 2a00 3200 3800 4200";
  const labels = "5a06 0a0178 120131 5a06 0a0179 120132";
  const type = `0a16${hex(new TextEncoder().encode("coordination.k8s.io/v1"))}1205${hex(new TextEncoder().encode("Lease"))}`;
  const body = `0a21 ${metadata} ${labels} 120a 0a0168 2205 0801 10d00f`;
  assert.equal(hex(p.encodeObject(Lease, object)), wire(`6b387300 0a1f ${type} 122f ${body} 1a00 2200`));
});

test("numbers: small, large, negative", () => {
  const table: readonly [number, string][] = [
    [0, "00"],
    [127, "7f"],
    [128, "8001"],
    [2 ** 31, "8080808008"],
    [Number.MAX_SAFE_INTEGER, "ffffffffffffff0f"],
    [-1, "ffffffffffffffffff01"],
    [-(2 ** 40), "8080808080e0ffffff01"],
  ];
  for (const [value, bytes] of table) {
    const writer = new WireWriter();
    writer.varint(value);
    const written = writer.take();
    assert.equal(hex(written), bytes);
    assert.equal(new WireReader(written).varint(written.length), value);
  }
});

test("values with a form of their own come back", () => {
  const table: readonly [AnyKind, object][] = [
    [
      Service,
      {
        spec: {
          ports: [
            { port: 80, targetPort: "http" },
            { port: 81, targetPort: 8081 },
          ],
        },
      },
    ],
    [Secret, { data: { a: "AAEC", b: "" }, type: "Opaque" }],
    [
      Deployment,
      { spec: { replicas: 0, selector: {}, strategy: { rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } } } },
    ],
    [CertificateSigningRequest, { spec: { request: "", signerName: "", extra: { a: ["x", "y"], b: [] } } }],
    [
      CustomResourceDefinition,
      {
        spec: {
          versions: [
            {
              schema: {
                openAPIV3Schema: {
                  default: { a: [1, null] },
                  minimum: 0.5,
                  properties: { p: { additionalProperties: false }, q: { additionalProperties: { type: "string" } } },
                  items: [{ type: "string" }],
                  dependencies: { r: ["s"], t: { type: "object" } },
                },
              },
            },
          ],
        },
      },
    ],
    [
      Pod,
      {
        spec: {
          volumes: [{ name: "v", emptyDir: { sizeLimit: "1Gi" } }],
          containers: [{ env: [{ name: "é", value: "x".repeat(100) }] }],
        },
      },
    ],
  ];
  for (const [kind, value] of table) {
    const { draft } = decodeObject(kind, value, { unknownFields: "ignore" });
    assert.deepEqual(back(kind, p.encodeObject(kind, draft)), draft, kind.kind);
  }
});

test("lists and watch frames", () => {
  const pods = ["a", "b"].map((name) => decodeObject(Pod, { metadata: { name } }, { unknownFields: "ignore" }).draft);
  const items = pods.map((pod) => p.encodeItem(Pod.schema, pod as never));
  const list = p.decodeProtobuf(
    lookup,
    p.encodeList({ apiVersion: "v1", kind: "PodList" }, { resourceVersion: "7" }, items),
  ) as {
    kind: string;
    metadata: { resourceVersion: string };
    items: object[];
  };
  assert.equal(list.kind, "PodList");
  assert.equal(list.metadata.resourceVersion, "7");
  assert.deepEqual(
    list.items.map((item) => decodeObject(Pod, item, { unknownFields: "ignore" }).draft),
    pods,
  );

  const status = { metadata: {}, status: "Failure", code: 410 };
  const body = p.encodeMessage(Status, status, { apiVersion: "v1", kind: "Status" });
  const frames = [
    p.encodeWatchFrame("ADDED", p.encodeObject(Pod, pods[0] as never)),
    p.encodeWatchFrame("ERROR", body),
  ];
  const stream = new Uint8Array([...frames.flatMap((f) => [...f]), 0, 0, 0, 9, 1]);
  const { events, rest } = p.decodeWatchFrames(lookup, stream);
  assert.deepEqual(
    events.map((e) => e.type),
    ["ADDED", "ERROR"],
  );
  assert.deepEqual(decodeObject(Pod, events[0]!.object, { unknownFields: "ignore" }).draft, pods[0]);
  assert.equal((events[1]!.object as { code: number }).code, 410);
  assert.equal(rest.length, 5);
});

test("what is not protobuf, or not ours, is refused", () => {
  const good = p.encodeObject(Pod, { metadata: { name: "abc" }, spec: { containers: [] }, status: {} } as never);
  assert.throws(() => p.decodeProtobuf(lookup, Uint8Array.of(1, 2, 3, 4)), /does not appear to be a protobuf message/);
  assert.throws(() => p.decodeProtobuf(lookup, good.subarray(0, good.length - 12)), { reason: "BadRequest" });
  const other = p.encodeMessage(Status, { metadata: {} }, { apiVersion: "v9", kind: "Podd" });
  assert.throws(() => p.decodeProtobuf(lookup, other), { message: 'no kind "Podd" is registered for version "v9"' });
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
      const bytes = Uint8Array.from(good);
      bytes[at] = byte;
      try {
        p.decodeProtobuf(lookup, bytes);
      } catch (error) {
        assert.equal((error as { reason?: string }).reason, "BadRequest", String(error));
      }
    }),
    { numRuns: 1000 },
  );
});

test("law: every kind survives the wire", () => {
  for (const kind of kinds) {
    fc.assert(
      fc.property(anyMessage(kind.schema as Message<unknown>), (value) => {
        const { draft } = decodeObject(kind, value, { unknownFields: "ignore" });
        assert.deepEqual(back(kind, p.encodeObject(kind, draft)), draft, kind.kind);
      }),
      { numRuns: 15 },
    );
  }
});
