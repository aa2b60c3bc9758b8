// YAML request bodies and answers, read as Go's sigs.k8s.io/yaml reads them: YAML 1.1 booleans (yes, on, y), octal "0777",
// no times, keys as text. The library is loaded at first use, so that a server that sees only JSON never pays for it.
import type * as Yaml from "js-yaml";
import { badRequest } from "./errors.ts";
import { type ParsedJson, setKey } from "./json.ts";

type Library = typeof Yaml;
interface Loaded {
  readonly library: Library;
  readonly schema: Yaml.Schema;
}
let loading: Promise<Loaded> | undefined;
const library = (): Promise<Loaded> => (loading ??= import("js-yaml").then(prepare));

const maxDepth = 400;
/** Aliases let a small text stand for a huge value; this many values is more than any body can spell out. */
const maxValues = 1_000_000;

function prepare(yaml: Library): Loaded {
  const digits = ["-", "+", ".", ..."0123456789"];
  const int = yaml.defineScalarTag<number>("tag:yaml.org,2002:int", {
    implicit: true,
    implicitFirstChars: digits,
    resolve: (source) => parseInteger(source.replaceAll("_", "")) ?? yaml.NOT_RESOLVED,
    identify: (value) => Number.isInteger(value) && !Object.is(value, -0),
  });
  const float = yaml.defineScalarTag<number>("tag:yaml.org,2002:float", {
    implicit: true,
    implicitFirstChars: digits,
    resolve: (source) => parseFloatGo(source.replaceAll("_", "")) ?? yaml.NOT_RESOLVED,
    identify: (value) => typeof value === "number",
  });
  const base = yaml.FAILSAFE_SCHEMA.withTags(yaml.nullYaml11Tag, yaml.boolYaml11Tag, int, float, yaml.mergeTag);
  return { library: yaml, schema: base.withTags(yaml.mapTag) };
}

function parseInteger(text: string): number | undefined {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]+|0|[1-9][0-9]*)$/.exec(text);
  if (!match) return undefined;
  const [, sign, digits = ""] = match;
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return sign === "-" && value !== 0 ? -value : value;
}
function parseFloatGo(text: string): number | undefined {
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text))
    // What is too large for a number is text, as in Go.
    return Number.isFinite(Number(text)) ? Number(text) : undefined;
  if (/^\+?\.(?:inf|Inf|INF)$/.test(text)) return Infinity;
  if (/^-\.(?:inf|Inf|INF)$/.test(text)) return -Infinity;
  return /^\.(?:nan|NaN|NAN)$/.test(text) ? NaN : undefined;
}

/** The first document; null for an empty text. Throws ApiError BadRequest. Keys given twice are errors, not paths. */
export async function parseYaml(bytes: Uint8Array, options: { duplicates?: boolean } = {}): Promise<ParsedJson> {
  const [text, loaded] = [new TextDecoder().decode(bytes), await library()];
  const { values, events } = documents(loaded, text);
  const yamlErrors = options.duplicates ? keysGivenTwice(loaded.library, text, events) : [];
  return { value: values[0] ?? null, duplicates: [], isYaml: true, ...(yamlErrors.length > 0 ? { yamlErrors } : {}) };
}

/** Of the first document, which can be read. Upstream: the line is that of the value. */
function keysGivenTwice(yaml: Library, text: string, events: readonly Yaml.Event[]): string[] {
  const found: string[] = [];
  const open: { readonly keys?: Set<string>; key?: string | undefined }[] = [];
  const lineOf = lineCounter(text);
  for (const event of events) {
    if (event.type === yaml.EVENT_ID.POP) {
      if (open.pop() && open.length === 0) break;
      continue;
    }
    const within = open.at(-1);
    const isScalar = event.type === yaml.EVENT_ID.SCALAR;
    if (within?.keys && within.key === undefined) within.key = isScalar ? yaml.getScalarValue(text, event) : "<<";
    else if (within?.keys) {
      const key = within.key!;
      if (within.keys.has(key) && key !== "<<")
        found.push(`line ${lineOf(event)}: key ${JSON.stringify(key)} already set in map`);
      within.keys.add(key);
      within.key = undefined;
    }
    if (event.type === yaml.EVENT_ID.MAPPING) open.push({ keys: new Set() });
    else if (event.type === yaml.EVENT_ID.SEQUENCE || event.type === yaml.EVENT_ID.DOCUMENT) open.push({});
  }
  return found;
}
/** Counts lines from 1; asked in the order of the text. */
function lineCounter(text: string): (event: Yaml.Event) => number {
  let [line, at] = [1, 0];
  return (event) => {
    const position = "valueStart" in event ? event.valueStart : "start" in event ? event.start : at;
    for (let next = text.indexOf("\n", at); next >= 0 && next < position; next = text.indexOf("\n", at)) {
      line++;
      at = next + 1;
    }
    return line;
  };
}
/** All documents of a text, empty ones left out. Throws ApiError BadRequest. */
export async function parseYamlDocuments(text: string): Promise<unknown[]> {
  return documents(await library(), text).values.filter((document) => document !== null);
}

/** What Go's reader calls the mistakes that are made most. */
const goReasons: Readonly<Record<string, string>> = {
  "bad indentation of a mapping entry": "mapping values are not allowed in this context",
  "tab characters must not be used in indentation": "found character that cannot start any token",
};

function documents({ library: yaml, schema }: Loaded, source: string): { values: unknown[]; events: Yaml.Event[] } {
  try {
    const events = yaml.parseEvents(source, { maxDepth });
    const loaded = yaml.constructFromEvents(events, { source, schema, json: true });
    const budget = { left: maxValues };
    return { values: loaded.map((document) => plain(document, budget, 0)), events };
  } catch (error) {
    if (error instanceof yaml.YAMLException) {
      const line = error.mark && error.mark.line > 0 ? `line ${error.mark.line + 1}: ` : "";
      throw badRequest(`yaml: ${line}${goReasons[error.reason] ?? error.reason}`);
    }
    throw badRequest(`yaml: ${(error as Error).message}`);
  }
}

/** A JSON value without shared parts; refuses what JSON has no form for, and what aliases blow up. */
function plain(value: unknown, budget: { left: number }, depth: number): unknown {
  if (--budget.left < 0 || depth > maxDepth) throw new Error("document contains excessive aliasing");
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`json: unsupported value: ${value}`);
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, budget, depth + 1));
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) setKey(out, key.toWellFormed(), plain(item, budget, depth + 1));
  return out;
}

/** The YAML text of a JSON value, in Go's style: keys sorted, list items not indented. */
export async function emitYaml(value: unknown): Promise<string> {
  const { library: yaml } = await library();
  return yaml.dump(value, { noRefs: true, lineWidth: -1, seqNoIndent: true, sortKeys: true, skipInvalid: true });
}
