// Clusters that killed test runs left behind: a cluster outlives the terminal, so also the test that was killed.
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { homeDirectory } from "#cluster/open.ts";
import { readRegistry } from "#cluster/registry.ts";

export const folderPrefix = join(tmpdir(), "timonier-test-");

/** The name says which process made the cluster. */
export const clusterNameOf = (prefix: string): string => `${prefix}-${process.pid}`;

/** Names and folders of clusters whose test process is gone. */
export function leftovers(): readonly { readonly name: string; readonly dataDir: string; readonly folder: string }[] {
  return readRegistry(homeDirectory(process.env))
    .clusters.filter(({ name, dataDir }) => {
      const pid = /-(\d+)$/.exec(name)?.[1];
      return dataDir.startsWith(folderPrefix) && pid !== undefined && !existsSync(`/proc/${pid}`);
    })
    .map(({ name, dataDir }) => ({ name, dataDir, folder: dirname(dataDir) }));
}
