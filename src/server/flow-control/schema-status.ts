// Tells of every flow schema whether the priority level that it names is there (condition Dangling).
import { FlowSchema } from "#api/flowcontrol/flow-schema.ts";
import { PriorityLevelConfiguration } from "#api/flowcontrol/priority-level-configuration.ts";
import { isReason } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import { timestamp, type ApiContext } from "#server/api-context.ts";
import { changeStored } from "#server/verbs/change-stored.ts";

/** The schema with its condition; itself where that is right already. */
export function withDangling(schema: FlowSchema, isThere: boolean, now: number): FlowSchema {
  const { conditions = [] } = schema.status ?? {};
  const level = `PriorityLevelConfiguration object named ${JSON.stringify(schema.spec.priorityLevelConfiguration.name)}`;
  const [status, reason, message] = isThere
    ? (["False", "Found", `This FlowSchema references the ${level} and it exists`] as const)
    : (["True", "NotFound", `This FlowSchema references the ${level} but there is no such object`] as const);
  const before = conditions.find(({ type }) => type === "Dangling");
  if (before?.status === status && before.message === message && before.reason === reason) return schema;
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : timestamp(now);
  const condition = { type: "Dangling", status, lastTransitionTime, reason, message };
  const others = conditions.filter(({ type }) => type !== "Dangling");
  return { ...schema, status: { ...schema.status, conditions: [...others, condition] } } as FlowSchema;
}

/** Until `signal` is aborted. */
export async function keepSchemaStatus(context: ApiContext, signal: AbortSignal): Promise<void> {
  const { registry, clock, log } = context;
  const { storage } = registry;
  const served = registry.find(FlowSchema.group, FlowSchema.version, FlowSchema.plural);
  if (!served) return;
  const levels = storage.cache(PriorityLevelConfiguration.group, PriorityLevelConfiguration.plural);
  const settle = (key: string): void => {
    const change = (object: KubeObject): KubeObject => {
      const schema = object as FlowSchema;
      return withDangling(schema, levels.get(schema.spec.priorityLevelConfiguration.name) !== undefined, clock.now());
    };
    changeStored(context, served, key, change, signal).catch((error: unknown) => {
      if (!signal.aborted && !isReason(error, "NotFound"))
        log.error("the status of a flow schema could not be written", { error, schema: key });
    });
  };
  using _schemas = served.cache.onEvent(({ type, stored }) => {
    if (type !== "DELETED" && !signal.aborted) settle(stored.key);
  });
  using _levels = levels.onEvent(({ type, stored }) => {
    if (type === "MODIFIED" || signal.aborted) return;
    for (const one of served.cache.list())
      if ((one.object as FlowSchema).spec.priorityLevelConfiguration.name === stored.key) settle(one.key);
  });
  for (const one of Array.from(served.cache.list())) settle(one.key);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
