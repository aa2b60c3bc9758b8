// What tests of volumes need: files in memory, a clock, and references that a test fills.
import { VirtualClock } from "#base/clock.fake.ts";
import { seededRandom } from "#base/random.ts";
import type { KubeObject } from "#api/kind.ts";
import { removeWithMounts } from "#node/host/host-files.ts";
import { MemoryFiles } from "#node/host/memory-files.ts";
import { nodePaths } from "#node/pod/paths.ts";
import type { References } from "#node/references.ts";
import { simulatedTokens } from "./tokens.ts";
import type { VolumeParts } from "./volume-plugin.ts";

const image = { type: "bind", source: "/image", options: ["ro"] };
/** Objects by "Kind/name". */
export class FakeReferences implements References {
  readonly objects = new Map<string, KubeObject>();
  readonly holders = new Map<string, () => void>();
  async get<T extends KubeObject>(kind: { kind: string }, _namespace: string, name: string): Promise<T | undefined> {
    return this.objects.get(`${kind.kind}/${name}`) as T | undefined;
  }
  hold(holder: string, references: readonly unknown[], changed: () => void): void {
    if (references.length > 0) this.holders.set(holder, changed);
    else this.holders.delete(holder);
  }
}
export function fakeVolumeParts(more: Partial<VolumeParts> = {}) {
  const files = new MemoryFiles();
  const clock = new VirtualClock();
  const references = new FakeReferences();
  const parts: VolumeParts = {
    files,
    clock,
    references,
    paths: nodePaths({ dataDir: "/d" }),
    tokens: simulatedTokens,
    imageFiles: { mount: ({ path }) => files.mount(path, image), unmount: (path) => removeWithMounts(files, path) },
    random: seededRandom(1),
    allocatable: () => ({ memory: "1Gi" }),
    ...more,
  };
  return { files, clock, references, parts };
}
