// The order in which a client is told of unknown and duplicate fields: as they stand in the text.
import type { ParsedJson } from "#api/json.ts";
import { secondMention } from "#api/json-scan.ts";

export interface Finding {
  readonly path: string;
  readonly text: string;
  readonly isDuplicate?: boolean;
}

/** Paths of everything in a JSON value, in its order, or by key. */
function placesIn(value: unknown, path: string, places: Map<string, number>, isByKey: boolean): Map<string, number> {
  places.set(path, places.size);
  if (Array.isArray(value)) for (const [i, item] of value.entries()) placesIn(item, `${path}[${i}]`, places, isByKey);
  else if (typeof value === "object" && value !== null)
    for (const key of isByKey ? Object.keys(value).toSorted() : Object.keys(value))
      placesIn((value as Record<string, unknown>)[key], path ? `${path}.${key}` : key, places, isByKey);
  return places;
}

export function inTextOrder(body: Partial<ParsedJson>, findings: readonly Finding[]): string[] {
  if (findings.length < 2) return findings.map((f) => f.text);
  const places = body.places ?? placesIn(body.value, "", new Map(), body.isYaml ?? false);
  const placeOf = ({ path, isDuplicate }: Finding): number =>
    (isDuplicate ? places.get(secondMention(path)) : undefined) ?? places.get(path) ?? Infinity;
  return findings.toSorted((a, b) => placeOf(a) - placeOf(b) || 0).map((f) => f.text);
}
