// Objects as clients send them, and what becomes of them: the findings, what is filled in, the warnings, the cells of
// the table. Each line of golden/*.jsonl is one case. The expected values were compared with the answers of Kubernetes
// 1.36; where those differ, the line says so ("differs"). UPDATE=1 writes our own answers into the files.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createDropDisabled, type DropDisabled } from "#server/features/drop-disabled.ts";
import { defaultGates } from "#server/features/feature-gates.ts";
import { prepareForCreate, prepareForUpdate, type KubeDraft } from "#server/verbs/prepare.ts";
import { validateChange, validateNew } from "#server/verbs/validate.ts";
import { applySchemaDefaults, decodeObject } from "./decode.ts";
import { ApiError } from "./errors.ts";
import type { FieldError } from "./field-error.ts";
import { cloneJson, deepEqual, deepFreeze } from "./json.ts";
import type { AnyKind, Cell, Column, KubeObject, RowCondition } from "./kind.ts";
import { apiVersionOf, parseApiVersion } from "./kind.ts";
import { kinds as stableKinds } from "./kinds.ts";
import { previewKinds } from "./preview-kinds.ts";

const kinds = [...stableKinds, ...previewKinds];
const folder = join(import.meta.dirname, "golden");
const now = Date.parse("2026-01-01T00:00:00Z");
/** Stable kinds are judged with upstream's default gates, previews with everything on. */
const dropDisabled: DropDisabled = (kind, draft, old) => {
  if (!previewKinds.includes(kind)) dropByDefault(kind, draft, old);
};
const dropByDefault = createDropDisabled(defaultGates);
const facts = { now, uid: "u", user: { name: "alice", uid: "u1", groups: ["g1"] }, dryRun: false };

interface Expected {
  /** The answer where the request is refused before it is judged. */
  readonly error?: string;
  /** "Type field message", the message up to its first line. */
  readonly findings?: readonly string[];
  /** By path what differs from the object as it was sent; null is gone. */
  readonly changes?: Readonly<Record<string, unknown>>;
  readonly warnings?: readonly string[];
  /** "Name type format priority". */
  readonly columns?: readonly string[];
  readonly cells?: readonly Cell[];
  readonly conditions?: readonly RowCondition[];
  readonly grace?: number | null;
}
interface Case extends Expected {
  readonly op: "create" | "update" | "table" | "default" | "delete";
  readonly sub?: string;
  readonly object: Sent;
  readonly old?: Sent & { readonly gracePeriodSeconds?: number };
  /** Kubernetes says something else. */
  readonly differs?: true;
}
interface Sent {
  readonly apiVersion: string;
  readonly kind: string;
}

function kindOf({ apiVersion, kind }: Sent): AnyKind {
  const { group, version } = parseApiVersion(apiVersion);
  const found = kinds.find((of) => of.kind === kind && of.group === group && of.version === version);
  assert.ok(found, `${apiVersion} ${kind}`);
  return found;
}
function read(sent: Sent): KubeDraft {
  const kind = kindOf(sent);
  const { draft } = decodeObject(kind, sent, { unknownFields: "ignore" });
  (draft as { metadata?: object }).metadata ??= {};
  applySchemaDefaults(kind, draft);
  return draft as KubeDraft;
}
const frozen = (draft: unknown): KubeObject => deepFreeze(cloneJson(draft)) as KubeObject;

function answer(given: Case): Expected {
  const kind = kindOf(given.object);
  try {
    const draft = read(given.object);
    switch (given.op) {
      case "default":
        return { changes: changesOf(given.object, draft) };
      case "delete":
        return { grace: kind.rules.deletionGraceSeconds?.(draft, given.old?.gracePeriodSeconds) ?? null };
      case "table":
        return tableOf(kind, frozen(draft));
      case "create":
        dropDisabled(kind, draft);
        prepareForCreate(kind, draft, facts);
        return judged(given, kind, frozen(draft), (object) => validateNew(kind, object));
      case "update": {
        const old = frozen(read(given.old!));
        dropDisabled(kind, draft, old);
        prepareForUpdate(kind, draft, old, given.sub ?? "", now);
        const judge = (object: KubeObject): FieldError[] => validateChange(kind, object, old, given.sub ?? "");
        return judged(given, kind, frozen(draft), judge, old);
      }
    }
  } catch (error) {
    if (error instanceof ApiError) return { error: error.message };
    throw error;
  }
}
function judged(
  given: Case,
  kind: AnyKind,
  object: KubeObject,
  judge: (object: KubeObject) => FieldError[],
  old?: KubeObject,
): Expected {
  const findings = judge(object).map(({ type, field, message }) => `${type} ${field} ${message.split("\n")[0]!}`);
  if (findings.length > 0) return { findings };
  const { storedAs } = kind;
  const shown = storedAs ? storedAs.fromStored(storedAs.toStored(object)) : object;
  const warnings = kind.rules.warnings?.(object, old) ?? [];
  return { changes: changesOf(given.object, shown), ...(warnings.length > 0 && { warnings }) };
}
function tableOf(kind: AnyKind, object: KubeObject): Expected {
  const columns = (kind.columns ?? []) as readonly Column<KubeObject>[];
  const conditions = kind.rowConditions?.(object) ?? [];
  return {
    columns: columns.map(({ name, type, format, priority }) =>
      [name, type, ...(format ? [format] : []), ...(priority ? ["wide"] : [])].join(" "),
    ),
    cells: columns.map((column) => column.value(object, now)),
    ...(conditions.length > 0 && { conditions }),
  };
}

const unimportant = new Set(["metadata.uid", "metadata.creationTimestamp", "metadata.resourceVersion"]);
function changesOf(before: unknown, after: unknown): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  const visit = (path: string, a: unknown, b: unknown): void => {
    if (unimportant.has(path) || deepEqual(a, b)) return;
    if (isMap(a) && isMap(b))
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        visit(path ? `${path}.${key}` : key, a[key], b[key]);
    else if (Array.isArray(a) && Array.isArray(b) && a.length === b.length)
      for (const [i, item] of a.entries()) visit(`${path}[${i}]`, item, b[i]);
    else changes[path] = b ?? null;
  };
  visit("", before, after);
  return changes;
}
const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

for (const name of readdirSync(folder).toSorted()) {
  const file = join(folder, name);
  const cases = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Case);
  if (process.env["UPDATE"]) {
    const lines = cases.map((given) => {
      const { op, sub, object, old, differs } = given;
      const asked = { op, ...(sub && { sub }), object, ...(old && { old }), ...(differs && { differs }) };
      return JSON.stringify({ ...asked, ...answer(given) });
    });
    writeFileSync(file, `${lines.join("\n")}\n`);
    continue;
  }
  test(`${name}: ${cases.length} objects are judged, filled in and shown as ever`, () => {
    for (const [i, given] of cases.entries()) {
      const { op: _op, sub: _sub, object, old: _old, differs: _differs, ...expected } = given;
      // Through JSON, in which absent and undefined are the same.
      assert.deepEqual(JSON.parse(JSON.stringify(answer(given))), expected, `${name}:${i + 1} ${object.kind}`);
    }
  });
}
const isStored = ({ storedAs }: AnyKind): boolean => storedAs === undefined;
test("every kind that is stored has a case", () => {
  const seen = new Set(
    readdirSync(folder).flatMap((name) =>
      readFileSync(join(folder, name), "utf8")
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as Case).object)
        .map(({ apiVersion, kind }) => `${apiVersion} ${kind}`),
    ),
  );
  const missing = kinds.filter(
    (kind) => (isStored(kind) || stableKinds.includes(kind)) && !seen.has(`${apiVersionOf(kind)} ${kind.kind}`),
  );
  assert.deepEqual(
    missing.map(({ kind }) => kind),
    [],
  );
});
