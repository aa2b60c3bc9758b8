// ConfigMap: configuration as keys and values, text or binary.
import { type FieldError, invalidValue, tooLong } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { byteLength, isConfigMapKey } from "#api/names.ts";
import { type Infer } from "#api/schema.ts";
import { base64Bytes, frozenContents, maxContentBytes } from "#api/core/rules/contents.ts";
import { ConfigMap as schema } from "#api/core/schema/config.ts";
import { invalidEach } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";

export interface ConfigMap extends Infer<typeof schema> {}
export const ConfigMap = defineKind<ConfigMap>({
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  scope: "Namespaced",
  shortNames: ["cm"],
  schema,
  columns: [
    nameColumn,
    textColumn(
      "Data",
      "Number of keys.",
      ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    ),
    ageColumn,
  ],
  rules: {
    validate,
    validateUpdate: (object, old) => frozenContents(object, old, ["data", "binaryData"]),
  },
});

function validate({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const found: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    invalidEach(found, `data[${key}]`, key, isConfigMapKey(key));
    if (key in binaryData) found.push(invalidValue(`data[${key}]`, key, "duplicate of key present in binaryData"));
    bytes += byteLength(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    invalidEach(found, `binaryData[${key}]`, key, isConfigMapKey(key));
    bytes += base64Bytes(value);
  }
  if (bytes > maxContentBytes) found.push(tooLong("[]", maxContentBytes));
  return found;
}
