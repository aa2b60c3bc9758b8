// JSON patch (RFC 6902). Operations work on a private copy of the document. Upstream's additions are kept: a negative
// index counts from the end, a missing value is null, and `test` takes a missing member for null.
import { ApiError, badRequest } from "#api/errors.ts";
import { cloneJson, deepEqual, isObject, maxDepth, setKey } from "#api/json.ts";

export const maxOperations = 10_000;
/** What all copies of one patch may add together, in bytes of JSON. */
export const maxCopiedBytes = 3 * 1024 * 1024;

/** What all operations of one patch may look at and move together, in values. */
export const maxSteps = 10_000_000;

/** Why an operation could not be applied; sent only as a cause, as upstream does. */
class OperationError extends Error {}

/** The patched document; neither argument is changed. Throws ApiError: BadRequest, Invalid or RequestEntityTooLarge. */
export function jsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    const kind = patch === null ? "null" : typeof patch;
    throw badRequest(`json: cannot unmarshal ${kind} into Go value of type jsonpatch.Patch`);
  }
  if (patch.length > maxOperations) {
    const why = `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`;
    throw new ApiError("RequestEntityTooLarge", `Request entity is too large: ${why}`);
  }
  const state: State = { root: cloneJson(document), copiedBytes: 0, steps: 0 };
  try {
    for (const operation of patch) applyNamed(state, operation);
  } catch (cause) {
    if (!(cause instanceof OperationError)) throw cause;
    throw new ApiError("Invalid", "the server rejected our request due to an error in our request", {
      details: {},
      cause,
    });
  }
  return state.root;
}

interface State {
  root: unknown;
  copiedBytes: number;
  /** Values that were looked at or moved. */
  steps: number;
}

/** What is missing is told with the operation that looks for it. */
function applyNamed(state: State, operation: unknown): void {
  try {
    apply(state, operation);
  } catch (error) {
    const [, path] = error instanceof OperationError ? (/^doc is missing path: (".*")$/.exec(error.message) ?? []) : [];
    const op = isObject(operation) ? operation["op"] : undefined;
    if (path === undefined || (op !== "add" && op !== "remove" && op !== "replace")) throw error;
    const shown = op === "replace" ? path.slice(1, -1) : path;
    throw new OperationError(`${op} operation does not apply: doc is missing path: ${shown}: missing value`);
  }
}
function apply(state: State, operation: unknown): void {
  if (!isObject(operation)) throw badRequest("json: cannot unmarshal value into Go value of type jsonpatch.Operation");
  const path = pointer(operation, "path");
  switch (operation["op"]) {
    case "add":
      return put(state, path, cloneJson(operation["value"] ?? null), true);
    case "replace":
      return put(state, path, cloneJson(operation["value"] ?? null), false);
    case "remove":
      take(state, path);
      return;
    case "move": {
      const from = pointer(operation, "from");
      if (path.length > from.length && from.every((step, i) => step === path[i])) {
        throw new OperationError("a value cannot be moved into itself");
      }
      return put(state, path, take(state, from), true);
    }
    case "copy":
      return put(state, path, copied(state, pointer(operation, "from")), true);
    case "test":
      return test(state, path, operation["value"] ?? null);
    default:
      throw new OperationError(`Unexpected kind: ${typeof operation["op"] === "string" ? operation["op"] : "unknown"}`);
  }
}

function pointer(operation: Record<string, unknown>, member: "path" | "from"): readonly string[] {
  const text = operation[member];
  if (typeof text !== "string") throw new OperationError(`operation without "${member}"`);
  if (text === "") return [];
  if (!text.startsWith("/")) throw new OperationError(`"${text}" is no JSON pointer`);
  return text.slice(1).split("/").map(unescape);
}
const unescape = (step: string): string =>
  step.includes("~") ? step.replaceAll("~1", "/").replaceAll("~0", "~") : step;
const show = (path: readonly string[]): string =>
  path.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** The index that a step means; `end` is the first index that it may not be. */
function indexOf(step: string, length: number, end: number): number {
  if (!/^(?:-?[1-9][0-9]*|0)$/.test(step)) throw new OperationError(`"${step}" is no index`);
  const index = Number(step) < 0 ? Number(step) + length : Number(step);
  if (index < 0 || index >= end) throw new OperationError(`index ${step} is out of bounds`);
  return index;
}

/** The container that holds the last step of a path. */
function parentOf(state: State, path: readonly string[]): unknown {
  let value = state.root;
  for (const step of path.slice(0, -1)) value = member(value, step, path);
  return value;
}
function member(value: unknown, step: string, path: readonly string[]): unknown {
  if (Array.isArray(value)) return value[indexOf(step, value.length, value.length)];
  if (isObject(value) && Object.hasOwn(value, step)) return value[step];
  throw new OperationError(`doc is missing path: "${show(path)}"`);
}
const get = (state: State, path: readonly string[]): unknown =>
  path.length === 0 ? state.root : member(parentOf(state, path), path.at(-1)!, path);

/** A few seconds of one patch would be seconds of everybody's. */
function spend(state: State, steps: number): void {
  state.steps += steps;
  if (state.steps > maxSteps)
    throw new ApiError("RequestEntityTooLarge", "Request entity is too large: too much to do");
}
/** Whether a value is nested more deeply than `limit`. */
function isDeeper(state: State, value: unknown, limit: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (limit === 0) return true;
  const within = Object.values(value);
  spend(state, within.length);
  return within.some((v) => isDeeper(state, v, limit - 1));
}

function put(state: State, path: readonly string[], value: unknown, create: boolean): void {
  // Invariant: the document nests no deeper than a body may, or the walks over it would exhaust the stack.
  if (isDeeper(state, value, maxDepth - path.length)) throw new OperationError("exceeded max depth");
  const step = path.at(-1);
  if (step === undefined) {
    state.root = value;
    return;
  }
  const parent = parentOf(state, path);
  if (Array.isArray(parent)) {
    spend(state, parent.length);
    if (!create) parent[indexOf(step, parent.length, parent.length)] = value;
    else if (step === "-") parent.push(value);
    else parent.splice(indexOf(step, parent.length + 1, parent.length + 1), 0, value);
  } else {
    if (!isObject(parent) || !create) member(parent, step, path);
    setKey(parent as Record<string, unknown>, step, value);
  }
}

function take(state: State, path: readonly string[]): unknown {
  const step = path.at(-1);
  if (step === undefined) throw new OperationError("the whole document cannot be removed");
  const parent = parentOf(state, path);
  if (isObject(parent) && !Object.hasOwn(parent, step))
    throw new OperationError(
      `error in remove for path: '${show(path)}': Unable to remove nonexistent key: ${step}: missing value`,
    );
  const value = member(parent, step, path);
  if (Array.isArray(parent)) {
    spend(state, parent.length);
    parent.splice(indexOf(step, parent.length, parent.length), 1);
  } else delete (parent as Record<string, unknown>)[step];
  return value;
}

/** Copies of copies double; their sum is limited. */
function copied(state: State, from: readonly string[]): unknown {
  const value = get(state, from);
  state.copiedBytes += JSON.stringify(value).length;
  if (state.copiedBytes > maxCopiedBytes) {
    throw new OperationError(
      `Unable to complete the copy, the accumulated size increase of copy is ${state.copiedBytes}, exceeding the limit ${maxCopiedBytes}`,
    );
  }
  return cloneJson(value);
}

function test(state: State, path: readonly string[], expected: unknown): void {
  const step = path.at(-1);
  const parent = step === undefined ? undefined : parentOf(state, path);
  const missing = step !== undefined && isObject(parent) && !Object.hasOwn(parent, step);
  if (missing && expected === null) return;
  if (missing || !deepEqual(get(state, path), expected)) {
    throw new OperationError(`testing value ${show(path)} failed`);
  }
}
