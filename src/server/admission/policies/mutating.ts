// MutatingAdmissionPolicy: policies in expressions that change what is written, one after the other. When one has changed
// the object, all plugins look at it once more, and with them the policies that ask for it.
import { MutatingAdmissionPolicyBinding } from "#api/admissionregistration/mutating-admission-policy-binding.ts";
import { MutatingAdmissionPolicy } from "#api/admissionregistration/mutating-admission-policy.ts";
import { applySchemaDefaults, decodeObject, strictText, unknownFieldText } from "#api/decode.ts";
import { ApiError, type Reason } from "#api/errors.ts";
import { cloneJson, deepEqual } from "#api/json.ts";
import { keyOf, type AnyKind, type KubeObject } from "#api/kind.ts";
import type { AdmissionPlugin, AdmissionRequest, Rounds } from "#server/admission/admission.ts";
import { Undecided } from "#server/admission/expressions/conditions.ts";
import { isExempt, namespaceOf, versionFor, type Criteria } from "#server/admission/match/criteria.ts";
import { hasOwnBody, show, takeBack } from "#server/admission/match/versions.ts";
import { refuse } from "#server/admission/refuse.ts";
import { internal } from "#server/admission/webhooks/call.ts";
import { Reinvocation } from "#server/admission/reinvocation.ts";
import { PatchProblem } from "./apply-configuration.ts";
import { PolicyHooks, type PolicyHook } from "./hooks.ts";
import { MutatingEvaluator } from "./mutating-evaluator.ts";
import { namespaceAround } from "./namespace.ts";
import { collectParams, ConfigurationError, paramsOf } from "./params.ts";
import type { PolicyOptions } from "./validating.ts";

type Binding = MutatingAdmissionPolicyBinding;
type Hook = PolicyHook<MutatingAdmissionPolicy, Binding, MutatingEvaluator>;

export function mutatingPolicies(options: PolicyOptions): AdmissionPlugin {
  const kinds = { policy: MutatingAdmissionPolicy, binding: MutatingAdmissionPolicyBinding };
  const hooks = new PolicyHooks(options.registry, kinds, ({ spec }) => new MutatingEvaluator(spec));
  const reinvocations = new WeakMap<Rounds, Reinvocation>();
  return {
    name: "MutatingAdmissionPolicy",
    concerns: (request) => request.operation !== "DELETE" && hooks.all().length > 0 && !isExempt(request),
    async admit(request, signal, rounds) {
      let reinvocation = reinvocations.get(rounds);
      if (!reinvocation) reinvocations.set(rounds, (reinvocation = new Reinvocation(rounds)));
      await new Pass(options, request, reinvocation, signal).run(hooks.all());
    },
  };
}

/** One policy with one binding and one set of parameters. */
interface Invocation {
  readonly hook: Hook;
  readonly binding: Binding;
  readonly of: AnyKind;
  readonly params: KubeObject | undefined;
}
interface Problem {
  readonly text: string;
  readonly reason: Reason;
}

/** All policies in one round of one request. */
class Pass {
  readonly #options: PolicyOptions;
  readonly #request: AdmissionRequest;
  readonly #reinvocation: Reinvocation;
  readonly #signal: AbortSignal;
  readonly #problems: Problem[] = [];

  constructor(options: PolicyOptions, request: AdmissionRequest, reinvocation: Reinvocation, signal: AbortSignal) {
    this.#options = options;
    this.#request = request;
    this.#reinvocation = reinvocation;
    this.#signal = signal;
  }
  async run(hooks: readonly Hook[]): Promise<void> {
    const invocations: Invocation[] = [];
    for (const hook of hooks) invocations.push(...(await this.#invocationsOf(hook)));
    if (invocations.length > 0) {
      this.#reinvocation.begin(this.#request.object);
      for (const invocation of invocations) await this.#invoke(invocation);
      this.#reinvocation.end(this.#request.object);
    }
    this.#finish();
  }

  async #invocationsOf(hook: Hook): Promise<Invocation[]> {
    const { policy, criteria, bindings } = hook;
    const { registry } = this.#options;
    const target = await this.#configured(hook, undefined, async () => {
      const of = await this.#versionFor(criteria);
      return of && { of, served: paramsOf(registry, policy.spec.paramKind) };
    });
    if (!target) return [];
    const found: Invocation[] = [];
    for (const { binding, criteria: narrower } of bindings) {
      const all = await this.#configured(hook, binding, async () => {
        if (narrower && !(await this.#versionFor(narrower))) return [];
        return collectParams(target.served, binding.spec.paramRef, namespaceOf(this.#request));
      });
      for (const params of all ?? []) found.push({ hook, binding, of: target.of, params });
    }
    return found;
  }
  #versionFor(criteria: Criteria): Promise<AnyKind | undefined> {
    return versionFor(this.#options.registry, criteria, this.#request, this.#signal);
  }
  async #configured<T>(hook: Hook, binding: Binding | undefined, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ConfigurationError || error instanceof ApiError)) throw error;
      const why = `failed to configure ${binding ? "binding" : "policy"}: ${error.message}`;
      this.#report(hook, binding, why, "Forbidden");
      return undefined;
    }
  }
  #report({ policy }: Hook, binding: Binding | undefined, why: string, reason: Reason): void {
    if (policy.spec.failurePolicy === "Ignore") return;
    const name = policy.metadata.name!;
    const who = binding ? `policy '${name}' with binding '${binding.metadata.name}'` : `policy ${JSON.stringify(name)}`;
    this.#problems.push({ text: `${who} denied request: ${why}`, reason });
  }

  async #invoke({ hook, binding, of, params }: Invocation): Promise<void> {
    const { registry, authorizer } = this.#options;
    const request = this.#request;
    const { evaluator, policy } = hook;
    const namespace = await namespaceAround(registry, request, this.#signal);
    const shown = await show(request, of);
    const scene = { request, of, shown, namespace, authorizer, params };
    const id = [policy.metadata.name, binding.metadata.name, params ? keyOf(params) : ""].join(" ");
    try {
      if (!(await evaluator.isMet(scene, this.#signal))) return;
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      return this.#report(hook, binding, error.message, "Invalid");
    }
    if (this.#reinvocation.passesOver(id) || !shown.object) return;
    let object = shown.object;
    for (let i = 0; i < evaluator.size; i++) {
      try {
        const now = { ...scene, shown: { ...shown, object } };
        object = decoded(request, of, await evaluator.change(i, now, this.#signal));
      } catch (error) {
        if (!(error instanceof PatchProblem)) throw error;
        this.#report(hook, binding, error.message, "Invalid");
      }
    }
    if (!deepEqual(object, shown.object)) {
      await takeBack(request, of, object);
      this.#reinvocation.changed();
    }
    if (evaluator.isReinvoked) this.#reinvocation.called(id);
  }

  /** Throws where something is held against the request: the first in words, all as causes. */
  #finish(): void {
    const [first] = this.#problems;
    if (!first) return;
    const refusal = refuse(this.#request, "admission request denied by policy");
    throw new ApiError(first.reason, first.text, {
      code: refusal.code,
      details: { ...refusal.details, causes: this.#problems.map(({ text }) => ({ message: text })) },
    });
  }
}

/** What a change made, brought into the shape of its kind; unknown fields are the policy's fault. */
function decoded(request: AdmissionRequest, of: AnyKind, changed: unknown): KubeObject {
  const copy = cloneJson(changed);
  if (hasOwnBody(request)) return copy as KubeObject;
  try {
    const { draft, unknown } = decodeObject<KubeObject>(of, copy, { unknownFields: of.custom ? "ignore" : "collect" });
    if (unknown.length > 0) throw internal(strictText(unknown.map(unknownFieldText)));
    applySchemaDefaults(of, draft);
    return draft as KubeObject;
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason === "InternalError") throw error;
    // Of a body it would be told first what it was taken for.
    throw internal(error.message.replace(/^\S+ in version "\S+" cannot be handled as a \S+: /, ""), error);
  }
}
