// The kinds of volume that a node can set up.
import { configMapVolume } from "#node/volumes/config-map.ts";
import { downwardAPIVolume } from "#node/volumes/downward-api.ts";
import { emptyDirVolume } from "#node/volumes/empty-dir.ts";
import { hostPathVolume } from "#node/volumes/host-path.ts";
import { projectedVolume } from "#node/volumes/projected.ts";
import { secretVolume } from "#node/volumes/secret.ts";
import type { VolumePlugin } from "#node/volumes/volume-plugin.ts";

export const volumePlugins: readonly VolumePlugin[] = [
  configMapVolume,
  downwardAPIVolume,
  emptyDirVolume,
  hostPathVolume,
  projectedVolume,
  secretVolume,
];
