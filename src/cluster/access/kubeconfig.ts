// The person's kubeconfig: a context for each cluster is merged in and taken out again; everything else in the file
// stays. Reading and merging are pure; the file is replaced as a whole, under the lock file that kubectl uses.
import { chownSync, closeSync, existsSync, mkdirSync, openSync, realpathSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { dump, JSON_SCHEMA, load } from "js-yaml";
import type { Clock } from "#base/clock.ts";
import { readIfThere } from "#cluster/machine/machine-facts.ts";
import { messageOf, Problem } from "#cluster/problem.ts";
import { writeWhole } from "#cluster/registry.ts";

export interface ContextToAdd {
  /** Name of the context, the cluster and the user alike. */
  readonly name: string;
  readonly server: string;
  /** PEM. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

interface Named {
  readonly name: string;
  readonly [other: string]: unknown;
}
export interface Kubeconfig {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly clusters?: readonly Named[] | null;
  readonly users?: readonly Named[] | null;
  readonly contexts?: readonly Named[] | null;
  readonly "current-context"?: string;
  readonly [other: string]: unknown;
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const others = (list: readonly Named[] | null | undefined, name: string): Named[] =>
  (list ?? []).filter((entry) => entry.name !== name);

function withEntry(list: readonly Named[] | null | undefined, entry: Named): Named[] {
  const at = (list ?? []).findIndex((old) => old.name === entry.name);
  return at < 0 ? [...(list ?? []), entry] : (list ?? []).with(at, { ...list![at], ...entry });
}

/** Adds or renews a context. A namespace the person chose for it stays. `select` makes it the current one. */
export function mergeContext(config: Kubeconfig, add: ContextToAdd, select = true): Kubeconfig {
  const { name } = add;
  const cluster = { server: add.server, "certificate-authority-data": base64(add.authority) };
  const user = { "client-certificate-data": base64(add.certificate), "client-key-data": base64(add.key) };
  const old = (config.contexts ?? []).find((context) => context.name === name)?.["context"] as object | undefined;
  return {
    apiVersion: "v1",
    kind: "Config",
    ...config,
    clusters: withEntry(config.clusters, { name, cluster }),
    users: withEntry(config.users, { name, user }),
    contexts: withEntry(config.contexts, { name, context: { ...old, cluster: name, user: name } }),
    ...(select ? { "current-context": name } : {}),
  };
}

/** Takes a context out. When it was the current one, none is current. */
export function removeContext(config: Kubeconfig, name: string): Kubeconfig {
  return {
    ...config,
    clusters: others(config.clusters, name),
    users: others(config.users, name),
    contexts: others(config.contexts, name),
    ...(config["current-context"] === name ? { "current-context": "" } : {}),
  };
}

/** Whether the file already says what `add` would. */
export function hasContext(config: Kubeconfig, add: ContextToAdd): boolean {
  const merged = mergeContext(config, add, false);
  return JSON.stringify(merged) === JSON.stringify({ apiVersion: "v1", kind: "Config", ...config });
}

export const isEmpty = (config: Kubeconfig): boolean =>
  [config.clusters, config.users, config.contexts].every((list) => (list ?? []).length === 0);

export interface KubeconfigFile {
  readonly path: string;
  /** Whom the file belongs to, when that is not the caller. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/**
 * The file to write: the one asked for, the first of $KUBECONFIG, or ~/.kube/config. Under sudo it is that of the
 * person who called sudo.
 */
export function kubeconfigFile(env: NodeJS.ProcessEnv, asked: string | undefined): KubeconfigFile {
  const [uid, gid] = [Number(env["SUDO_UID"]), Number(env["SUDO_GID"])];
  const underSudo = process.getuid?.() === 0 && env["SUDO_UID"] !== undefined && uid !== 0;
  const owner = underSudo ? { owner: { uid, gid } } : {};
  const first = (env["KUBECONFIG"] ?? "").split(delimiter).find((path) => path !== "");
  const named = asked ?? first;
  if (named !== undefined) return { path: resolve(named), ...owner };
  const home = underSudo ? homeOf(readIfThere("/etc/passwd"), uid) : undefined;
  return { path: join(home ?? env["HOME"] ?? homedir(), ".kube", "config"), ...owner };
}

export function homeOf(passwd: string, uid: number): string | undefined {
  for (const line of passwd.split("\n")) {
    const fields = line.split(":");
    if (fields[2] === String(uid)) return fields[5];
  }
  return undefined;
}

export function readKubeconfig(path: string): Kubeconfig {
  const text = readIfThere(path);
  try {
    // Numbers and truth values keep their type and everything else stays text, as other programs wrote it.
    const value = load(text === "" ? "{}" : text, { schema: JSON_SCHEMA }) ?? {};
    if (typeof value !== "object" || Array.isArray(value)) throw new Error("it is not a mapping");
    return value as Kubeconfig;
  } catch (error) {
    throw new Problem(`the kubeconfig ${path} cannot be read`, {
      why: messageOf(error),
      remedy: "mend or move the file, or choose another one with --kubeconfig",
    });
  }
}

/** Reads, changes and writes the file; when `change` returns the same object, nothing is written. */
export async function changeKubeconfig(
  file: KubeconfigFile,
  change: (config: Kubeconfig) => Kubeconfig | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const path = existsSync(file.path) ? realpathSync(file.path) : file.path;
  const made = mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (made !== undefined) giveTo(made, file.owner);
  await using _ = await lockFile(`${path}.lock`, clock, signal);
  const before = readKubeconfig(path);
  const after = change(before);
  if (after === before) return;
  if (after === undefined) return rmSync(path, { force: true });
  const owner = existsSync(path) ? statSync(path) : file.owner;
  writeWhole(path, dump(after, { schema: JSON_SCHEMA, lineWidth: -1, noRefs: true }), 0o600);
  giveTo(path, owner);
}

function giveTo(path: string, owner: { readonly uid: number; readonly gid: number } | undefined): void {
  if (owner && process.getuid?.() === 0) chownSync(path, owner.uid, owner.gid);
}

const lockAttempts = 20;
const lockRetryMs = 100;

async function lockFile(path: string, clock: Clock, signal: AbortSignal): Promise<AsyncDisposable> {
  for (let attempt = 1; ; attempt++) {
    try {
      closeSync(openSync(path, "wx", 0o600));
      return { [Symbol.asyncDispose]: async () => rmSync(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (attempt < lockAttempts) await clock.sleep(lockRetryMs, signal);
      else
        throw new Problem("the kubeconfig is locked", {
          why: `${path} exists: another program is changing the file, or ended without removing its lock`,
          remedy: `remove it if no kubectl runs: rm ${path}`,
        });
    }
  }
}
