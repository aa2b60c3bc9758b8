// Images for containers: by pull policy, a few pulls at a time, each image once for all who wait, with the back-off
// and the words that people know.
import type { Secret } from "#api/core/secret.ts";
import { formatDuration } from "#api/time.ts";
import type { Clock } from "#base/clock.ts";
import { Limiter } from "#base/limiter.ts";
import { orAborted } from "#base/or-aborted.ts";
import { firstDelayMs, longestDelayMs } from "#node/plan/back-off.ts";
import type { Failure } from "#node/plan/types.ts";
import { credentialsFor } from "./credentials.ts";
import { parseImageName, type ImageName } from "./image-name.ts";
import type { Container, Pod } from "#node/pod/types.ts";
import {
  RuntimeError,
  type ContainerRuntime,
  type ImageFacts,
  type RegistryAuth,
  type SandboxConfig,
} from "#node/runtime/runtime.ts";
import type { EventRecorder } from "#reconcile/event-recorder.ts";

export interface ImageParts {
  readonly runtime: ContainerRuntime;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly mostParallelPulls: number;
  /** Aborted when the agent stops; a pull outlives those who wait for it. */
  readonly signal: AbortSignal;
  /** Called after a pull, when disk may have become scarce. */
  readonly pulled?: () => void;
}
export interface ImageRequest {
  readonly pod: Pod;
  readonly container: Container;
  readonly fieldPath: string;
  readonly secrets: readonly Secret[];
  readonly sandbox: SandboxConfig | undefined;
}
export type ImageOutcome =
  | { readonly ok: true; readonly ref: string; readonly facts: ImageFacts | undefined }
  | { readonly ok: false; readonly failure: Failure };

interface PullBackOff {
  readonly delayMs: number;
  readonly until: number;
  readonly lastError: string;
}
interface Pulled {
  readonly ref: string;
  readonly facts: ImageFacts | undefined;
  /** Without the time in the queue. */
  readonly tookMs: number;
}
/** How long a failed pull is shown as such before it is called a back-off. */
const shownMs = 3000;
const retryMs = 10_000;

/** Upstream: a status that says nothing is left out, others are named. */
const reasonOf = (error: unknown): string =>
  error instanceof RuntimeError && error.status !== "Unknown" ? error.quoted : (error as Error).message;

export class Images {
  readonly #parts: ImageParts;
  readonly #limiter: Limiter;
  readonly #pulls = new Map<string, Promise<Pulled>>();
  /** By pod and image. */
  readonly #backOffs = new Map<string, PullBackOff>();

  constructor(parts: ImageParts) {
    this.#parts = parts;
    this.#limiter = new Limiter(parts.mostParallelPulls);
  }
  /** Rejects only when `signal` is aborted. */
  async ensure(request: ImageRequest, signal: AbortSignal): Promise<ImageOutcome> {
    const text = request.container.image ?? "";
    const name = parseImageName(text);
    const quoted = JSON.stringify(text);
    if (!name) {
      const message = `Failed to apply default image tag ${quoted}: couldn't parse image name ${quoted}: invalid reference format`;
      this.#say(request, "Warning", "InspectFailed", message);
      return this.#failed("InvalidImageName", message, retryMs);
    }
    const policy = request.container.imagePullPolicy ?? (name.tag === "latest" ? "Always" : "IfNotPresent");
    if (policy !== "Always") {
      const facts = await this.#inspect(request, name, signal);
      if ("failure" in facts) return { ok: false, failure: facts.failure };
      if (facts.found) {
        this.#say(request, "Normal", "Pulled", `Container image ${quoted} already present on machine`);
        return { ok: true, ref: facts.found.id, facts: facts.found };
      }
    }
    if (policy === "Never") {
      const message = `Container image ${quoted} is not present with pull policy of Never`;
      this.#say(request, "Warning", "ErrImageNeverPull", message);
      return this.#failed("ErrImageNeverPull", message, retryMs);
    }
    return this.#pull(request, name, signal);
  }
  forgetPod(uid: string): void {
    for (const key of this.#backOffs.keys()) if (key.startsWith(`${uid}_`)) this.#backOffs.delete(key);
  }
  #failed(reason: string, message: string, afterMs: number): ImageOutcome {
    return { ok: false, failure: { reason, message, retryAt: this.#parts.clock.now() + afterMs } };
  }
  #say(request: ImageRequest, type: "Normal" | "Warning", reason: string, message: string): void {
    this.#parts.events.event(request.pod, type, reason, message, { fieldPath: request.fieldPath });
  }
  async #inspect(
    request: ImageRequest,
    name: ImageName,
    signal: AbortSignal,
  ): Promise<{ found: ImageFacts | undefined } | { failure: Failure }> {
    try {
      return { found: await this.#parts.runtime.imageStatus(name.reference, signal) };
    } catch (error) {
      signal.throwIfAborted();
      const message = `Failed to inspect image "": ${(error as Error).message}`;
      this.#say(request, "Warning", "InspectFailed", message);
      const failure = { reason: "ImageInspectError", message, retryAt: this.#parts.clock.now() + retryMs };
      return { failure };
    }
  }
  async #pull(request: ImageRequest, name: ImageName, signal: AbortSignal): Promise<ImageOutcome> {
    const { clock } = this.#parts;
    const image = request.container.image ?? name.reference;
    const key = `${request.pod.metadata.uid}_${name.reference}`;
    const held = this.#backOffs.get(key);
    if (held && clock.now() < held.until) {
      const message = `Back-off pulling image ${JSON.stringify(image)}`;
      this.#say(request, "Normal", "BackOff", message);
      return this.#failed("ImagePullBackOff", `${message}: ${held.lastError}`, held.until - clock.now());
    }
    const since = clock.monotonic();
    this.#say(request, "Normal", "Pulling", `Pulling image ${JSON.stringify(image)}`);
    let pulled: Pulled;
    try {
      pulled = await orAborted(this.#shared(request, name), signal);
    } catch (error) {
      signal.throwIfAborted();
      return this.#pullFailed(request, key, image, reasonOf(error));
    }
    this.#backOffs.delete(key);
    const took = formatDuration(Math.round(pulled.tookMs));
    const waited = formatDuration(Math.round(clock.monotonic() - since));
    const size = pulled.facts?.sizeBytes ?? 0;
    const message = `Successfully pulled image ${JSON.stringify(image)} in ${took} (${waited} including waiting). Image size: ${size} bytes.`;
    this.#say(request, "Normal", "Pulled", message);
    return { ok: true, ref: pulled.ref, facts: pulled.facts };
  }
  #pullFailed(request: ImageRequest, key: string, image: string, why: string): ImageOutcome {
    this.#say(request, "Warning", "Failed", `Failed to pull image ${JSON.stringify(image)}: ${why}`);
    const before = this.#backOffs.get(key);
    const delayMs = before ? Math.min(before.delayMs * 2, longestDelayMs) : firstDelayMs;
    const until = this.#parts.clock.now() + delayMs;
    this.#backOffs.set(key, { delayMs, until, lastError: `ErrImagePull: ${why}` });
    return this.#failed("ErrImagePull", why, shownMs);
  }
  /** One pull for all who ask for the same image with the same logins. */
  #shared(request: ImageRequest, name: ImageName): Promise<Pulled> {
    const logins = credentialsFor(name, request.secrets);
    const key = JSON.stringify([name.reference, logins]);
    const running = this.#pulls.get(key);
    if (running) return running;
    const pull = this.#limiter
      .run(() => this.#pullNow(name.reference, logins, request.sandbox), this.#parts.signal)
      .finally(() => this.#pulls.delete(key));
    pull.catch(() => undefined); // those who wait hear of it; nobody may be left
    this.#pulls.set(key, pull);
    return pull;
  }
  async #pullNow(image: string, logins: readonly RegistryAuth[], sandbox: SandboxConfig | undefined): Promise<Pulled> {
    const { runtime, clock, signal } = this.#parts;
    const since = clock.monotonic();
    let failure: unknown;
    for (const login of logins.length > 0 ? logins : [undefined])
      try {
        const ref = await runtime.pullImage(image, login, sandbox, signal);
        const tookMs = clock.monotonic() - since;
        const facts = await runtime.imageStatus(ref, signal);
        this.#parts.pulled?.();
        return { ref, facts, tookMs };
      } catch (error) {
        failure = error;
      }
    throw failure;
  }
}
