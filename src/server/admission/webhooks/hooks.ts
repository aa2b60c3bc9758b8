// The stored webhooks in the order of their calls, with what is read out of each of them once.
import type { MutatingWebhookConfiguration } from "#api/admissionregistration/mutating-webhook-configuration.ts";
import type { MatchCondition } from "#api/admissionregistration/policy-schema.ts";
import type { ValidatingWebhookConfiguration } from "#api/admissionregistration/validating-webhook-configuration.ts";
import type { MutatingWebhook, ValidatingWebhook } from "#api/admissionregistration/webhook-schema.ts";
import type { AnyKind, Kind } from "#api/kind.ts";
import type { Random } from "#base/random.ts";
import type { AdmissionRequest } from "#server/admission/admission.ts";
import { criteriaOf, versionFor, type Criteria } from "#server/admission/match/criteria.ts";
import type { Registry } from "#server/registry.ts";
import { targetOf, type WebhookCaller, type WebhookTarget } from "#server/webhook/caller.ts";

/** Whether all conditions hold for the request as `of` shows it. Throws what is to be answered. */
export type Conditions = (request: AdmissionRequest, of: AnyKind, signal: AbortSignal) => Promise<boolean>;
export type ConditionsOf = (
  conditions: readonly MatchCondition[],
  failurePolicy: string,
  registry: Registry,
) => Conditions;

export interface WebhookOptions {
  readonly registry: Registry;
  readonly caller: WebhookCaller;
  readonly random: Random;
  readonly conditionsOf: ConditionsOf;
}

export interface Hook {
  readonly name: string;
  readonly configuration: string;
  /** Stays the same over changes of the configuration. */
  readonly id: string;
  readonly target: WebhookTarget;
  readonly criteria: Criteria;
  readonly conditions: Conditions | undefined;
  readonly reviewVersions: readonly string[];
  readonly ignoresFailure: boolean;
  readonly isReinvoked: boolean;
  readonly allowsDryRun: boolean;
  readonly timeoutMs: number;
}
/** Undefined: it is not called. Throws where that cannot be told. */
export async function versionSeenBy(
  registry: Registry,
  { criteria, conditions }: Hook,
  request: AdmissionRequest,
  signal: AbortSignal,
): Promise<AnyKind | undefined> {
  const of = await versionFor(registry, criteria, request, signal);
  return of && conditions && !(await conditions(request, of, signal)) ? undefined : of;
}
type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration;

const harmless = new Set<string | undefined>(["None", "NoneOnDryRun"]);
const defaultTimeoutSeconds = 10;

function hookOf(
  webhook: MutatingWebhook | ValidatingWebhook,
  configuration: string,
  id: string,
  conditions: Conditions | undefined,
): Hook {
  const {
    namespaceSelector,
    objectSelector,
    matchPolicy,
    rules = [],
    timeoutSeconds = defaultTimeoutSeconds,
  } = webhook;
  return {
    name: webhook.name,
    configuration,
    id,
    target: targetOf(webhook.clientConfig),
    criteria: criteriaOf({ rules, matchPolicy, namespaceSelector, objectSelector }),
    conditions,
    reviewVersions: webhook.admissionReviewVersions ?? [],
    ignoresFailure: webhook.failurePolicy === "Ignore",
    isReinvoked: "reinvocationPolicy" in webhook && webhook.reinvocationPolicy === "IfNeeded",
    allowsDryRun: harmless.has(webhook.sideEffects),
    timeoutMs: timeoutSeconds * 1000,
  };
}

/** The webhooks of one kind of configuration. Read anew only when a configuration has changed. */
export class Hooks {
  readonly #registry: Registry;
  readonly #kind: Kind<Configuration>;
  readonly #conditionsOf: ConditionsOf;
  #version = NaN;
  #hooks: readonly Hook[] = [];

  constructor(registry: Registry, kind: Kind<Configuration>, conditionsOf: ConditionsOf) {
    this.#registry = registry;
    this.#kind = kind;
    this.#conditionsOf = conditionsOf;
  }
  /** By the names of their configurations, then in the order that those give. */
  all(): readonly Hook[] {
    const version = this.#registry.version(this.#kind);
    if (version === this.#version) return this.#hooks;
    const name = ({ metadata }: Configuration): string => metadata.name!;
    const sorted = [...this.#registry.list(this.#kind)].toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
    this.#hooks = sorted.flatMap((configuration) => this.#read(configuration));
    this.#version = version;
    return this.#hooks;
  }
  #read({ metadata, webhooks = [] }: Configuration): Hook[] {
    const counts = new Map<string, number>();
    return webhooks.map((webhook) => {
      const count = counts.get(webhook.name) ?? 0;
      counts.set(webhook.name, count + 1);
      const { matchConditions = [], failurePolicy = "Fail" } = webhook;
      const conditions =
        matchConditions.length > 0 ? this.#conditionsOf(matchConditions, failurePolicy, this.#registry) : undefined;
      return hookOf(webhook, metadata.name!, `${metadata.name}/${webhook.name}/${count}`, conditions);
    });
  }
}
