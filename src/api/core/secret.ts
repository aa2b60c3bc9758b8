// Secret: small confidential values by key. The type says which keys a consumer can rely on.
import { type FieldError, invalidValue, requiredValue, tooLong } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { GoSyntaxError, scanJson } from "#api/json-scan.ts";
import { isConfigMapKey } from "#api/names.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { base64Bytes, frozenContents, maxContentBytes } from "#api/core/rules/contents.ts";
import { Secret as schema } from "#api/core/schema/config.ts";
import { immutable, invalidEach } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";

export interface Secret extends Infer<typeof schema> {}
export const Secret = defineKind<Secret>({
  group: "",
  version: "v1",
  kind: "Secret",
  plural: "secrets",
  scope: "Namespaced",
  schema,
  columns: [
    nameColumn,
    textColumn("Type", "What the Secret is for.", ({ type }) => type ?? ""),
    textColumn("Data", "Number of keys.", ({ data }) => Object.keys(data ?? {}).length),
    ageColumn,
  ],
  selectableFields: { type: ({ type }) => type ?? "" },
  rules: {
    applyDefaults: mergeStringData,
    prepareForUpdate(draft, old) {
      draft.type ||= old.type;
    },
    validate,
    validateUpdate(object, old) {
      const found: FieldError[] = [];
      immutable(found, "type", object.type ?? "", old.type ?? "");
      return [...found, ...frozenContents(object, old, ["data"])];
    },
  },
});

/** Plain text is for writing only: it is stored as data. */
function mergeStringData(draft: Draft<Secret>): void {
  const { stringData } = draft;
  if (!stringData) return;
  const data: Record<string, string> = {};
  for (const [key, value] of Object.entries({ ...draft.data })) data[key] = value ?? "";
  for (const [key, value] of Object.entries(stringData)) data[key] = encodeBase64(value ?? "");
  draft.data = data;
  delete draft.stringData;
}
const encodeBase64 = (text: string): string => new TextEncoder().encode(text).toBase64();

const accountAnnotation = "kubernetes.io/service-account.name";
function validate({ data = {}, metadata, type }: Secret): FieldError[] {
  const found: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    invalidEach(found, `data[${key}]`, key, isConfigMapKey(key));
    bytes += base64Bytes(value);
  }
  if (bytes > maxContentBytes) found.push(tooLong("data", maxContentBytes));
  const need = (...keys: readonly string[]): void => {
    for (const key of keys) found.push(requiredValue(`data[${key}]`));
  };
  switch (type) {
    case "kubernetes.io/service-account-token":
      if (!metadata.annotations?.[accountAnnotation])
        found.push(requiredValue(`metadata.annotations[${accountAnnotation}]`));
      break;
    case "kubernetes.io/dockercfg":
      holdsJson(found, ".dockercfg", data);
      break;
    case "kubernetes.io/dockerconfigjson":
      holdsJson(found, ".dockerconfigjson", data);
      break;
    case "kubernetes.io/basic-auth":
      if (!("username" in data) && !("password" in data)) need("username", "password");
      break;
    case "kubernetes.io/ssh-auth":
      if (!data["ssh-privatekey"]) need("ssh-privatekey");
      break;
    case "kubernetes.io/tls":
      need(...["tls.crt", "tls.key"].filter((key) => !(key in data)));
      break;
  }
  return found;
}
function holdsJson(found: FieldError[], key: string, data: Readonly<Record<string, string>>): void {
  const field = `data[${key}]`;
  if (!(key in data)) return void found.push(requiredValue(field));
  const refuse = (why: string): void => void found.push(invalidValue(field, "<secret contents redacted>", why));
  const text = new TextDecoder().decode(Uint8Array.fromBase64(data[key]!));
  try {
    const value: unknown = JSON.parse(text);
    const kind = goKind(value);
    if (kind) refuse(`json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`);
  } catch (error) {
    refuse(syntaxText(text, error));
  }
}
/** What Go calls a JSON value that is no object; null passes. */
function goKind(value: unknown): string | undefined {
  if (Array.isArray(value)) return "array";
  if (value === null || typeof value === "object") return undefined;
  return typeof value === "boolean" ? "bool" : typeof value;
}
function syntaxText(text: string, error: unknown): string {
  try {
    scanJson(text);
  } catch (scanned) {
    if (scanned instanceof GoSyntaxError) return scanned.message;
    throw scanned;
  }
  return String(error);
}
