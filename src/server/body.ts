// Request bodies: media type → JSON value → typed draft, with field validation as the client asked for it.
import { ApiError, badRequest } from "#api/errors.ts";
import { apiVersionOf, type Kind, type KubeObject } from "#api/kind.ts";
import {
  applySchemaDefaults,
  cannotBeHandled,
  decodeMessage,
  decodeObject,
  duplicateFieldText,
  strictText,
  unknownFieldText,
} from "#api/decode.ts";
import { isObject, parseJson, type ParsedJson } from "#api/json.ts";
import { parseYaml } from "#api/yaml.ts";
import type { Draft, Message } from "#api/schema.ts";
import type { Call } from "./pipeline.ts";
import type { FieldValidation } from "./request-options.ts";

export const bodyLimitBytes = 3 * 1024 * 1024;
export const jsonType = "application/json";
export const yamlType = "application/yaml";
export const protobufType = "application/vnd.kubernetes.protobuf";

/** "application/json" of "application/json; charset=utf-8"; JSON when there is none. */
export const mediaType = (call: Call): string => (call.headers["content-type"] ?? "").split(";")[0]!.trim() || jsonType;

export const unsupportedMediaType = (accepted: readonly string[]): ApiError =>
  new ApiError(
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );

/** Decodes a protobuf body; set where the server speaks protobuf. Undefined: the bytes are of a kind unknown to it. */
export type DecodeProtobuf = (bytes: Uint8Array) => unknown;

/** The body as a JSON value; undefined when it is empty. */
export async function readBody(
  call: Call,
  validation: FieldValidation,
  protobuf: DecodeProtobuf | undefined,
): Promise<ParsedJson> {
  if (call.parsedBody !== undefined) return { value: call.parsedBody, duplicates: [] };
  const bytes = await call.body(bodyLimitBytes);
  if (bytes.length === 0) return { value: undefined, duplicates: [] };
  const type = mediaType(call);
  if (type === jsonType) return parseJson(bytes, { duplicates: validation !== "Ignore" });
  if (type === yamlType) return parseYaml(bytes, { duplicates: validation !== "Ignore" });
  if (type === protobufType && protobuf) return { value: protobuf(bytes), duplicates: [] };
  throw unsupportedMediaType([jsonType, yamlType, ...(protobuf ? [protobufType] : [])]);
}

/** The body must be of the asked kind where it names one. */
function checkKind(kind: { group: string; version: string; kind: string }, value: unknown): void {
  if (!isObject(value)) return;
  const { apiVersion, kind: given } = value;
  const expected = apiVersionOf(kind);
  if (typeof given === "string" && given !== "" && given !== kind.kind) {
    const version = typeof apiVersion === "string" && apiVersion ? apiVersion : expected;
    const short = version.slice(version.indexOf("/") + 1);
    throw badRequest(
      `${given} in version ${JSON.stringify(short)} cannot be handled as a ${kind.kind}: ` +
        `converting (${short}.${given}) to (${kind.group || "core"}.${kind.kind}): unknown conversion`,
    );
  }
  if (typeof apiVersion === "string" && apiVersion !== "" && apiVersion !== expected)
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
}

/** Handles what field validation found: warns, or throws by `refuse`. */
export function reportFields(
  findings: readonly string[],
  validation: FieldValidation,
  warnings: string[],
  refuse: (text: string) => ApiError,
): void {
  if (findings.length === 0 || validation === "Ignore") return;
  if (validation === "Strict") throw refuse(strictText(findings));
  // A warning has one line.
  for (const finding of findings) warnings.push(...(finding.startsWith(yamlFrame) ? yamlLines(finding) : [finding]));
}
const yamlFrame = "yaml: unmarshal errors:\n";
const yamlLines = (text: string): string[] =>
  text
    .slice(yamlFrame.length)
    .split("\n")
    .map((line) => line.trim());
/** The one finding that all errors of a YAML text make. */
export const yamlFinding = ({ yamlErrors = [] }: Partial<ParsedJson>): string[] =>
  yamlErrors.length > 0 ? [yamlFrame + yamlErrors.map((line) => `  ${line}`).join("\n")] : [];
export const findingsOf = (unknown: readonly string[], body: Partial<ParsedJson> = {}): string[] => [
  ...yamlFinding(body),
  ...unknown.map(unknownFieldText),
  ...(body.duplicates ?? []).map(duplicateFieldText),
];

/** The defaulted draft of a whole object. */
export function decodeBody<T extends KubeObject>(
  kind: Kind<T>,
  body: ParsedJson,
  validation: FieldValidation,
  warnings: string[],
): Draft<T> {
  if (body.value === undefined) throw badRequest("EOF");
  checkKind(kind, body.value);
  const { draft, unknown } = decodeObject(kind, body.value, {
    unknownFields: validation === "Ignore" ? "ignore" : "collect",
  });
  reportFields(findingsOf(unknown, body), validation, warnings, (text) => badRequest(cannotBeHandled(kind, text)));
  applySchemaDefaults(kind, draft);
  return draft;
}

/** The body of a subresource that is of a kind of its own (Binding, Eviction, Scale …). */
export async function readMessage<T>(
  call: Call,
  of: { readonly group: string; readonly version: string; readonly kind: string; readonly schema: Message<T> },
  protobuf: DecodeProtobuf | undefined,
): Promise<Draft<T>> {
  const body = await readBody(call, "Ignore", protobuf);
  checkKind(of, body.value);
  return decodeMessage(of.schema, body.value ?? {}, { unknownFields: "ignore", as: of }).draft;
}
