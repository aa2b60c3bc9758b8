// The encryption configuration (apiserver.config.k8s.io/v1, EncryptionConfiguration): which resources are sealed and by
// which keys. The first entry that names a resource counts.
import type { Random } from "#base/random.ts";
import { registryRoot } from "#server/cache/storage.ts";
import { providers } from "./providers.ts";
import { sealPrefix, Sealer, type Method } from "./sealer.ts";

interface KeyConfig {
  readonly name?: string;
  /** base64 */
  readonly secret?: string;
}
type ProviderConfig = Readonly<Record<string, { readonly keys?: readonly KeyConfig[] } | undefined>>;
interface ResourceConfig {
  readonly resources?: readonly string[];
  readonly providers?: readonly ProviderConfig[];
}
export interface EncryptionConfiguration {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly resources?: readonly ResourceConfig[];
}

/** What is wrong with a configuration, by field; empty: nothing. Secrets are not shown. */
export function encryptionProblems(value: unknown): string[] {
  const config = value as EncryptionConfiguration;
  if (config?.apiVersion !== "apiserver.config.k8s.io/v1" || config.kind !== "EncryptionConfiguration")
    return ["it must be an EncryptionConfiguration of apiserver.config.k8s.io/v1"];
  if (!config.resources?.length) return ["resources: at least one entry is needed"];
  return config.resources.flatMap(({ resources, providers: given }, i) => {
    const at = `resources[${i}]`;
    const found = resources?.length ? [] : [`${at}.resources: at least one is needed`];
    if (!given?.length) found.push(`${at}.providers: at least one is needed`);
    return [...found, ...(given ?? []).flatMap((one, j) => providerProblems(`${at}.providers[${j}]`, one))];
  });
}
function providerProblems(at: string, config: ProviderConfig): string[] {
  const [name, ...more] = Object.keys(config);
  if (name === undefined || more.length > 0) return [`${at}: must name exactly one provider`];
  if (name === "identity") return [];
  const provider = providers.find((one) => one.name === name);
  if (!provider) return [`${at}.${name}: is not supported; supported are identity, aesgcm, aescbc and secretbox`];
  const keys = config[name]?.keys ?? [];
  if (keys.length === 0) return [`${at}.${name}.keys: at least one is needed`];
  return keys.flatMap(({ name: keyName, secret }, i) => {
    const place = `${at}.${name}.keys[${i}]`;
    const found = keyName && !keyName.includes(":") ? [] : [`${place}.name: is needed, without a colon`];
    const size = Buffer.from(secret ?? "", "base64").length;
    if (!provider.keySizes.includes(size))
      found.push(`${place}.secret: must be base64 of ${provider.keySizes.join(", ")} bytes, and is of ${size}`);
    return found;
  });
}

async function methodsOf(config: ProviderConfig, random: Random): Promise<Method[]> {
  const [[name, given] = ["", undefined]] = Object.entries(config);
  const provider = providers.find((one) => one.name === name);
  if (!provider) return [{ prefix: "" }];
  return Promise.all(
    (given?.keys ?? []).map(async (key) => ({
      prefix: `${sealPrefix}${provider.name}:v1:${key.name!}:`,
      cipher: await provider.create(Buffer.from(key.secret!, "base64"), random),
    })),
  );
}

/** "secrets", "deployments.apps", "*." of the core group, "*.apps", or "*.*". */
function names(entry: string, group: string, plural: string): boolean {
  if (entry === "*.*") return true;
  const dot = entry.indexOf(".");
  const [resource, of] = dot < 0 ? [entry, ""] : [entry.slice(0, dot), entry.slice(dot + 1)];
  return of === group && (resource === "*" || resource === plural);
}

/** By the keys of the store. */
export class Encryption {
  readonly #entries: readonly { readonly resources: readonly string[]; readonly sealer: Sealer }[];
  /** By "/registry/<group>/<plural>/". */
  readonly #known = new Map<string, Sealer | undefined>();

  constructor(entries: readonly { readonly resources: readonly string[]; readonly sealer: Sealer }[]) {
    this.#entries = entries;
  }
  /** Undefined: values under this key are as they are. */
  sealerFor(key: string): Sealer | undefined {
    const group = key.indexOf("/", registryRoot.length);
    const plural = group < 0 ? -1 : key.indexOf("/", group + 1);
    if (plural < 0 || !key.startsWith(registryRoot)) return undefined;
    const prefix = key.slice(0, plural + 1);
    if (this.#known.has(prefix)) return this.#known.get(prefix);
    const name = key.slice(registryRoot.length, group);
    const resource = key.slice(group + 1, plural);
    const found = this.#entries.find(({ resources }) =>
      resources.some((entry) => names(entry, name === "core" ? "" : name, resource)),
    )?.sealer;
    this.#known.set(prefix, found);
    return found;
  }
}

/** The configuration must be without problems. */
export async function createEncryption(config: EncryptionConfiguration, random: Random): Promise<Encryption> {
  const entries = (config.resources ?? []).map(async ({ resources = [], providers: given = [] }) => {
    const methods = await Promise.all(given.map((one) => methodsOf(one, random)));
    return { resources, sealer: new Sealer(methods.flat()) };
  });
  return new Encryption(await Promise.all(entries));
}
