// Round trips over upstream's own sample files, where they are installed (Debian: golang-k8s-api-dev; or TIMONIER_GOLDEN
// names the folder). They are not part of this repository.
import { test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Scale } from "./autoscaling-v1/schema.ts";
import { TokenRequest } from "./authentication/schema.ts";
import { decodeMessage, decodeObject } from "./decode.ts";
import type { AnyKind } from "./kind.ts";
import { kinds as stableKinds } from "./kinds.ts";
import { parseJson } from "./json.ts";
import { DeleteOptions } from "./meta/options-schema.ts";
import { Status } from "./meta/status-schema.ts";
import { Eviction } from "./policy/schema.ts";
import { previewKinds } from "./preview-kinds.ts";
import { decodeProtobuf, encodeMessage, encodeObject, schemaLookup } from "./protobuf.ts";

const folder = process.env["TIMONIER_GOLDEN"] ?? "/usr/share/gocode/src/k8s.io/api/testdata/HEAD";
const skip = existsSync(folder) ? false : `${folder} is not installed`;
const kinds = [...stableKinds, ...previewKinds];
const others = { Scale, TokenRequest, DeleteOptions, Status, Eviction };
const lookup = schemaLookup(kinds, others);
const fileOf = (kind: AnyKind): string => `${kind.group || "core"}.${kind.version}.${kind.kind}`;
const read = (name: string): Uint8Array => readFileSync(join(folder, name));

for (const kind of kinds) {
  const name = fileOf(kind);
  const missing = skip || (existsSync(join(folder, `${name}.pb`)) ? false : "no sample");
  test(`${name}: protobuf and JSON say the same, and are written back byte for byte`, { skip: missing }, () => {
    const bytes = read(`${name}.pb`);
    const json = parseJson(read(`${name}.json`)).value;
    const fromWire = decodeObject(kind, decodeProtobuf(lookup, bytes), { unknownFields: "collect" });
    const fromJson = decodeObject(kind, json, { unknownFields: "collect" });
    assert.deepEqual(fromJson.unknown, []);
    assert.deepEqual(fromWire.unknown, []);
    assert.deepEqual(fromWire.draft, fromJson.draft);
    assert.deepEqual(
      Buffer.from(encodeObject(kind, fromJson.draft)).toString("hex"),
      Buffer.from(bytes).toString("hex"),
    );
  });
}

test("other bodies", { skip }, () => {
  for (const [name, schema] of Object.entries(others)) {
    const file = readdirSync(folder).find((f) => f.endsWith(`v1.${name}.pb`))!;
    const bytes = read(file);
    const json = parseJson(read(file.replace(/pb$/, "json"))).value as { apiVersion: string; kind: string };
    const { draft } = decodeMessage(schema as typeof Scale, json, { unknownFields: "ignore" });
    const wire = decodeMessage(schema as typeof Scale, decodeProtobuf(lookup, bytes), { unknownFields: "ignore" });
    assert.deepEqual(wire.draft, draft, name);
    const { apiVersion, kind } = json;
    const written = encodeMessage(schema as typeof Scale, draft as never, { apiVersion, kind });
    assert.deepEqual(Buffer.from(written).toString("hex"), Buffer.from(bytes).toString("hex"), name);
  }
});

test("JSON is written back as upstream writes it, but for the order of embedded fields", { skip }, () => {
  for (const kind of kinds) {
    if (!existsSync(join(folder, `${fileOf(kind)}.json`))) continue;
    const { value } = parseJson(read(`${fileOf(kind)}.json`));
    const { draft } = decodeObject(kind, value, { unknownFields: "ignore" });
    assert.deepEqual(draft, value, kind.kind);
  }
});
