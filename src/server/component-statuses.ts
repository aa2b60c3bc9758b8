// componentstatuses: objects that are not stored but made when asked for, one for each part of the control plane.
// Scheduler and controllers live in this process, so whoever answers runs them too.
import type { ComponentStatus } from "#api/core/component-status.ts";
import { notFound } from "#api/errors.ts";
import type { ApiContext, ResourceCall } from "./api-context.ts";
import type { Handler } from "./pipeline.ts";
import { selectionOf } from "./selection.ts";

function statusOf(name: string, failure?: string): ComponentStatus {
  const condition =
    failure === undefined
      ? { type: "Healthy", status: "True", message: "ok" }
      : { type: "Healthy", status: "False", error: failure };
  return { kind: "ComponentStatus", apiVersion: "v1", metadata: { name }, conditions: [condition] };
}

export const createComponentStatuses =
  ({ storage }: ApiContext): Handler<ResourceCall> =>
  async ({ served, info, query }) => {
    const storeFailure = await storage.store.revision().then(() => undefined, String);
    const all = [statusOf("scheduler"), statusOf("controller-manager"), statusOf("etcd-0", storeFailure)];
    if (info.verb === "get") {
      const object = all.find(({ metadata }) => metadata.name === info.name);
      if (!object) throw notFound(served.of, info.name);
      return { type: "object", code: 200, of: served.of, object };
    }
    const asked = { labelSelector: query.get("labelSelector") ?? "", fieldSelector: query.get("fieldSelector") ?? "" };
    const { matches } = selectionOf(served, "", asked, info.name);
    const items = all
      .filter((object) => !matches || matches(object))
      .map((object) => ({ object, bytes: Buffer.from(JSON.stringify(object)) }));
    return {
      type: "list",
      of: served.of,
      apiVersion: "v1",
      kind: served.of.listKind,
      metadata: { resourceVersion: "" },
      items,
    };
  };
