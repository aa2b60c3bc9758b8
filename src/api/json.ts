// JSON bodies. The common path is JSON.parse; the scanner in json-scan.ts runs only for what JSON.parse cannot tell:
// duplicate keys, and the texts that Go prints for broken input.
import { badRequest } from "./errors.ts";
import { GoSyntaxError, scanJson } from "./json-scan.ts";

/** Deeper nesting is refused, so that the recursive walks over an object cannot exhaust the stack. */
export const maxDepth = 1000;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** The text Go clients know for a body that is no JSON object. */
const unreadable = (why: string): string => `couldn't get version/kind; json parse error: ${why}`;

export interface ParsedJson {
  readonly value: unknown;
  /** Paths of keys given twice, such as spec.replicas; only looked for on request. */
  readonly duplicates: string[];
  /** Where there are duplicates: the order of all keys in the text, by path (see scanJson). */
  readonly places?: ReadonlyMap<string, number>;
  /** The text was YAML: upstream takes its maps by key. */
  readonly isYaml?: true;
  /** What Go's strict reader says of a YAML text, such as: line 3: key "a" already set in map. */
  readonly yamlErrors?: readonly string[];
}

/** Throws ApiError BadRequest when the bytes are not JSON or nest too deeply. */
export function parseJson(bytes: Uint8Array, options: { duplicates?: boolean } = {}): ParsedJson {
  const text = decoder.decode(bytes);
  // A text of n characters cannot nest deeper than n/2 and still be closed.
  if (text.length > 2 * maxDepth && tooDeep(text)) throw badRequest(unreadable("exceeded max depth"));
  try {
    const parsed: unknown = JSON.parse(text);
    const value = surrogateEscape.test(text) ? wellFormed(parsed) : parsed;
    const duplicates = options.duplicates ? scanJson(text) : [];
    return { value, duplicates, ...(duplicates.length > 0 ? { places: placesIn(text) } : {}) };
  } catch (error) {
    throw badRequest(unreadable(goText(text, error)));
  }
}

function placesIn(text: string): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  scanJson(text, places);
  return places;
}

const surrogateEscape = /\\u[dD][89a-fA-F]/;
/** Halves of surrogate pairs have no form in UTF-8: they become U+FFFD, as Go reads them, before anything is named so. */
function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (!isObject(value)) return value;
  const out: Record<string, unknown> = {};
  for (const key in value) setKey(out, key.toWellFormed(), wellFormed(value[key]));
  return out;
}

/** What Go says is wrong with a JSON text; undefined when nothing is. */
export function goSyntaxError(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return goText(text, error);
  }
}
function goText(text: string, error: unknown): string {
  try {
    scanJson(text);
  } catch (scanned) {
    if (scanned instanceof GoSyntaxError) return scanned.message;
    throw scanned;
  }
  return String(error);
}

function tooDeep(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) {
      for (i++; i < text.length; i++) {
        const s = text.charCodeAt(i);
        if (s === 0x5c) i++;
        else if (s === 0x22) break;
      }
    } else if (c === 0x7b || c === 0x5b) {
      if (++depth > maxDepth) return true;
    } else if (c === 0x7d || c === 0x5d) depth--;
  }
  return false;
}

/** Sets a key that may be "__proto__" as an ordinary property. */
export function setKey(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else object[key] = value;
}

/** A value of a map whose keys clients choose: what every object inherits ("constructor") is none. */
export const member = <T>(map: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;

/** Whether a value is a JSON object (not null, not a list). */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Freezes a JSON value and all within; what is frozen already is taken to be frozen throughout. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) for (const item of value) deepFreeze(item);
  else for (const key in value) deepFreeze(value[key]);
  return Object.freeze(value);
}

/** A deep, writable copy of a JSON value; several times faster than structuredClone. */
export function cloneJson<T>(value: T): T {
  return clone(value) as T;
}
function clone(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const list: unknown[] = Array.from({ length: value.length });
    for (let i = 0; i < value.length; i++) list[i] = clone(value[i]);
    return list;
  }
  const copy: Record<string, unknown> = {};
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    if (item !== undefined) setKey(copy, key, clone(item));
  }
  return copy;
}

/** Equality of JSON values: the order of keys does not matter, and an undefined member counts as absent. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!deepEqual(a[i], b[i])) return false;
    return true;
  }
  return !Array.isArray(b) && equalObjects(a as Record<string, unknown>, b as Record<string, unknown>);
}
function equalObjects(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  let count = 0;
  for (const key in a) {
    const value = a[key];
    if (value === undefined) continue;
    count++;
    if (!Object.hasOwn(b, key) || !deepEqual(value, b[key])) return false;
  }
  for (const key in b) if (b[key] !== undefined) count--;
  return count === 0;
}
