// The stage of auditing: notes who asked for what and what became of it, as far as the policy wants it noted. It stands
// behind authentication and before impersonation, so that it knows who really asks.
import { ApiError, isReason } from "#api/errors.ts";
import { isObject, parseJson } from "#api/json.ts";
import { parseYaml } from "#api/yaml.ts";
import type { Clock } from "#base/clock.ts";
import type { Metrics } from "#base/metrics.ts";
import { jsonType, protobufType, yamlType, type DecodeProtobuf } from "#server/body.ts";
import { mediaType } from "#server/body-type.ts";
import type { AuditContext, Authenticated, Handler, Reply, Routed, Stage } from "#server/pipeline.ts";
import { isLongRunning } from "#server/stages/limits.ts";
import { answered, auditEvent, isStatus, withoutManagedFields, type Noted } from "./event.ts";
import { atLeast, compilePolicy, type AuditConfig, type AuditPolicy, type AuditStage } from "./policy.ts";

/** Where events go. It must not throw and must not wait. */
export interface AuditSink {
  write(event: object): void;
}
export interface AuditOptions {
  readonly policy: AuditPolicy;
  readonly sink: AuditSink;
}
interface Surroundings {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly decodeProtobuf: DecodeProtobuf | undefined;
}
export interface Audit {
  /** Notes those whom authentication turns away. */
  readonly refusals: Stage<Routed>;
  readonly requests: Stage<Authenticated>;
}

/** The body as it came; where it cannot be shown, nothing. */
async function shown(bytes: Uint8Array, call: Routed, decode: DecodeProtobuf | undefined): Promise<unknown> {
  const type = mediaType(call);
  try {
    if (type === protobufType) return decode?.(bytes);
    if (type === yamlType || type.endsWith("+yaml")) return (await parseYaml(bytes)).value;
    return type === jsonType || type.endsWith("+json") ? parseJson(bytes).value : undefined;
  } catch {
    return undefined; // what cannot be read is refused by whoever wants to read it
  }
}

export function createAudit({ policy, sink }: AuditOptions, surroundings: Surroundings): Audit {
  const { clock, metrics, decodeProtobuf } = surroundings;
  const configOf = compilePolicy(policy);
  const events = metrics.counter("apiserver_audit_event_total", "Audit events that were made.");
  const byLevel = metrics.counter("apiserver_audit_level_total", "Requests by the level of their audit.");
  const emit = (config: AuditConfig, noted: Noted, stage: AuditStage): void => {
    if (config.omits.has(stage)) return;
    const clean = config.omitManagedFields ? withoutManagedFields : (value: unknown): unknown => value;
    const { response, requestObject } = noted;
    const wantsAnswer = atLeast(config.level, "RequestResponse");
    sink.write(
      auditEvent(
        {
          ...noted,
          ...(requestObject === undefined ? {} : { requestObject: clean(requestObject) }),
          ...(response ? { response: { code: response.code, ...answerObject(response, wantsAnswer, clean) } } : {}),
        },
        stage,
        clock.now(),
      ),
    );
    events.add({});
  };

  const requests: Stage<Authenticated> = (next) => (call) => {
    const config = configOf({ user: call.user, info: call.info, path: call.path });
    byLevel.add({ level: config.level });
    if (config.level === "None") return next(call);
    return audited(call, config, next);
  };
  const audited = async (call: Authenticated, config: AuditConfig, next: Handler<Authenticated>): Promise<Reply> => {
    const context: AuditContext = { annotations: {}, wantsRequest: atLeast(config.level, "Request") };
    const noting = noteBody(call, config, decodeProtobuf);
    const noted = async (response?: Noted["response"]): Promise<Noted> => ({
      call,
      level: config.level,
      user: call.user,
      impersonated: context.impersonated,
      impersonationConstraint: context.impersonationConstraint,
      annotations: context.annotations,
      requestObject: context.requestObject ?? (await noting.body()),
      ...(response ? { response } : {}),
    });
    emit(config, { ...(await noted()), requestObject: undefined }, "RequestReceived");
    try {
      const reply = await next({ ...noting.call, audit: context });
      const response = answered(reply);
      if (!isLongRunning(call)) emit(config, await noted(response), "ResponseComplete");
      else {
        emit(config, await noted(response), "ResponseStarted");
        const end = await noted(response);
        onceEnded(call.signal, () => emit(config, end, "ResponseComplete"));
      }
      return reply;
    } catch (error) {
      const isOurs = !(error instanceof ApiError);
      const response = isOurs ? { code: 500 } : { code: error.code, object: error.toStatus() };
      emit(config, await noted(response), isOurs ? "Panic" : "ResponseComplete");
      throw error;
    }
  };

  const refusals: Stage<Routed> = (next) => async (call) => {
    try {
      return await next(call);
    } catch (error) {
      if (isReason(error, "Unauthorized") && !wasAuthenticated.has(error)) {
        const config = configOf({ user: undefined, info: call.info, path: call.path });
        const response = { code: 401, object: error.toStatus() };
        const noted = {
          call,
          level: config.level,
          user: undefined,
          impersonated: undefined,
          annotations: {},
          response,
        };
        if (config.level !== "None") emit(config, noted, "ResponseStarted");
      }
      throw error;
    }
  };
  return { refusals, requests: (next) => requests(markErrors(next)) };
}

/** Errors of requests whose user was known. */
const wasAuthenticated = new WeakSet<object>();
const markErrors =
  (next: Handler<Authenticated>): Handler<Authenticated> =>
  async (call) => {
    try {
      return await next(call);
    } catch (error) {
      if (isReason(error, "Unauthorized")) wasAuthenticated.add(error);
      throw error;
    }
  };

function answerObject(
  response: NonNullable<Noted["response"]>,
  isWanted: boolean,
  clean: (value: unknown) => unknown,
): { readonly object?: unknown } {
  // A refusal's text belongs to the status in any case.
  if (!isWanted && response.code < 400 && !isStatus(response.object)) return {};
  return response.object === undefined ? {} : { object: clean(response.object) };
}

/** The call with a body that is kept as it is read, for levels that show it. */
function noteBody(
  call: Authenticated,
  config: AuditConfig,
  decode: DecodeProtobuf | undefined,
): { readonly call: Authenticated; readonly body: () => Promise<unknown> } {
  if (!atLeast(config.level, "Request")) return { call, body: () => Promise.resolve(undefined) };
  if (call.parsedBody !== undefined) return { call, body: () => Promise.resolve(call.parsedBody) };
  let bytes: Uint8Array | undefined;
  const body = async (limitBytes: number): Promise<Uint8Array> => (bytes = await call.body(limitBytes));
  const shownBody = async (): Promise<unknown> => {
    const value = bytes?.length ? await shown(bytes, call, decode) : undefined;
    // Upstream shows options as it has them inside.
    const isOptions = isObject(value) && value["kind"] === "DeleteOptions" && call.method === "DELETE";
    return isOptions ? { ...value, apiVersion: "meta.k8s.io/__internal" } : value;
  };
  return { call: { ...call, body }, body: shownBody };
}

function onceEnded(signal: AbortSignal, run: () => void): void {
  if (signal.aborted) run();
  else signal.addEventListener("abort", run, { once: true });
}
