// Replies of the verbs that answer with one object.
import type { StatusDetails, Status } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import type { Reply } from "#server/pipeline.ts";
import type { Served } from "#server/registry.ts";
import type { StoredObject } from "#server/cache/stored-object.ts";
import type { Outcome } from "./write-request.ts";

export function storedReply(served: Served, stored: StoredObject, code = 200): Reply {
  const encoded = served.encode(stored);
  return {
    type: "object",
    code,
    of: served.of,
    get object() {
      return encoded.object;
    },
    get bytes() {
      return encoded.bytes;
    },
  };
}
export const outcomeReply = (served: Served, outcome: Outcome): Reply =>
  outcome.stored
    ? storedReply(served, outcome.stored, outcome.code)
    : { type: "object", code: outcome.code, of: served.of, object: outcome.object };

export const success = (details?: StatusDetails): Status => ({
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Success",
  ...(details ? { details } : {}),
});
/** What a delete answers when the object is gone. */
export const deletedStatus = (served: Served, object: KubeObject): Status =>
  success({
    name: object.metadata.name!,
    ...(served.of.group ? { group: served.of.group } : {}),
    kind: served.of.plural,
    uid: object.metadata.uid!,
  });
export const statusReply = (status: Status, code = 200): Reply => ({ type: "object", code, object: status });
