// Images of a cluster's own containerd, through its command-line program: archives stream straight into the content
// store, where layers that are there already are not stored again.
import { createReadStream, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { execute, type Outcome } from "#cluster/machine/execute.ts";
import type { Layout } from "#cluster/layout.ts";
import { findProgram } from "#cluster/machine/packages.ts";
import { architectureOf, pauseArchive, pauseImage } from "./pause-image.ts";
import { messageOf, Problem } from "#cluster/problem.ts";

/** Where the kubelet interface of containerd keeps its images and containers. */
const namespace = "k8s.io";

interface ImageListing {
  readonly name: string;
  readonly digest: string;
  /** As containerd prints it, for example "1.9 MiB". */
  readonly size: string;
}

function ctr(layout: Layout, args: readonly string[], options: { input?: Readable; signal: AbortSignal }) {
  const program = findProgram("ctr") ?? "ctr";
  return execute(program, ["--address", layout.containerd.socket, "--namespace", namespace, ...args], options);
}

function refuse(outcome: Outcome, what: string): void {
  if (outcome.code === 0) return;
  const said = (outcome.stderr.trim() || outcome.stdout.trim()).replace(/^ctr: /, "");
  throw new Problem(what, { why: said || `ctr ended with code ${outcome.code}`, remedy: remedyFor(said) });
}

function remedyFor(said: string): string {
  if (/no space left/.test(said)) return "free some disk space, or remove images: timonier image rm <image>";
  if (/unrecognized|invalid tar|unexpected EOF|archive/.test(said))
    return "give an archive in OCI layout or as 'docker save' writes it, whole and not nested";
  return "see the log of containerd: timonier logs containerd";
}

/** Archives may be compressed as a whole. Returns the names of the images in the archive. */
export async function loadImage(layout: Layout, file: string, signal: AbortSignal): Promise<readonly string[]> {
  if (file !== "-" && !existsSync(file))
    throw new Problem(`there is no file ${file}`, { why: "it does not exist", remedy: "name an image archive" });
  const source = file === "-" ? process.stdin : createReadStream(file);
  return importArchive(layout, source, file === "-" ? "standard input" : file, signal);
}

async function importArchive(
  layout: Layout,
  source: Readable,
  from: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const input = new PassThrough();
  const outcome = ctr(layout, ["images", "import", "-"], { input, signal });
  // An importer that stops reading says why itself; a source that fails must not leave it waiting.
  let unreadable: unknown;
  const feeding = feed(source, input).catch((error: Error) => {
    unreadable = error;
    input.destroy();
  });
  const result = await outcome;
  if (result.code !== 0 && unreadable !== undefined)
    throw new Problem(`the image archive ${from} could not be read`, {
      why: messageOf(unreadable),
      remedy: "check that the file is whole, and its compression gzip, zstd or none",
    });
  for (const stream of [input, source]) stream.destroy(); // an importer that gave up leaves them half-read
  await feeding;
  refuse(result, `the image archive ${from} could not be loaded`);
  return [...result.stdout.matchAll(/^unpacking (\S+) \(/gm)].map((match) => match[1]!);
}

async function feed(source: Readable, input: PassThrough): Promise<void> {
  const iterator = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await iterator.next();
  const head = first.done ? Buffer.alloc(0) : first.value;
  const all = Readable.from(
    (async function* () {
      if (!first.done) yield head;
      yield* { [Symbol.asyncIterator]: () => iterator };
    })(),
  );
  const decompress = decompressorFor(head);
  await (decompress ? pipeline(all, decompress, input) : pipeline(all, input));
}

export function decompressorFor(head: Uint8Array) {
  const startsWith = (...bytes: readonly number[]): boolean => bytes.every((byte, i) => head[i] === byte);
  if (startsWith(0x1f, 0x8b)) return createGunzip();
  if (startsWith(0x28, 0xb5, 0x2f, 0xfd)) return createZstdDecompress();
  return undefined;
}

/** Without the bare digests that containerd lists beside the names. */
export async function listImages(layout: Layout, signal: AbortSignal): Promise<readonly ImageListing[]> {
  const outcome = await ctr(layout, ["images", "list"], { signal });
  refuse(outcome, "the images could not be listed");
  return parseImageList(outcome.stdout);
}

/** The table of `ctr images list`: REF TYPE DIGEST SIZE PLATFORMS LABELS. */
export function parseImageList(table: string): readonly ImageListing[] {
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const fields = /^(\S+)\s+\S+\s+(sha256:\w+)\s+([\d.]+ \w+)/.exec(line);
      const name = fields?.[1] ?? "";
      return fields && !name.startsWith("sha256:") ? [{ name, digest: fields[2]!, size: fields[3]! }] : [];
    });
}

/** A short name means what it means in a pod: docker.io/library, tag latest. */
export function fullImageName(name: string): string {
  const [first = "", ...rest] = name.split("/");
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const path = hasHost ? name : `docker.io/${rest.length === 0 ? "library/" : ""}${name}`;
  return /(:[\w.-]+|@sha256:\w+)$/.test(path) ? path : `${path}:latest`;
}

export async function removeImage(layout: Layout, name: string, signal: AbortSignal): Promise<string> {
  const known = new Set((await listImages(layout, signal)).map((image) => image.name));
  const full = known.has(name) ? name : fullImageName(name);
  if (!known.has(full))
    throw new Problem(`there is no image ${full}`, {
      why: "this cluster's containerd does not have it",
      remedy: "list the images: timonier image ls",
    });
  if (full === pauseImage) rmSync(pauseMark(layout), { force: true });
  refuse(await ctr(layout, ["images", "remove", full], { signal }), `the image ${full} could not be removed`);
  return full;
}

const pauseMark = (layout: Layout): string => join(layout.images, "pause");

/** Imports the sandbox image once; the mark lies beside containerd's own data and goes with it. */
export async function ensurePauseImage(layout: Layout, signal: AbortSignal): Promise<void> {
  if (existsSync(pauseMark(layout))) return;
  const bytes = await pauseArchive(architectureOf(arch()));
  await importArchive(layout, Readable.from([bytes]), pauseImage, signal);
  mkdirSync(layout.images, { recursive: true });
  writeFileSync(pauseMark(layout), `${pauseImage}\n`);
}
