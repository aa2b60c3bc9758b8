// Dotted paths into JSON objects (".spec.replicas"), as the scale subresource and selectable fields use them: fields
// only, no lists. A leading dot is optional; ['a.b'] names a key that holds dots.
import { isObject, setKey } from "./json.ts";

/** The steps of a path; throws on text that is no simple path. */
export function parsePath(path: string): readonly string[] {
  const steps: string[] = [];
  const pattern = /\.?([^.[\]'"]+)|\[(?:'([^']*)'|"([^"]*)")\]/y;
  while (pattern.lastIndex < path.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(path);
    if (!match) throw new Error(`"${path}" is not a simple path: trouble at ${JSON.stringify(path.slice(start))}`);
    steps.push(match[1] ?? match[2] ?? match[3] ?? "");
  }
  return steps;
}

const parsed = new Map<string, readonly string[]>();
const limit = 1024;
function stepsOf(path: string): readonly string[] {
  let steps = parsed.get(path);
  if (!steps) {
    if (parsed.size >= limit) parsed.clear();
    parsed.set(path, (steps = parsePath(path)));
  }
  return steps;
}

/** The value at a path; undefined where there is none. */
export function getPath(object: unknown, path: string): unknown {
  let value = object;
  for (const step of stepsOf(path)) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

/** A copy of the object with another value at the path; objects on the way are made, undefined removes. */
export function setPath<T extends object>(object: T, path: string, value: unknown): T {
  return set(object, stepsOf(path), 0, value) as T;
}
function set(object: unknown, steps: readonly string[], at: number, value: unknown): unknown {
  const step = steps[at];
  if (step === undefined) return value;
  const copy: Record<string, unknown> = isObject(object) ? { ...object } : {};
  const inner = Object.hasOwn(copy, step) ? copy[step] : undefined;
  if (value === undefined && inner === undefined) return object;
  const next = set(inner, steps, at + 1, value);
  if (next === undefined) delete copy[step];
  else setKey(copy, step, next);
  return copy;
}
