// One step of a path into an object, as managedFields writes it: f:name a field, k:{…} an item of a keyed list, v:… an
// item of a set, i:0 an index. The text in its canonical form is the identity of a step, so sets are maps of texts.
import { isObject } from "#api/json.ts";

/** "f:spec", 'k:{"name":"a"}', 'v:"x"', "i:0"; always canonical. */
export type PathElement = string;
export type Path = readonly PathElement[];

export function fieldElement(name: string): PathElement {
  let element = fields.get(name);
  if (element === undefined) {
    if (fields.size >= mostFields) fields.clear();
    element = `f:${name}`;
    if (name.length <= longestField) fields.set(name, element);
  }
  return element;
}
/** The same few names come again and again; a text that is not new has its hash already. */
const fields = new Map<string, PathElement>();
const mostFields = 4_096;
const longestField = 64;
export const valueElement = (value: unknown): PathElement => `v:${JSON.stringify(value)}`;
/** The keys of an item, sorted by name. */
export function keyElement(keys: Readonly<Record<string, unknown>>): PathElement {
  const names = Object.keys(keys).sort();
  return `k:{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(keys[name])}`).join(",")}}`;
}

/** The canonical form of an element that a client wrote; undefined when it is none. */
export function parseElement(text: string): PathElement | undefined {
  const rest = text.slice(2);
  try {
    switch (text.slice(0, 2)) {
      case "f:":
        return text;
      case "v:":
        return valueElement(JSON.parse(rest));
      case "k:": {
        const keys: unknown = JSON.parse(rest);
        return isObject(keys) ? keyElement(keys) : undefined;
      }
      case "i:":
        return /^-?[0-9]+$/.test(rest) ? `i:${Number(rest)}` : undefined;
      default:
        return undefined;
    }
  } catch {
    return undefined; // Not JSON after the prefix.
  }
}

/** A path as conflicts print it: .spec.containers[name="a"].image */
export const pathText = (path: Path): string => path.map(elementText).join("");
export function elementText(element: PathElement): string {
  const rest = element.slice(2);
  if (element.startsWith("f:")) return `.${rest}`;
  if (element.startsWith("v:")) return `[=${rest}]`;
  if (element.startsWith("i:")) return `[${rest}]`;
  const keys = JSON.parse(rest) as Record<string, unknown>;
  return `[${Object.entries(keys)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",")}]`;
}
