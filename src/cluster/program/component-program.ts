// How the components of a cluster are started: which program, with which arguments and environment. A bundle is copied
// into the data directory first, so that neither an edit of the checkout nor its removal reaches a running cluster.
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { ComponentName, Layout } from "#cluster/layout.ts";

export interface ComponentProgram {
  readonly node: string;
  /** main.js of a bundle, or src/main.ts. */
  readonly entry: string;
  /** Node's compile cache. */
  readonly compileCache: string;
}

/** `prune`: remove earlier copies, which is allowed while nothing runs from them. */
export function installProgram(layout: Layout, node: string, bundleEntry: string, prune: boolean): ComponentProgram {
  const source = dirname(bundleEntry);
  const name = basename(source);
  const target = join(layout.programDir, name);
  mkdirSync(layout.programDir, { recursive: true, mode: 0o755 });
  if (prune)
    for (const other of readdirSync(layout.programDir))
      if (other !== name) rmSync(join(layout.programDir, other), { recursive: true });
  if (!existsSync(target)) {
    const making = `${target}.${process.pid}`;
    cpSync(source, making, { recursive: true });
    renameSync(making, target);
  }
  return { node, entry: join(target, basename(bundleEntry)), compileCache: join(target, "compile") };
}

/** What a component needs of the person's environment: where programs are, proxies, further authorities, language. */
const passedOn =
  /^(PATH|HOME|LANG|LC_ALL|TZ|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|TIMONIER_HOME)$|^(https?|no|all)_proxy$/i;

export function componentEnvironment(env: NodeJS.ProcessEnv, program: ComponentProgram): Record<string, string> {
  const kept = Object.entries(env).filter((entry): entry is [string, string] => passedOn.test(entry[0]));
  // One arena: several threads that allocate little would each hold one of their own.
  return { ...Object.fromEntries(kept), NODE_COMPILE_CACHE: program.compileCache, MALLOC_ARENA_MAX: "1" };
}

/** Fewer helper threads of the engine, and leave to collect garbage once after the start: memory before peak speed. */
const engineFlags = ["--v8-pool-size=1", "--expose-gc"];

/** The node process joins the mount namespace of its containerd, because it mounts volumes for pods. */
export function componentCommand(
  layout: Layout,
  component: Exclude<ComponentName, "containerd">,
  program: ComponentProgram,
): readonly string[] {
  const own = [program.node, ...engineFlags, program.entry, component, "--data-dir", layout.dataDir];
  return component === "node" ? ["nsenter", `--mount=${layout.mountNamespace}`, ...own] : own;
}
