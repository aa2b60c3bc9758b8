// Which level of Pod Security a namespace asks for, from its labels. A label that cannot be read fails closed where it
// enforces and open where it only tells.
import { invalidValue, type FieldError } from "#api/field-error.ts";

export type Level = "privileged" | "baseline" | "restricted";
const levels: readonly Level[] = ["privileged", "baseline", "restricted"];

export interface LevelVersion {
  readonly level: Level;
  /** The minor of v1.x; Infinity: the latest. */
  readonly minor: number;
}
export interface Policy {
  readonly enforce: LevelVersion;
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
}

const anything: LevelVersion = { level: "privileged", minor: Infinity };
export const privilegedPolicy: Policy = { enforce: anything, audit: anything, warn: anything };

export const labelPrefix = "pod-security.kubernetes.io/";
/** "restricted:latest", "baseline:v1.30" */
export const levelText = ({ level, minor }: LevelVersion): string =>
  `${level}:${minor === Infinity ? "latest" : `v1.${minor}`}`;
/** Negative when `a` allows more than `b`. */
export const compareLevels = (a: Level, b: Level): number => levels.indexOf(a) - levels.indexOf(b);
export const sameLevel = (a: LevelVersion, b: LevelVersion): boolean => a.level === b.level && a.minor === b.minor;

type Mode = keyof Policy;
type Labels = Readonly<Record<string, string>> | undefined;

/** What one mode's two labels say; undefined where there is no label, an error text where it cannot be read. */
function readLabels(labels: Labels, mode: Mode): { level?: Level; minor?: number; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const refuse = (label: string, value: string, why: string): void =>
    void errors.push(invalidValue(`metadata.labels[${label}]`, value, why));
  const level = labels?.[labelPrefix + mode];
  const version = labels?.[`${labelPrefix}${mode}-version`];
  const known = levels.find((l) => l === level);
  if (level !== undefined && !known) refuse(labelPrefix + mode, level, `must be one of ${levels.join(", ")}`);
  const minor = version === undefined ? undefined : minorOf(version);
  if (version !== undefined && minor === undefined)
    refuse(`${labelPrefix}${mode}-version`, version, 'must be "latest" or "v1.x"');
  return { ...(known ? { level: known } : {}), ...(version === undefined ? {} : { minor: minor ?? Infinity }), errors };
}
function minorOf(version: string): number | undefined {
  if (version === "latest") return Infinity;
  const match = /^v1\.(0|[1-9]\d*)$/.exec(version);
  return match ? Number(match[1]) : undefined;
}

/** Warnings follow what is enforced where nothing else is said of them. */
export function policyOf(
  labels: Labels,
  defaults: Policy = privilegedPolicy,
): { policy: Policy; errors: FieldError[] } {
  const read = {
    enforce: readLabels(labels, "enforce"),
    audit: readLabels(labels, "audit"),
    warn: readLabels(labels, "warn"),
  };
  const settle = (mode: Mode, fallback: Level): LevelVersion => ({
    level: read[mode].level ?? (labels?.[labelPrefix + mode] === undefined ? defaults[mode].level : fallback),
    minor: read[mode].minor ?? defaults[mode].minor,
  });
  const enforce = settle("enforce", "restricted");
  let warn = settle("warn", "privileged");
  const isUnsaid = labels?.[`${labelPrefix}warn`] === undefined;
  if (isUnsaid && read.enforce.level !== undefined && compareLevels(enforce.level, warn.level) > 0)
    warn = { level: enforce.level, minor: read.warn.minor ?? enforce.minor };
  const errors = [...read.enforce.errors, ...read.audit.errors, ...read.warn.errors];
  return { policy: { enforce, audit: settle("audit", "privileged"), warn }, errors };
}
