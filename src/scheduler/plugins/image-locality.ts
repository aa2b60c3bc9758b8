// A liking for nodes that have the pod's images already; images that few nodes have count less, so that a rare image
// does not draw all pods to one node.
import type { SchedulerPlugin } from "#scheduler/framework.ts";

const mebibyte = 1024 * 1024;
const leastBytes = 23 * mebibyte;
const mostBytesPerContainer = 1000 * mebibyte;

/** As nodes report it: with a tag or a digest. */
export function normalizedImage(image: string): string {
  const name = image.slice(image.lastIndexOf("/") + 1);
  return name.includes(":") || name.includes("@") ? image : `${image}:latest`;
}

interface Wanted {
  /** Image → share of the nodes that have it. */
  readonly spread: ReadonlyMap<string, number>;
  readonly images: readonly string[];
}

export const imageLocality: SchedulerPlugin<undefined, Wanted> = {
  name: "ImageLocality",
  score: {
    weight: 1,
    prepare({ pod }, _nodes, snapshot) {
      const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
      const images = containers.map((c) => normalizedImage(c.image ?? ""));
      const spread = new Map<string, number>();
      for (const image of images) {
        const nodes = snapshot.nodesWithImage(image);
        if (nodes > 0) spread.set(image, nodes / snapshot.nodes.length);
      }
      return spread.size > 0 ? { images, spread } : undefined;
    },
    score(_pod, node, { images, spread }) {
      let bytes = 0;
      for (const image of images) {
        const size = node.images.get(image);
        if (size !== undefined) bytes += Math.floor(size * spread.get(image)!);
      }
      const most = mostBytesPerContainer * images.length;
      const within = Math.min(Math.max(bytes, leastBytes), most);
      return Math.floor((100 * (within - leastBytes)) / (most - leastBytes));
    },
  },
};
