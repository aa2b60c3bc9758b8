// `timonier image`: archives into the cluster's containerd, and what it holds. No registry and no daemon between.
import { homeDirectory, openCluster } from "#cluster/open.ts";
import { listImages, loadImage, removeImage } from "#cluster/containerd/images.ts";
import type { Layout } from "#cluster/layout.ts";
import { Problem } from "#cluster/problem.ts";
import { componentStatus } from "#cluster/supervise/supervisor.ts";
import type { Invocation } from "./command.ts";
import { clusterOptions, withOptions, type ClusterOptions } from "./options.ts";
import { throughSudo } from "./root.ts";
import { duration, table } from "./terminal.ts";

const help = `
Commands:
  load <file> ...    load image archives (OCI layout or 'docker save', plain or compressed); - is standard input
  ls                 list the images
  rm <image> ...     remove images`;

export const run = (invocation: Invocation): Promise<number> =>
  withOptions<ClusterOptions>(
    invocation,
    "image",
    (command) =>
      clusterOptions(command)
        .description("Loads, lists and removes container images of the cluster.")
        .argument("<command>", "load, ls or rm")
        .argument("[words...]", "files or images")
        .addHelpText("after", help),
    (options, [action = "", ...words]) => image(invocation, options, action, words),
  );

async function image(
  invocation: Invocation,
  options: ClusterOptions,
  action: string,
  words: readonly string[],
): Promise<number> {
  const perform = actions[action];
  if (!perform || (action !== "ls" && words.length === 0)) {
    invocation.stderr.write(`timonier image: expected load <file>, ls or rm <image>\n${help}\n`);
    return 2;
  }
  const need = { command: "image", reason: "images belong to the cluster's containerd", addKubeconfig: false };
  const elsewhere = await throughSudo(invocation, need);
  if (elsewhere !== undefined) return elsewhere;
  const layout = openCluster(homeDirectory(invocation.env), options);
  if (componentStatus(layout, "containerd").pid === undefined)
    throw new Problem(`the cluster "${layout.name}" is not running`, {
      why: "its containerd keeps the images, and it is stopped",
      remedy: `start it: timonier up --name ${layout.name}`,
    });
  await perform(invocation, layout, words);
  return 0;
}

type Action = (invocation: Invocation, layout: Layout, words: readonly string[]) => Promise<void>;

const actions: Readonly<Record<string, Action>> = {
  async load({ stdout, clock, signal }, layout, files) {
    for (const file of files) {
      const began = clock.monotonic();
      const names = await loadImage(layout, file, signal);
      for (const name of names) stdout.write(`loaded ${name} in ${duration(clock.monotonic() - began)}\n`);
    }
  },
  async ls({ stdout, signal }, layout) {
    const images = await listImages(layout, signal);
    stdout.write(table([["IMAGE", "DIGEST", "SIZE"], ...images.map((i) => [i.name, i.digest.slice(0, 19), i.size])]));
  },
  async rm({ stdout, signal }, layout, names) {
    for (const name of names) stdout.write(`removed ${await removeImage(layout, name, signal)}\n`);
  },
};
