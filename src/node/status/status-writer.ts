// Writes the status of pods: one write at a time for each pod, the newest status only, and nothing that the API has
// already. A failed write is tried again until the pod is gone; that its name belongs to another one by now, the
// watch of pods will tell.
import { deepEqual } from "#api/json.ts";
import { isReason } from "#api/errors.ts";
import { Pod } from "#api/core/pod.ts";
import type { Clock, Timer } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Client } from "#client/client.ts";
import { uidOf, type PodStatus } from "#node/pod/types.ts";
import { covers, statusPatch } from "./status-patch.ts";

export interface StatusWriterParts {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}
interface Entry {
  /** The newest object that the API has shown. */
  pod: Pod;
  wanted: PodStatus;
  /** The last one asked for, and what the API made of it. */
  sent?: { readonly wanted: PodStatus; readonly became: PodStatus };
  isWriting: boolean;
  retry?: Timer;
  backOffMs: number;
  /** Those that wait for the API to have it. */
  readonly waiting: (() => void)[];
}
const firstBackOffMs = 500;
const longestBackOffMs = 30_000;
const versionOf = (pod: Pod): number => Number(pod.metadata.resourceVersion ?? "0") || 0;

export class StatusWriter {
  readonly #parts: StatusWriterParts;
  readonly #entries = new Map<string, Entry>();

  constructor(parts: StatusWriterParts) {
    this.#parts = parts;
  }
  /** `pod` as the API has it; never waits. */
  set(pod: Pod, wanted: PodStatus): void {
    const uid = uidOf(pod);
    const entry = this.#entries.get(uid);
    if (entry) {
      if (versionOf(pod) >= versionOf(entry.pod)) entry.pod = pod;
      entry.wanted = wanted;
    } else this.#entries.set(uid, { pod, wanted, isWriting: false, backOffMs: firstBackOffMs, waiting: [] });
    this.#write(uid);
  }
  /** Resolves when the API has the last status set, or no longer has the pod. */
  flush(uid: string): Promise<void> {
    const entry = this.#entries.get(uid);
    if (!entry || (!entry.isWriting && !entry.retry)) return Promise.resolve();
    return new Promise((resolve) => entry.waiting.push(resolve));
  }
  forget(uid: string): void {
    const entry = this.#entries.get(uid);
    entry?.retry?.stop();
    this.#entries.delete(uid);
    for (const resolve of entry?.waiting.splice(0) ?? []) resolve();
  }
  /** What the API is known to have, with the node's last write in it. */
  #patchOf(entry: Entry): Record<string, unknown> | undefined {
    const has = entry.pod.status ?? {};
    const { sent, wanted } = entry;
    // the API may have put what it was sent into another form: what it answered counts as what was asked for
    if (sent && deepEqual(sent.wanted, wanted) && statusPatch(has, sent.became) === undefined) return undefined;
    return statusPatch(has, wanted);
  }
  #write(uid: string): void {
    const entry = this.#entries.get(uid);
    if (!entry || entry.isWriting || this.#parts.signal.aborted) return;
    entry.retry?.stop();
    delete entry.retry;
    const patch = this.#patchOf(entry);
    if (!patch) return void this.#settled(entry);
    entry.isWriting = true;
    void this.#send(uid, entry, patch);
  }
  #settled(entry: Entry): void {
    for (const resolve of entry.waiting.splice(0)) resolve();
  }
  async #send(uid: string, entry: Entry, patch: Record<string, unknown>): Promise<void> {
    const { client, clock, log, signal } = this.#parts;
    const { namespace = "", name = "" } = entry.pod.metadata;
    const { wanted } = entry;
    const body = { metadata: { uid }, status: patch };
    try {
      const options = { subresource: "status", signal };
      const pod = await client.patch(Pod, { namespace, name }, { type: "strategic", patch: body }, options);
      entry.isWriting = false;
      entry.backOffMs = firstBackOffMs;
      if (versionOf(pod) >= versionOf(entry.pod)) entry.pod = pod;
      const rest = statusPatch(pod.status ?? {}, wanted);
      // what was asked for came back in another form: asking for the same again would change nothing
      if (rest && covers(patch, rest)) entry.sent = { wanted, became: pod.status ?? {} };
      else delete entry.sent;
    } catch (error) {
      entry.isWriting = false;
      if (signal.aborted) return;
      if (isReason(error, "NotFound")) return this.forget(uid);
      log.warn("pod status not written", { pod: `${namespace}/${name}`, error });
      entry.retry = clock.after(entry.backOffMs, () => this.#write(uid));
      entry.backOffMs = Math.min(entry.backOffMs * 2, longestBackOffMs);
      return;
    }
    this.#write(uid);
  }
}
