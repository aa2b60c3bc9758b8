// Watch frames. A frame is made once for each event, type and served version, and every watcher sends the same bytes.
import type { KubeObject } from "#api/kind.ts";
import type { Status } from "#api/errors.ts";
import type { EncodedObject, WatchFrame } from "#server/pipeline.ts";

class JsonFrame implements WatchFrame {
  readonly type: WatchFrame["type"];
  readonly encoded: EncodedObject;
  #line: Uint8Array | undefined;
  constructor(type: WatchFrame["type"], encoded: EncodedObject) {
    this.type = type;
    this.encoded = encoded;
  }
  get line(): Uint8Array {
    return (this.#line ??= jsonLine(this.type, this.encoded.bytes));
  }
}

/** One line of a JSON watch. */
export function jsonLine(type: string, object: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`{"type":"${type}","object":`), object, Buffer.from("}\n")]);
}
export const createFrame = (type: WatchFrame["type"], encoded: EncodedObject): WatchFrame =>
  new JsonFrame(type, encoded);

/** An object whose bytes are made at first use. */
export class Encoded implements EncodedObject {
  readonly object: KubeObject;
  #bytes: Uint8Array | undefined;
  constructor(object: KubeObject) {
    this.object = object;
  }
  get bytes(): Uint8Array {
    return (this.#bytes ??= Buffer.from(JSON.stringify(this.object)));
  }
}

export const initialEventsEnd = "k8s.io/initial-events-end";
/** Tells how far a watch has come; `endsInitialEvents` marks the end of the initial objects. */
export function bookmark(
  of: { readonly kind: string; readonly apiVersion: string },
  revision: number,
  endsInitialEvents = false,
): WatchFrame {
  const metadata = {
    resourceVersion: String(revision),
    ...(endsInitialEvents ? { annotations: { [initialEventsEnd]: "true" } } : {}),
  };
  return createFrame("BOOKMARK", new Encoded({ kind: of.kind, apiVersion: of.apiVersion, metadata }));
}
export const errorFrame = (status: Status): WatchFrame =>
  createFrame("ERROR", new Encoded(status as unknown as KubeObject));
