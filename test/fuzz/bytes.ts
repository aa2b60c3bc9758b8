// Bodies as bytes: an object in one of the media types, then perhaps cut, flipped, doubled or replaced.
import { encodeMessage } from "#api/protobuf.ts";
import { emitYaml } from "#api/yaml.ts";
import { apiVersionOf, type AnyKind } from "#api/kind.ts";
import { jsonType, protobufType, yamlType } from "#server/body.ts";
import type { Chance } from "./chance.ts";
import { hostileTexts } from "./scalars.ts";

export interface Encoded {
  readonly type: string;
  readonly body: Uint8Array;
}

/** Whole bodies that are wrong in a way of their own; each is small and stands for much. */
export const hostileBodies: readonly (readonly [type: string, body: Uint8Array])[] = (
  [
    [jsonType, "{"],
    [jsonType, "[]"],
    [jsonType, "null"],
    [jsonType, '"text"'],
    [jsonType, "1e999"],
    [jsonType, "{}{}"],
    [jsonType, `${"[".repeat(5_000)}${"]".repeat(5_000)}`],
    [jsonType, `${'{"a":'.repeat(900)}1${"}".repeat(900)}`],
    [jsonType, `{"spec":${'{"a":'.repeat(997)}1${"}".repeat(997)}}`],
    [jsonType, '{"metadata":{"name":"a","name":"b"},"metadata":{}}'],
    [jsonType, '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'],
    [jsonType, '{"metadata":{"__proto__":{"name":"a"},"name":"a"},"kind":"__proto__","apiVersion":"constructor"}'],
    [jsonType, '{"metadata":{"name":"\\ud800\\u0000"}}'],
    [jsonType, '{"metadata":{"name":1e400,"labels":[],"annotations":"x","ownerReferences":{}}}'],
    [jsonType, `{"metadata":{"managedFields":[{"manager":1},{"fieldsV1":[]},null,{"fieldsType":"X"}]}}`],
    [jsonType, `{"a":${"1".repeat(5_000)}}`],
    [jsonType, "\ufeff{}"],
    [yamlType, "a: &a [*a]"],
    [
      yamlType,
      "a: &a [1,2]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]",
    ],
    [yamlType, "? [a]\n: b"],
    [yamlType, "!!js/function 'x'"],
    [yamlType, "--- {}\n--- {}"],
    [yamlType, "metadata: !!binary AAA=\n<<: {a: 1}"],
    [yamlType, `${"- ".repeat(1_000)}a`],
    [yamlType, "\t- a\n%YAML 9.9"],
    [yamlType, "metadata: {name: .nan, labels: {1: 2, true: null, ~: x}}"],
    [yamlType, "a: 0o7777777777777777777777777777\nb: 1_000\nc: 1e400\nd: -.inf"],
    [protobufType, "k8s\0"],
    [protobufType, "k8s\0\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"],
    [protobufType, "k8s\0\x0a\x04\x0a\x02v1\x12\xff\xff\xff\xff\x0f"],
    [protobufType, "k8s\x01"],
    [protobufType, `k8s\0${"\x0b".repeat(3_000)}`],
  ] as const
).map(([type, text]) => [type, Buffer.from(text, type === protobufType ? "latin1" : "utf8")]);

export async function encoded(chance: Chance, of: AnyKind, value: unknown): Promise<Encoded> {
  const type = chance.weighted([
    [12, jsonType],
    [2, yamlType],
    [3, protobufType],
  ]);
  try {
    if (type === yamlType) return { type, body: Buffer.from(await emitYaml(value)) };
    if (type === protobufType) {
      const { apiVersion = apiVersionOf(of), kind = of.kind } = value as { apiVersion?: string; kind?: string };
      return { type, body: encodeMessage(of.schema, value as object, { apiVersion, kind }) };
    }
  } catch {
    // What YAML or protobuf has no form for goes as JSON.
  }
  return { type: jsonType, body: Buffer.from(JSON.stringify(value) ?? "") };
}

/** The body with some of its bytes wrong. */
export function garbled(chance: Chance, body: Uint8Array): Uint8Array {
  const bytes = Buffer.from(body);
  const at = chance.below(bytes.length + 1);
  const insert = (piece: Uint8Array | string): Buffer =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from(piece as string), bytes.subarray(at)]);
  switch (chance.below(7)) {
    case 0:
      return bytes.subarray(0, at);
    case 1: {
      for (let left = 1 + chance.below(4); left > 0 && bytes.length > 0; left--)
        bytes[chance.below(bytes.length)] = chance.below(256);
      return bytes;
    }
    case 2: {
      if (bytes.length > 0) bytes[chance.below(bytes.length)]! ^= 1 << chance.below(8);
      return bytes;
    }
    case 3:
      return insert(chance.bytes(1 + chance.below(8)));
    case 4:
      return insert(chance.pick(hostileTexts));
    case 5:
      return insert(bytes.subarray(at, at + chance.below(64)));
    default:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + chance.below(32)))]);
  }
}
