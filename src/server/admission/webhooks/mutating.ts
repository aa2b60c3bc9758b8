// MutatingAdmissionWebhook: webhooks that may change what is written, one after the other. When one has changed the object,
// all plugins look at it once more, and with them the webhooks that ask for it.
import { MutatingWebhookConfiguration } from "#api/admissionregistration/mutating-webhook-configuration.ts";
import { TokenRequest } from "#api/authentication/token-request.ts";
import { applySchemaDefaults, decodeObject } from "#api/decode.ts";
import { Eviction } from "#api/policy/eviction.ts";
import { deepEqual, parseJson } from "#api/json.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { jsonPatch } from "#apply/json-patch.ts";
import type { AdmissionPlugin, AdmissionRequest, Rounds } from "#server/admission/admission.ts";
import { isExempt } from "#server/admission/match/criteria.ts";
import { hasOwnBody, show, shownKind, takeBack } from "#server/admission/match/versions.ts";
import { callHook, internal, NoVerdict } from "./call.ts";
import { Hooks, versionSeenBy, type Hook, type WebhookOptions } from "./hooks.ts";
import { Reinvocation } from "#server/admission/reinvocation.ts";
import type { Verdict } from "./review.ts";

const annotation = "mutation.webhook.admission.k8s.io/";

export function mutatingWebhooks(options: WebhookOptions): AdmissionPlugin {
  const hooks = new Hooks(options.registry, MutatingWebhookConfiguration, options.conditionsOf);
  const reinvocations = new WeakMap<Rounds, Reinvocation>();
  return {
    name: "MutatingAdmissionWebhook",
    concerns: (request) => hooks.all().length > 0 && !isExempt(request),
    async admit(request, signal, rounds) {
      let reinvocation = reinvocations.get(rounds);
      if (!reinvocation) reinvocations.set(rounds, (reinvocation = new Reinvocation(rounds)));
      reinvocation.begin(request.object);
      for (const [index, hook] of hooks.all().entries()) {
        const of = await versionSeenBy(options.registry, hook, request, signal);
        if (!of || reinvocation.passesOver(hook.id)) continue;
        const place = `round_${reinvocation.isSecond ? 1 : 0}_index_${index}`;
        if (await change(options, { hook, request, of, place }, signal)) reinvocation.changed();
        if (hook.isReinvoked) reinvocation.called(hook.id);
      }
      reinvocation.end(request.object);
    },
  };
}

interface Turn {
  readonly hook: Hook;
  readonly request: AdmissionRequest;
  readonly of: AnyKind;
  /** Among all calls, for audit. */
  readonly place: string;
}
/** Whether the webhook has changed the object. */
async function change(options: WebhookOptions, turn: Turn, signal: AbortSignal): Promise<boolean> {
  const { hook, request, of, place } = turn;
  const shown = await show(request, of);
  const key = annotation + place;
  let mutated = false;
  try {
    const verdict = await callHook(options, { hook, request, of, shown, mayPatch: true }, signal);
    const patched = patchedBy(verdict, hook, shown.object);
    if (patched === undefined) return false;
    const after = decoded(request, of, patched);
    mutated = !deepEqual(shown.object, after);
    await takeBack(request, of, after);
    return mutated;
  } catch (error) {
    if (!(error instanceof NoVerdict)) throw error;
    if (!hook.ignoresFailure) throw internal(error.message, error);
    request.annotate?.(`failed-open.${key}`, hook.name);
    return false;
  } finally {
    request.annotate?.(key, JSON.stringify({ configuration: hook.configuration, webhook: hook.name, mutated }));
  }
}

/** Undefined where the webhook wants no change. */
function patchedBy({ patch, patchType }: Verdict, hook: Hook, object: KubeObject | undefined): unknown {
  if (patch === "") return undefined;
  const operations = operationsIn(patch, hook);
  if (operations === null || (Array.isArray(operations) && operations.length === 0)) return undefined;
  if (!object)
    throw internal(
      `admission webhook ${JSON.stringify(hook.name)} attempted to modify the object, which is not supported for this operation`,
    );
  if (patchType !== "JSONPatch") throw new NoVerdict(hook, `unsupported patch type ${JSON.stringify(patchType)}`);
  try {
    return jsonPatch(object, operations);
  } catch (error) {
    throw internal(error instanceof Error ? messageOf(error) : String(error), error);
  }
}
/** The cause says which operation it was. */
const messageOf = ({ message, cause }: Error): string => (cause instanceof Error ? cause.message : message);
const unreadable = "couldn't get version/kind; json parse error: ";
function operationsIn(patch: string, hook: Hook): unknown {
  try {
    return parseJson(Buffer.from(patch)).value;
  } catch (error) {
    const text = (error instanceof Error ? error.message : String(error)).replace(unreadable, "");
    throw new NoVerdict(hook, `received undecodable patch in webhook response: ${text}`, error);
  }
}

const bodies: readonly AnyKind[] = [TokenRequest, Eviction];
/** What a patch made, brought into the shape of its kind. */
function decoded(request: AdmissionRequest, of: AnyKind, patched: unknown): KubeObject {
  const { group, kind } = shownKind(request, of);
  const shape = hasOwnBody(request) ? bodies.find((body) => body.group === group && body.kind === kind) : of;
  if (!shape) return patched as KubeObject;
  try {
    const { draft } = decodeObject<KubeObject>(shape, patched, { unknownFields: "ignore" });
    applySchemaDefaults(shape, draft);
    return draft as KubeObject;
  } catch (error) {
    // Of a body it would be told first what it was taken for.
    const text = error instanceof Error ? error.message : String(error);
    throw internal(text.replace(/^\S+ in version "\S+" cannot be handled as a \S+: /, ""), error);
  }
}
