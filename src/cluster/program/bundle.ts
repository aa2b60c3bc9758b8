// Makes one program of the whole source, because hundreds of small modules start slowly. What a module names by
// `new URL("./x", import.meta.url)` comes along: a .ts file as a program of its own (a worker thread), any other file
// as a copy. The launcher runs the bundle for as long as it is newer than every source file.
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import type { Clock } from "#base/clock.ts";

export interface BundleOptions {
  /** The checkout. */
  readonly root: string;
  /** Gets bundle/<hash>/ and the link bundle/current. */
  readonly cache: string;
  readonly clock: Clock;
}

const urlOfModule = /new URL\(\s*"([^"]+)",\s*import\.meta\.url\s*\)/g;

/** Name of a further program in the bundle: flat, because every output lies in one directory. */
const programName = (root: string, file: string): string =>
  `program-${relative(join(root, "src"), file).replace(/\.ts$/, "").replaceAll(/[/.]/g, "-")}`;
const assetName = (root: string, file: string): string => `asset-${relative(root, file).replaceAll("/", "-")}`;

/** Points each URL at what the bundle holds instead. `refer` gets the absolute path. */
export function rewriteUrls(text: string, file: string, refer: (target: string) => string | undefined): string {
  return text.replaceAll(urlOfModule, (whole, path: string) => {
    const name = refer(join(dirname(file), path));
    return name === undefined ? whole : `new URL("./${name}", import.meta.url)`;
  });
}

const isSource = (name: string): boolean => name.endsWith(".ts") && !/\.(test|contract|fake)\.ts$/.test(name);

function sourceFiles(root: string): readonly string[] {
  const names = fs.readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  return names.filter(isSource).map((name) => join(root, "src", name));
}

/** Files that modules refer to by URL: further programs and assets. */
function referredFiles(root: string): { readonly programs: ReadonlySet<string>; readonly assets: ReadonlySet<string> } {
  const [programs, assets] = [new Set<string>(), new Set<string>()];
  for (const file of sourceFiles(root))
    rewriteUrls(fs.readFileSync(file, "utf8"), file, (target) => {
      const isFile = fs.existsSync(target) && fs.statSync(target).isFile();
      if (isFile) (target.endsWith(".ts") ? programs : assets).add(target);
      return undefined;
    });
  return { programs, assets };
}

/**
 * A package in the older module format, imported lazily, would come out of the bundle with a default export alone. So
 * each lazy package gets a module in front that exports by name what Node sees in it.
 */
const lazyPackages: Plugin = {
  name: "lazy packages",
  setup(build) {
    build.onResolve({ filter: /^[^./#]/ }, async ({ path, kind, resolveDir }) => {
      if (kind !== "dynamic-import" || isBuiltin(path)) return undefined;
      const found = await build.resolve(path, { kind: "import-statement", resolveDir });
      return found.external || found.errors.length > 0 ? undefined : { path: found.path, namespace: "lazy" };
    });
    build.onLoad({ filter: /.*/, namespace: "lazy" }, async ({ path }) => {
      const seen = Object.keys((await import(pathToFileURL(path).href)) as object);
      const names = seen.filter(
        (name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== "default" && name !== "__esModule",
      );
      const lines = names.map((name, i) => `const $${i} = all.${name}; export { $${i} as ${name} };`);
      const contents = `import * as all from ${JSON.stringify(path)};\nexport default all.default;\n${lines.join("\n")}\n`;
      return { contents, resolveDir: dirname(path) };
    });
  },
};

const kept = 3;

/** Returns the directory of the new bundle; its main.js is the program. Throws when the source cannot be bundled. */
export async function makeBundle({ root, cache, clock }: BundleOptions): Promise<string> {
  const began = new Date(clock.now());
  const { programs, assets } = referredFiles(root);
  const rewrite: Plugin = {
    name: "urls",
    setup(build) {
      build.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
        const contents = rewriteUrls(fs.readFileSync(path, "utf8"), path, (target) => {
          if (programs.has(target)) return `${programName(root, target)}.js`;
          return assets.has(target) ? assetName(root, target) : undefined;
        });
        return { contents, loader: "ts" };
      });
    },
  };
  const entryPoints = [join(root, "src/main.ts"), ...programs].map((file, i) => ({
    in: file,
    out: i === 0 ? "main" : programName(root, file),
  }));
  const esbuild = await import("esbuild");
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints,
    outdir: "/bundle",
    bundle: true,
    write: false,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    external: ["esbuild"], // a program of its own; only a checkout makes bundles
    plugins: [rewrite, lazyPackages],
    // Packages in the older module format ask for Node's own modules by require.
    banner: {
      js: 'import { createRequire as $createRequire } from "node:module"; const require = $createRequire(import.meta.url);',
    },
    logLevel: "silent",
  });
  await esbuild.stop();
  const files = [
    ...outputFiles.map((file) => ({ name: relative("/bundle", file.path), contents: file.contents })),
    ...[...assets].map((file) => ({ name: assetName(root, file), contents: fs.readFileSync(file) })),
    { name: "package.json", contents: Buffer.from('{ "type": "module" }\n') },
  ];
  return install(join(cache, "bundle"), files, began);
}

interface BundleFile {
  readonly name: string;
  readonly contents: Uint8Array;
}

/** Files first, then the link: a launcher that looks meanwhile finds the old bundle or the new one, whole. */
function install(directory: string, files: readonly BundleFile[], began: Date): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file.name).update(file.contents);
  const name = hash.digest("hex").slice(0, 16);
  const target = join(directory, name);
  const making = `${target}.${process.pid}`;
  fs.mkdirSync(making, { recursive: true });
  for (const file of files) fs.writeFileSync(join(making, file.name), file.contents);
  if (fs.existsSync(target)) fs.rmSync(making, { recursive: true });
  else fs.renameSync(making, target);
  // What was edited while the bundle was made is newer than it.
  fs.utimesSync(join(target, "main.js"), began, began);
  const link = join(directory, `current.${process.pid}`);
  fs.rmSync(link, { force: true });
  fs.symlinkSync(name, link);
  fs.renameSync(link, join(directory, "current"));
  dropOld(directory, name);
  return target;
}

function dropOld(directory: string, current: string): void {
  const old = fs
    .readdirSync(directory)
    .filter((name) => /^[0-9a-f]{16}$/.test(name) && name !== current)
    .map((name) => ({ path: join(directory, name), made: fs.statSync(join(directory, name)).mtimeMs }))
    .toSorted((a, b) => b.made - a.made);
  for (const { path } of old.slice(kept - 1)) fs.rmSync(path, { recursive: true });
}

/** The cache belongs to whom the checkout belongs to, also when root fills it. */
export function giveCacheToOwner(root: string, cache: string): void {
  if (process.getuid?.() !== 0 || !cache.startsWith(`${root}/`)) return;
  const { uid, gid } = fs.statSync(root);
  if (uid === 0) return;
  const paths = fs.readdirSync(cache, { recursive: true, encoding: "utf8" }).map((name) => join(cache, name));
  for (const path of [cache, ...paths]) fs.lchownSync(path, uid, gid);
}
