// What containerd unpacked of an image, as something to mount. The runtime interface of containerd 1.6 and 1.7 knows no
// volumes of images, so its own service of snapshots is asked: a view of the image's last layer, which a label keeps
// from containerd's garbage collection until it is released.
import { RuntimeError, type ContainerRuntime, type ImageMount } from "#node/runtime/runtime.ts";
import { unlessGone, type CallOptions, type Channel } from "./channel.ts";
import { methods } from "./messages.ts";

const snapshotter = "overlayfs";
const keep = { "containerd.io/gc.root": "1970-01-01T00:00:00Z" };

export function imageMountMethods(
  channel: Channel,
  usual: (signal: AbortSignal) => CallOptions,
): Pick<ContainerRuntime, "imageMounts" | "releaseImage"> {
  const chainOf = async (image: string, signal: AbortSignal): Promise<string> => {
    const request = { image: { image }, verbose: true };
    const { info } = await channel.call(methods.imageInfo, request, usual(signal));
    const { chainID } = JSON.parse(info["info"] || "{}") as { chainID?: string };
    if (!chainID) throw new RuntimeError("NotFound", `the runtime does not say what ${image} was unpacked to`);
    return chainID;
  };
  return {
    async imageMounts(image, key, signal) {
      const request = { snapshotter, key, parent: await chainOf(image, signal), labels: keep };
      try {
        return readOnly((await channel.call(methods.viewSnapshot, request, usual(signal))).mounts);
      } catch (error) {
        if (!(error instanceof RuntimeError) || error.code !== "AlreadyExists") throw error;
        return readOnly((await channel.call(methods.snapshotMounts, { snapshotter, key }, usual(signal))).mounts);
      }
    },
    async releaseImage(key, signal) {
      await unlessGone(channel.call(methods.removeSnapshot, { snapshotter, key }, usual(signal)));
    },
  };
}
const readOnly = (mounts: readonly ImageMount[]): ImageMount[] =>
  mounts.map(({ type, source, options }) => ({
    type,
    source,
    options: options.includes("ro") ? options : [...options, "ro"],
  }));
