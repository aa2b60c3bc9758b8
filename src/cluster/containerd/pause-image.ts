// The image of every pod's sandbox container, made here so that no pod waits for a registry: a static program of a
// few hundred bytes that ignores SIGCHLD (the kernel then reaps orphans), ends on SIGTERM or SIGINT, and sleeps.
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

export const pauseImage = "registry.k8s.io/pause:3.10.1";

export type MachineArchitecture = "amd64" | "arm64";
/** Node's name of the processor in the words of image manifests. */
export const architectureOf = (arch: string): MachineArchitecture => (arch === "arm64" ? "arm64" : "amd64");

const loadAddress = 0x400000;
const headerBytes = 64 + 56; // ELF header and one program header
const signals = { interrupt: 2, terminate: 15, child: 17 };
/** struct sigaction of the system call: handler, flags, restorer, mask; 8 bytes each. */
const actionBytes = 32;

const u32 = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >>> 24) & 255];

interface Code {
  readonly bytes: Buffer;
  /** Where in `bytes` the handler starts that ends the program. */
  readonly exitAt: number;
  /** e_machine. */
  readonly machine: number;
}

/** System calls 13 rt_sigaction, 60 exit, 34 pause. `ignore` and `exit`: addresses of the two actions. */
function amd64Code(ignore: number, exit: number): Code {
  const setAction = (signal: number, action: number): number[] => [
    ...[0xb8, ...u32(13)], // mov eax, 13
    ...[0xbf, ...u32(signal)], // mov edi, signal
    ...[0xbe, ...u32(action)], // mov esi, action
    ...[0x31, 0xd2], // xor edx, edx
    ...[0x41, 0xba, ...u32(8)], // mov r10d, 8
    ...[0x0f, 0x05], // syscall
  ];
  const start = [
    ...setAction(signals.child, ignore),
    ...setAction(signals.terminate, exit),
    ...setAction(signals.interrupt, exit),
  ];
  const sleep = [0xb8, ...u32(34), 0x0f, 0x05, 0xeb, 0xf7]; // mov eax, 34; syscall; jmp back
  const end = [0x31, 0xff, 0xb8, ...u32(60), 0x0f, 0x05]; // xor edi, edi; mov eax, 60; syscall
  return { bytes: Buffer.from([...start, ...sleep, ...end]), exitAt: start.length + sleep.length, machine: 62 };
}

/** System calls 134 rt_sigaction, 93 exit, 73 ppoll (arm64 has no pause). */
function arm64Code(ignore: number, exit: number): Code {
  const move = (register: number, value: number): number[] => [
    ...u32(0xd2800000 | ((value & 0xffff) << 5) | register), // movz
    ...u32(0xf2a00000 | (((value >>> 16) & 0xffff) << 5) | register), // movk, lsl 16
  ];
  const call = (number: number): number[] => [...move(8, number), ...u32(0xd4000001)]; // svc 0
  const setAction = (signal: number, action: number): number[] => [
    ...move(0, signal),
    ...move(1, action),
    ...move(2, 0),
    ...move(3, 8),
    ...call(134),
  ];
  const start = [
    ...setAction(signals.child, ignore),
    ...setAction(signals.terminate, exit),
    ...setAction(signals.interrupt, exit),
  ];
  const wait = [0, 1, 2, 3, 4].flatMap((register) => move(register, 0)).concat(call(73));
  const back = u32(0x14000000 | (-(wait.length / 4) & 0x03ffffff)); // b
  const end = [...move(0, 0), ...call(93)];
  const bytes = Buffer.from([...start, ...wait, ...back, ...end]);
  return { bytes, exitAt: bytes.length - end.length, machine: 183 };
}

export function pauseProgram(architecture: MachineArchitecture): Buffer {
  const make = architecture === "amd64" ? amd64Code : arm64Code;
  const codeBytes = make(0, 0).bytes.length;
  const data = loadAddress + headerBytes + codeBytes;
  const code = make(data, data + actionBytes);
  const exit = loadAddress + headerBytes + code.exitAt;

  const actions = Buffer.alloc(2 * actionBytes);
  const needsRestorer = 0x04000000;
  const writeAction = (at: number, handler: number): void => {
    actions.writeBigUInt64LE(BigInt(handler), at);
    actions.writeBigUInt64LE(BigInt(needsRestorer), at + 8);
    actions.writeBigUInt64LE(BigInt(exit), at + 16); // never returned to: the one handler ends the program
  };
  writeAction(0, 1); // SIG_IGN
  writeAction(actionBytes, exit);
  return Buffer.concat([elfHeader(code.machine, headerBytes + codeBytes + actions.length), code.bytes, actions]);
}

/** ELF64, little-endian, one segment to read and execute that covers the whole file. */
function elfHeader(machine: number, fileBytes: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const half = (at: number, value: number): unknown => header.writeUInt16LE(value, at);
  const word = (at: number, value: number): unknown => header.writeUInt32LE(value, at);
  const long = (at: number, value: number): unknown => header.writeBigUInt64LE(BigInt(value), at);
  half(16, 2); // executable
  half(18, machine);
  word(20, 1);
  long(24, loadAddress + headerBytes); // entry
  long(32, 64); // program headers follow
  half(52, 64);
  half(54, 56);
  half(56, 1);
  word(64, 1); // load
  word(68, 5); // read, execute
  long(80, loadAddress);
  long(88, loadAddress);
  long(96, fileBytes);
  long(104, fileBytes);
  long(112, 0x10000); // alignment: the largest page size of arm64
  return header;
}

const digest = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const descriptor = (mediaType: string, bytes: Uint8Array) => ({ mediaType, digest: digest(bytes), size: bytes.length });
const oci = "application/vnd.oci.image";

/** An OCI image layout in a tar archive, the same bytes every time. */
export async function pauseArchive(architecture: MachineArchitecture): Promise<Buffer> {
  const layer = await archive([{ name: "pause", mode: 0o755, content: pauseProgram(architecture) }]);
  const compressed = gzipSync(layer);
  const config = json({
    created: "1970-01-01T00:00:00Z",
    architecture,
    os: "linux",
    config: { Entrypoint: ["/pause"], User: "65535:65535", WorkingDir: "/" },
    rootfs: { type: "layers", diff_ids: [digest(layer)] },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: `${oci}.manifest.v1+json`,
    config: descriptor(`${oci}.config.v1+json`, config),
    layers: [descriptor(`${oci}.layer.v1.tar+gzip`, compressed)],
  });
  const annotations = {
    "io.containerd.image.name": pauseImage,
    "org.opencontainers.image.ref.name": pauseImage.split(":")[1],
  };
  const platform = { architecture, os: "linux" };
  const entry = { ...descriptor(`${oci}.manifest.v1+json`, manifest), annotations, platform };
  return archive([
    { name: "oci-layout", content: json({ imageLayoutVersion: "1.0.0" }) },
    { name: "index.json", content: json({ schemaVersion: 2, manifests: [entry] }) },
    ...[config, compressed, manifest].map((blob) => ({ name: `blobs/sha256/${digest(blob).slice(7)}`, content: blob })),
  ]);
}

async function archive(
  files: readonly { readonly name: string; readonly mode?: number; readonly content: Buffer }[],
): Promise<Buffer> {
  const tar = pack();
  for (const { name, mode = 0o644, content } of files) tar.entry({ name, mode, mtime: new Date(0) }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
