// Which versions and resources are served. `--runtime-config` is read as upstream reads it: api/all, then api/ga,
// api/beta and api/alpha, then single versions, then single resources; stable versions are on by default, others off.
import { apiVersionOf, parseApiVersion, type GroupVersion, type GroupVersionResource } from "#api/kind.ts";
import { SettingError } from "./feature-gates.ts";
import { parseBool, parseBoolProblem } from "./parse-bool.ts";

export type IsServed = (resource: GroupVersionResource) => boolean;

const stable = /^v\d+$/;
/** In the order in which they count. */
const sets: readonly (readonly [key: string, has: (version: string) => boolean])[] = [
  ["api/all", () => true],
  ["api/ga", (version) => stable.test(version)],
  ["api/beta", (version) => /^v\d+beta\d+$/.test(version)],
  ["api/alpha", (version) => /^v\d+alpha\d+$/.test(version)],
];
const setKeys = new Set(sets.map(([key]) => key));

/** Versions that Kubernetes knows by name, although some of them serve nothing (any more). */
const known: Readonly<Record<string, readonly string[]>> = {
  "": ["v1"],
  "admission.k8s.io": ["v1", "v1beta1"],
  "admissionregistration.k8s.io": ["v1", "v1beta1", "v1alpha1"],
  "apiextensions.k8s.io": ["v1", "v1beta1"],
  "apiregistration.k8s.io": ["v1", "v1beta1"],
  apps: ["v1", "v1beta2", "v1beta1"],
  "authentication.k8s.io": ["v1", "v1beta1", "v1alpha1"],
  "authorization.k8s.io": ["v1", "v1beta1"],
  autoscaling: ["v2", "v1"],
  batch: ["v1", "v1beta1"],
  "certificates.k8s.io": ["v1", "v1beta1", "v1alpha1"],
  "coordination.k8s.io": ["v1", "v1beta1", "v1alpha2"],
  "discovery.k8s.io": ["v1", "v1beta1"],
  "events.k8s.io": ["v1", "v1beta1"],
  extensions: ["v1beta1"],
  "flowcontrol.apiserver.k8s.io": ["v1", "v1beta3", "v1beta2", "v1beta1"],
  "imagepolicy.k8s.io": ["v1alpha1"],
  "internal.apiserver.k8s.io": ["v1alpha1"],
  "networking.k8s.io": ["v1", "v1beta1"],
  "node.k8s.io": ["v1", "v1beta1", "v1alpha1"],
  policy: ["v1", "v1beta1"],
  "rbac.authorization.k8s.io": ["v1", "v1beta1", "v1alpha1"],
  "resource.k8s.io": ["v1", "v1beta2", "v1beta1", "v1alpha3"],
  "scheduling.k8s.io": ["v1", "v1beta1", "v1alpha2"],
  "storage.k8s.io": ["v1", "v1beta1", "v1alpha1"],
  "storagemigration.k8s.io": ["v1beta1"],
};

interface Choice extends GroupVersion {
  readonly key: string;
  /** Absent: the whole version. */
  readonly plural?: string;
}

/** "a=true,b/c=false"; a key without a value stands for true. The core group goes by several names. */
function parseEntries(text: string): Map<string, string> {
  const entries = new Map<string, string>();
  for (const part of text.split(",")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const key = (equals < 0 ? part : part.slice(0, equals)).trim();
    const value = equals < 0 ? "" : part.slice(equals + 1).trim();
    if (/^(api\/)?v1(\/|$)/.test(key)) entries.set("/v1", value);
    else if (key !== "api/legacy") entries.set(key, value);
  }
  return entries;
}
function choiceOf(key: string): Choice {
  const parts = key.split("/");
  if (parts.length !== 2 && parts.length !== 3) throw new SettingError(`runtime-config invalid key ${key}`);
  const [group = "", version = "", plural] = parts;
  return { key, group, version, ...(plural === undefined ? {} : { plural }) };
}

/** Throws SettingError. */
export function parseRuntimeConfig(text: string): IsServed {
  const entries = parseEntries(text);
  if (entries.size === 1 && entries.get("api/all") === "false")
    throw new SettingError("invalid runtime-config with only api/all=false");
  const choices = [...entries.keys()].filter((key) => !setKeys.has(key)).map(choiceOf);
  const unknown = choices.filter(({ group }) => !Object.hasOwn(known, group)).map(apiVersionOf);
  if (unknown.length > 0) throw new SettingError(`unknown api groups ${[...new Set(unknown)].sort().join(",")}`);
  const chosenSets = sets.flatMap(([key, has]) => {
    const value = entries.get(key);
    if (value === undefined) return [];
    if (value !== "true" && value !== "false") throw new SettingError(`invalid value ${key}=${value}`);
    return [{ has, isOn: value === "true" }];
  });
  const single = new Map(choices.map((choice) => [idOf(choice), checked(choice, entries.get(choice.key)!)]));
  return ({ group, version, plural }) =>
    single.get(idOf({ group, version, plural })) ??
    single.get(idOf({ group, version })) ??
    chosenSets.findLast(({ has }) => has(version))?.isOn ??
    stable.test(version);
}
const idOf = ({ group, version, plural }: GroupVersion & { readonly plural?: string }): string =>
  `${group}/${version}/${plural ?? ""}`;
function checked(choice: Choice, value: string): boolean {
  const { key, group, version, plural } = choice;
  if (!known[group]!.includes(version))
    throw new SettingError(`group version ${apiVersionOf(choice)} that has not been registered`);
  const isOn = value === "" ? true : parseBool(value);
  if (isOn === undefined) throw new SettingError(`invalid value of ${key}: ${value}, err: ${parseBoolProblem(value)}`);
  if (plural !== undefined && plural.toLowerCase() !== plural) {
    const text = `group/version/resource and resource is always lowercase plural, not ${JSON.stringify(plural)}`;
    throw new SettingError(`invalid key ${key}: ${text}`);
  }
  return isOn;
}

/** Whether anything is asked for that is off by default. */
export const asksForPreviews = (text: string): boolean =>
  [...parseEntries(text)].some(([key, value]) => {
    if (value !== "" && parseBool(value) === false) return false;
    if (setKeys.has(key)) return key !== "api/ga";
    return !stable.test(parseApiVersion(key).version.split("/")[0]!);
  });
