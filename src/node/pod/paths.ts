// Where the agent keeps what belongs to a pod. Container logs lie apart from the rest, because they outlive it.
import type { Pod } from "./types.ts";

export interface NodePaths {
  /** Everything of one pod but its logs. */
  podDirectory(uid: string): string;
  volumeDirectory(uid: string, plugin: string, volume: string): string;
  /** In memory, for what must not reach the disk. */
  memoryVolumeDirectory(uid: string, plugin: string, volume: string): string;
  subPathDirectory(uid: string, volume: string, container: string, index: number): string;
  hostsFile(uid: string): string;
  terminationMessageFile(uid: string, container: string, attempt: number): string;
  logDirectory(pod: Pod): string;
  readonly podsRoot: string;
  readonly memoryRoot: string;
  readonly logsRoot: string;
  readonly seccompRoot: string;
}
/** `podsDir`, `podLogsDir`: where these shall lie elsewhere than in the data directory. */
export function nodePaths(options: { dataDir: string; podsDir?: string; podLogsDir?: string }): NodePaths {
  const { dataDir, podsDir: podsRoot = `${dataDir}/pods`, podLogsDir: logsRoot = `${dataDir}/log/pods` } = options;
  const memoryRoot = `${podsRoot}-memory`;
  return {
    podsRoot,
    memoryRoot,
    logsRoot,
    seccompRoot: `${dataDir}/seccomp`,
    podDirectory: (uid) => `${podsRoot}/${uid}`,
    volumeDirectory: (uid, plugin, volume) => `${podsRoot}/${uid}/volumes/${plugin}/${volume}`,
    memoryVolumeDirectory: (uid, plugin, volume) => `${memoryRoot}/${uid}/${plugin}/${volume}`,
    subPathDirectory: (uid, volume, container, index) =>
      `${podsRoot}/${uid}/volume-subpaths/${volume}/${container}/${index}`,
    hostsFile: (uid) => `${podsRoot}/${uid}/etc-hosts`,
    terminationMessageFile: (uid, container, attempt) => `${podsRoot}/${uid}/containers/${container}/${attempt}`,
    logDirectory: (pod) => `${logsRoot}/${pod.metadata.namespace}_${pod.metadata.name}_${pod.metadata.uid}`,
  };
}
/** Relative to the pod's log directory. */
export const logPathOf = (container: string, attempt: number): string => `${container}/${attempt}.log`;
