// Keeps the Node object and its Lease: registers once, renews the lease every ten seconds, and writes the status when
// something of it changes, else every five minutes.
import { Lease } from "#api/coordination/lease.ts";
import { Node } from "#api/core/node.ts";
import { isReason } from "#api/errors.ts";
import { formatMicroTime } from "#api/time.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { deferred } from "#base/service.ts";
import type { Client } from "#client/client.ts";
import { labelPatch, newNode, nodeStatusPatch, type NodeFacts } from "./node-status.ts";
import type { ObjectSource } from "./shared-sources.ts";
import type { EventRecorder } from "#reconcile/event-recorder.ts";

export interface ReporterParts {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventRecorder;
  /** Of this node's object alone. */
  readonly nodes: ObjectSource<Node>;
  readonly podCidr: string | undefined;
  /** What is true now. */
  facts(signal: AbortSignal): Promise<NodeFacts>;
}
const leaseNamespace = "kube-node-lease";
const leaseSeconds = 40;
const renewMs = 10_000;
const heartbeatMs = 300_000;
const firstRetryMs = 200;
const longestRetryMs = 7000;

export class NodeReporter {
  readonly #parts: ReporterParts;
  readonly #name: string;
  readonly #registered = deferred();
  #node: Node | undefined;
  #lastBeat = -Infinity;
  #hasLease = false;
  #isWriting = false;
  #isDirty = false;
  #wasReady: boolean | undefined;

  constructor(name: string, parts: ReporterParts) {
    this.#name = name;
    this.#parts = parts;
  }
  get node(): Node | undefined {
    return this.#parts.nodes.get(this.#name) ?? this.#node;
  }
  /** Resolves once the API knows the node. */
  get registered(): Promise<void> {
    return this.#registered.promise;
  }
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    let retryMs = firstRetryMs;
    while (!signal.aborted)
      try {
        this.#node = await this.#register(signal);
        break;
      } catch (error) {
        if (signal.aborted) return;
        log.warn("node not registered", { node: this.#name, error });
        await clock.sleep(retryMs, signal).catch(() => undefined);
        retryMs = Math.min(retryMs * 2, longestRetryMs);
      }
    if (signal.aborted) return;
    this.#registered.resolve();
    this.#parts.events.event(this.#node!, "Normal", "Starting", "Starting kubelet.");
    using _ = this.#parts.nodes.onChange(() => this.changed(signal));
    while (!signal.aborted) {
      this.changed(signal);
      await this.#renew(signal);
      await clock.sleep(renewMs, signal).catch(() => undefined);
    }
  }
  /** Something that the status tells may be different. */
  changed(signal: AbortSignal): void {
    this.#isDirty = true;
    if (this.#isWriting || !this.#node) return;
    this.#isWriting = true;
    void this.#writeAll(signal);
  }
  async #register(signal: AbortSignal): Promise<Node> {
    const { client, clock, podCidr, log } = this.#parts;
    const facts = await this.#parts.facts(signal);
    try {
      const node = await client.create(Node, newNode(facts, podCidr, clock.now()), { signal });
      this.#lastBeat = clock.now();
      log.info("node registered", { node: this.#name });
      return node;
    } catch (error) {
      if (!isReason(error, "AlreadyExists")) throw error;
    }
    const found = await client.get(Node, { name: this.#name }, { signal });
    const patch = labelPatch(found, facts);
    return patch ? client.patch(Node, { name: this.#name }, { type: "merge", patch }, { signal }) : found;
  }
  async #writeAll(signal: AbortSignal): Promise<void> {
    const { log } = this.#parts;
    while (this.#isDirty && !signal.aborted) {
      this.#isDirty = false;
      try {
        await this.#write(signal);
      } catch (error) {
        if (!signal.aborted) log.warn("node status not written", { node: this.#name, error });
      }
    }
    this.#isWriting = false;
  }
  async #write(signal: AbortSignal): Promise<void> {
    const { client, clock, events } = this.#parts;
    const node = this.node!;
    const facts = await this.#parts.facts(signal);
    const beats = clock.now() - this.#lastBeat >= heartbeatMs;
    const status = nodeStatusPatch(node, facts, beats, clock.now());
    const ready = facts.notReady === "";
    if (ready !== this.#wasReady && (ready || this.#wasReady !== undefined)) {
      const word = ready ? "NodeReady" : "NodeNotReady";
      events.event(node, "Normal", word, `Node ${this.#name} status is now: ${word}`);
    }
    this.#wasReady = ready;
    if (!status) return;
    const options = { subresource: "status", signal };
    this.#node = await client.patch(Node, { name: this.#name }, { type: "strategic", patch: { status } }, options);
    if ("conditions" in status) this.#lastBeat = clock.now();
  }
  /** A lease that cannot be renewed is tried again at the next turn; the API tells a node without one unreachable. */
  async #renew(signal: AbortSignal): Promise<void> {
    const { client, clock, log } = this.#parts;
    const key = { namespace: leaseNamespace, name: this.#name };
    const renewTime = formatMicroTime(clock.now());
    const spec = { holderIdentity: this.#name, leaseDurationSeconds: leaseSeconds, renewTime };
    try {
      if (this.#hasLease) await client.patch(Lease, key, { type: "merge", patch: { spec } }, { signal });
      else await client.create(Lease, { metadata: { ...key, ownerReferences: this.#owner() }, spec }, { signal });
      this.#hasLease = true;
    } catch (error) {
      if (signal.aborted) return;
      if (isReason(error, "AlreadyExists") && !this.#hasLease) {
        this.#hasLease = true;
        return this.#renew(signal);
      }
      if (isReason(error, "NotFound")) this.#hasLease = false;
      log.warn("node lease not renewed", { node: this.#name, error });
    }
  }
  #owner(): { apiVersion: string; kind: string; name: string; uid: string }[] {
    const uid = this.node?.metadata.uid;
    return uid === undefined ? [] : [{ apiVersion: "v1", kind: "Node", name: this.#name, uid }];
  }
}
