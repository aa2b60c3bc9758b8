// The kinds of volume that a node can set up.
import { configMapVolume } from "./config-map.ts";
import { downwardAPIVolume } from "./downward-api.ts";
import { emptyDirVolume } from "./empty-dir.ts";
import { hostPathVolume } from "./host-path.ts";
import { imageVolume } from "./image.ts";
import { projectedVolume } from "./projected.ts";
import { secretVolume } from "./secret.ts";
import type { VolumePlugin } from "./volume-plugin.ts";

export const volumePlugins: readonly VolumePlugin[] = [
  configMapVolume,
  downwardAPIVolume,
  emptyDirVolume,
  hostPathVolume,
  imageVolume,
  projectedVolume,
  secretVolume,
];
