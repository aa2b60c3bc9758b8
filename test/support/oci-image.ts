// Builds an OCI archive with one layer out of a directory, for tests that cannot reach a registry.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly StopSignal?: string;
}
const digestOf = (data: Uint8Array): string => `sha256:${createHash("sha256").update(data).digest("hex")}`;
const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Writes the archive of image `name` (a full reference) to `file`. */
export function writeOciImage(options: { rootfs: string; name: string; config: ImageConfig; file: string }): void {
  const { rootfs, name, config, file } = options;
  const dir = mkdtempSync(join(tmpdir(), "oci-"));
  try {
    const layerFile = join(dir, "layer.tar");
    execFileSync("tar", [
      "--sort=name",
      "--owner=0",
      "--group=0",
      "--numeric-owner",
      "--mtime=@0",
      "-C",
      rootfs,
      "-cf",
      layerFile,
      ".",
    ]);
    const tar = readFileSync(layerFile);
    rmSync(layerFile);
    mkdirSync(join(dir, "blobs/sha256"), { recursive: true });
    const add = (mediaType: string, data: Uint8Array): { mediaType: string; digest: string; size: number } => {
      const digest = digestOf(data);
      writeFileSync(join(dir, "blobs/sha256", digest.slice(7)), data);
      return { mediaType, digest, size: data.length };
    };
    const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
    const layer = add("application/vnd.oci.image.layer.v1.tar+gzip", gzipSync(tar, { level: 1 }));
    const description = add(
      "application/vnd.oci.image.config.v1+json",
      json({
        created: "1970-01-01T00:00:00Z",
        architecture: "amd64",
        os: "linux",
        config: { Env: [defaultPath], ...config },
        rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
      }),
    );
    const manifestType = "application/vnd.oci.image.manifest.v1+json";
    const manifest = add(
      manifestType,
      json({ schemaVersion: 2, mediaType: manifestType, config: description, layers: [layer] }),
    );
    const annotations = {
      "io.containerd.image.name": name,
      "org.opencontainers.image.ref.name": name.split(":").pop(),
    };
    writeFileSync(join(dir, "index.json"), json({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }));
    writeFileSync(join(dir, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
    execFileSync("tar", ["-C", dir, "-cf", `${file}.new`, "oci-layout", "index.json", "blobs"]);
    renameSync(`${file}.new`, file);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
