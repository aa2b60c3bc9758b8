// Takes the fields of features that are off out of what is written. Where they can lie follows from the kind's schema
// and is found once for each kind; most kinds have none.
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { type Draft, type Message, type Schema, resolve } from "#api/schema.ts";
import type { FeatureGates } from "./feature-gates.ts";
import { gatedFields, type GatedField } from "./gated-fields.ts";

/** `old` is what stands there: features that it uses already are left to it. */
export type DropDisabled = (kind: AnyKind, draft: Draft<KubeObject>, old?: KubeObject) => void;

/** Where gated fields lie below a message. */
interface Place {
  readonly gated: readonly (readonly [field: string, rule: GatedField])[];
  readonly inner: ReadonlyMap<string, Place>;
  /** The values of a map are meant, not the map. */
  readonly isMap?: boolean;
}
type Value = Record<string, unknown>;

export function createDropDisabled(gates: FeatureGates): DropDisabled {
  const rules = rulesByType(gatedFields.filter(({ gate }) => !gates.isOn(gate)));
  const places = new WeakMap<AnyKind, { readonly place: Place | undefined }>();
  return (kind, draft, old) => {
    let known = places.get(kind);
    if (!known) places.set(kind, (known = { place: placeOf(kind.schema as Schema, rules, new Set()) }));
    const { place } = known;
    if (!place) return;
    const used = new Set<string>();
    if (old) eachGated(place, old, (rule) => used.add(rule.gate));
    eachGated(place, draft, (rule, holder, field) => {
      if (!used.has(rule.gate)) delete holder[field];
    });
  };
}

function rulesByType(disabled: readonly GatedField[]): ReadonlyMap<string, readonly GatedField[]> {
  const rules = new Map<string, GatedField[]>();
  for (const rule of disabled) for (const type of rule.types) rules.set(type, [...(rules.get(type) ?? []), rule]);
  return rules;
}
/** "io.k8s.api.core.v1.PodSpec" is "core.PodSpec". */
function typeName({ name }: Message<unknown>): string {
  const [type, , group] = name.split(".").toReversed();
  return `${group}.${type}`;
}

type Rules = ReturnType<typeof rulesByType>;
/** Undefined: nothing below is gated. `above` are the types that are being looked through, for some hold themselves. */
function placeOf(schema: Schema, rules: Rules, above: ReadonlySet<string>): Place | undefined {
  const type = resolve(schema);
  if (type.type === "list") return placeOf(type.items, rules, above);
  if (type.type === "map") {
    const place = placeOf(type.values, rules, above);
    return place && { ...place, isMap: true };
  }
  if (type.type !== "message" || above.has(type.name)) return undefined;
  const gated = (rules.get(typeName(type)) ?? []).flatMap((rule) =>
    rule.fields.filter((field) => field in type.fields).map((field) => [field, rule] as const),
  );
  const seen = new Set([...above, type.name]);
  const inner = new Map<string, Place>();
  for (const [name, field] of Object.entries(type.fields)) {
    const place = name === "metadata" ? undefined : placeOf(field.schema, rules, seen);
    if (place) inner.set(name, place);
  }
  return gated.length + inner.size > 0 ? { gated, inner } : undefined;
}

function eachGated(
  { gated, inner, isMap = false }: Place,
  value: unknown,
  visit: (rule: GatedField, holder: Value, field: string) => void,
): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value) || isMap) {
    for (const item of Object.values(value)) eachGated({ gated, inner }, item, visit);
    return;
  }
  const holder = value as Value;
  for (const [field, rule] of gated) {
    const held = holder[field];
    if (held !== undefined && held !== null && (rule.when?.(held) ?? true)) visit(rule, holder, field);
  }
  for (const [name, below] of inner) eachGated(below, holder[name], visit);
}
