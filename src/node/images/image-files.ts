// The files of an image as a volume of a pod: the image is brought here by its pull policy, as for a container, and
// what the runtime unpacked of it is mounted, read-only. The runtime keeps that until the volume is taken down.
import { Secret } from "#api/core/secret.ts";
import type { HostFiles } from "#node/host/host-files.ts";
import type { Container, Pod, Volume } from "#node/pod/types.ts";
import type { References } from "#node/references.ts";
import type { ContainerRuntime } from "#node/runtime/runtime.ts";
import type { Images } from "./images.ts";

export interface ImageFilesParts {
  readonly images: Pick<Images, "ensure">;
  readonly runtime: Pick<ContainerRuntime, "imageMounts" | "releaseImage">;
  readonly files: HostFiles;
  readonly references: References;
}
export interface ImageFiles {
  /** Throws when the image cannot be had (yet). Harmless when it is mounted already. */
  mount(target: ImageVolume, signal: AbortSignal): Promise<void>;
  unmount(path: string, signal: AbortSignal): Promise<void>;
}
export interface ImageVolume {
  readonly pod: Pod;
  /** Of the volume. */
  readonly name: string;
  readonly source: NonNullable<Volume["image"]>;
  readonly path: string;
}
/** What the runtime knows the mounted files by: the path tells pod and volume apart from all others. */
const keyOf = (path: string): string => `volume:${path}`;

export function createImageFiles({ images, runtime, files, references }: ImageFilesParts): ImageFiles {
  return {
    async mount({ pod, name, source, path }, signal) {
      if ((await files.mountsBelow(path)).includes(path)) return;
      const secrets: Secret[] = [];
      for (const { name: secretName = "" } of pod.spec.imagePullSecrets ?? []) {
        const secret = await references.get(Secret, pod.metadata.namespace ?? "", secretName, signal);
        if (secret) secrets.push(secret);
      }
      const { reference = "", pullPolicy } = source;
      const container = { name, image: reference, ...(pullPolicy ? { imagePullPolicy: pullPolicy } : {}) } as Container;
      const fieldPath = `spec.volumes{${name}}`;
      const image = await images.ensure({ pod, container, fieldPath, secrets, sandbox: undefined }, signal);
      if (!image.ok) throw new Error(`${image.failure.reason}: ${image.failure.message}`);
      for (const mount of await runtime.imageMounts(image.ref, keyOf(path), signal)) await files.mount(path, mount);
    },
    async unmount(path, signal) {
      for (const mount of await files.mountsBelow(path)) await files.unmount(mount);
      await runtime.releaseImage(keyOf(path), signal);
    },
  };
}
