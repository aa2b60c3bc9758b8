// Request bodies: media type → JSON value → typed draft, with field validation as the client asked for it.
import { ApiError, badRequest } from "#api/errors.ts";
import type { Kind, KubeObject } from "#api/kind.ts";
import {
  applySchemaDefaults,
  cannotBeHandled,
  decodeMessage,
  decodeObject,
  duplicateFieldText,
  strictText,
  unknownFieldText,
} from "#api/decode.ts";
import { activeSpan } from "#base/tracing/span.ts";
import { parseJson, type ParsedJson } from "#api/json.ts";
import { parseYaml } from "#api/yaml.ts";
import type { Draft, Message } from "#api/schema.ts";
import { inTextOrder } from "./body-findings.ts";
import { asUnrecognized, bodyType, checkKind, unrecognized, wrongType, type Typed } from "./body-type.ts";
import type { Call } from "./pipeline.ts";
import type { FieldValidation } from "./request-options.ts";

export const bodyLimitBytes = 3 * 1024 * 1024;
export const jsonType = "application/json";
export const yamlType = "application/yaml";
export const protobufType = "application/vnd.kubernetes.protobuf";

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
  const bytes = await readBytes(call);
  if (bytes.length === 0) return { value: undefined, duplicates: [] };
  return parseBody(call, bytes, validation, protobuf);
}
async function readBytes(call: Call): Promise<Uint8Array> {
  const bytes = await call.body(bodyLimitBytes);
  activeSpan()?.event("limitedReadBody succeeded", { len: bytes.length });
  return bytes;
}
async function parseBody(
  call: Call,
  bytes: Uint8Array,
  validation: FieldValidation,
  protobuf: DecodeProtobuf | undefined,
): Promise<ParsedJson> {
  const type = bodyType(call);
  if (type === jsonType) return parseJson(bytes, { duplicates: validation !== "Ignore" });
  if (type === yamlType) return parseYaml(bytes, { duplicates: validation !== "Ignore" });
  if (type === protobufType && protobuf) return { value: protobuf(bytes), duplicates: [] };
  throw unsupportedMediaType([jsonType, yamlType, ...(protobuf ? [protobufType] : [])]);
}

/** The body as the JSON value of an object of a kind. Throws BadRequest for what does not even look like an object. */
export async function readTyped(
  call: Call,
  kind: Typed,
  validation: FieldValidation,
  protobuf: DecodeProtobuf | undefined,
): Promise<ParsedJson> {
  if (call.parsedBody !== undefined) return { value: call.parsedBody, duplicates: [] };
  const bytes = await readBytes(call);
  let body: ParsedJson;
  try {
    body = await parseBody(call, bytes, validation, protobuf);
  } catch (error) {
    throw asUnrecognized(kind, error, bytes);
  }
  const wrong = wrongType(body.value, kind);
  if (wrong !== undefined) throw unrecognized(kind, wrong, bytes);
  return { ...body, value: body.value ?? {} };
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
  ...inTextOrder(body, [
    ...unknown.map((path) => ({ path, text: unknownFieldText(path) })),
    ...(body.duplicates ?? []).map((path) => ({ path, text: duplicateFieldText(path), isDuplicate: true })),
  ]),
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
  activeSpan()?.event("About to convert to expected version");
  const { draft, unknown } = decodeObject(kind, body.value, {
    unknownFields: validation === "Ignore" ? "ignore" : "collect",
  });
  // Upstream: of custom resources the text is looked at first, then the schema.
  const findings = kind.custom
    ? [...findingsOf([], body), ...findingsOf(unknown.toSorted())]
    : findingsOf(unknown, body);
  reportFields(findings, validation, warnings, (text) => badRequest(cannotBeHandled(kind, text)));
  applySchemaDefaults(kind, draft);
  // An empty list of managers is not the same as none: it asks for their fields to be forgotten.
  const given = (body.value as { metadata?: { managedFields?: unknown } | null } | null)?.metadata?.managedFields;
  if (Array.isArray(given) && given.length === 0 && draft.metadata) draft.metadata.managedFields = [];
  activeSpan()?.event("Conversion done");
  return draft;
}

/** The body of a subresource that is of a kind of its own (Binding, Eviction, Scale …). */
export async function readMessage<T>(
  call: Call,
  of: { readonly group: string; readonly version: string; readonly kind: string; readonly schema: Message<T> },
  protobuf: DecodeProtobuf | undefined,
  validation: FieldValidation = "Ignore",
): Promise<Draft<T>> {
  const body = await readTyped(call, of, validation, protobuf);
  checkKind(of, body.value);
  const { draft, unknown } = decodeMessage(of.schema, body.value ?? {}, {
    unknownFields: validation === "Ignore" ? "ignore" : "collect",
    as: of,
  });
  reportFields(findingsOf(unknown, body), validation, call.warnings, (text) => badRequest(cannotBeHandled(of, text)));
  return draft;
}
