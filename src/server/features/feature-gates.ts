// Which features are on. `--feature-gates` is read as upstream reads it: single gates win over AllAlpha and AllBeta,
// locked ones stay as they are, and what a gate depends on must be on too.
import type { Metrics } from "#base/metrics.ts";
import { dependencies, knownGates } from "./known-gates.ts";
import { parseBool, parseBoolProblem } from "./parse-bool.ts";

/** A setting that cannot be understood; the text is upstream's. */
export class SettingError extends Error {}

export interface FeatureGates {
  /** Throws when nobody knows the gate: its name is misspelt here. */
  isOn(name: string): boolean;
  all(): ReadonlyMap<string, boolean>;
}

/** Reads "A=true,B=false". Throws SettingError. */
export function parseFeatureGates(text: string): FeatureGates {
  const given = new Map<string, boolean>();
  for (const part of text.split(",")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = (equals < 0 ? part : part.slice(0, equals)).trim();
    if (equals < 0) throw new SettingError(`missing bool value for ${name}`);
    const value = part.slice(equals + 1).trim();
    const isOn = parseBool(value);
    if (isOn === undefined)
      throw new SettingError(`invalid value of ${name}=${value}, err: ${parseBoolProblem(value)}`);
    given.set(name, isOn);
  }
  const all = withGroups(given);
  const missing = missingDependencies(all);
  if (missing.length > 0) throw new SettingError(aggregate(missing));
  return {
    isOn(name) {
      const isOn = all.get(name);
      if (isOn === undefined) throw new Error(`unknown feature gate ${name}`);
      return isOn;
    },
    all: () => all,
  };
}

/** One message as it is, several in brackets. */
const aggregate = (messages: readonly string[]): string =>
  messages.length === 1 ? messages[0]! : `[${messages.join(", ")}]`;

function withGroups(given: ReadonlyMap<string, boolean>): Map<string, boolean> {
  const locked: string[] = [];
  for (const [name, isOn] of given) {
    const gate = knownGates.get(name);
    if (!gate) throw new SettingError(`unrecognized feature gate: ${name}`);
    if (gate.isLocked && gate.isOn !== isOn)
      locked.push(`cannot set feature gate ${name} to ${isOn}, feature is locked to ${gate.isOn}`);
  }
  if (locked.length > 0) throw new SettingError(aggregate(locked));
  const ofStage: Readonly<Record<string, boolean | undefined>> = {
    ALPHA: given.get("AllAlpha"),
    BETA: given.get("AllBeta"),
  };
  return new Map(
    [...knownGates].map(([name, gate]) => {
      const isGroup = name === "AllAlpha" || name === "AllBeta";
      return [name, given.get(name) ?? (isGroup ? undefined : ofStage[gate.stage]) ?? gate.isOn];
    }),
  );
}
function missingDependencies(all: ReadonlyMap<string, boolean>): string[] {
  return Object.entries(dependencies).flatMap(([name, needed]) => {
    const off = all.get(name) ? needed.filter((one) => !all.get(one)) : [];
    const text = `${name} is enabled, but depends on features that are disabled: [${off.join(" ")}]`;
    return off.length > 0 ? [text] : [];
  });
}

/** Nothing is set. */
export const defaultGates: FeatureGates = parseFeatureGates("");

export function observeFeatureGates(metrics: Metrics, gates: FeatureGates): void {
  const help = "[BETA] This metric records the data about the stage and enablement of a k8s feature.";
  metrics.observed("kubernetes_feature_enabled", help, () =>
    Array.from(gates.all(), ([name, isOn]) => {
      const { stage } = knownGates.get(name)!;
      return { labels: { name, stage: stage === "GA" ? "" : stage }, value: isOn ? 1 : 0 };
    }).toSorted((a, b) => (a.labels.name < b.labels.name ? -1 : 1)),
  );
}
