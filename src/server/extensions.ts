// What users add to the API: custom resources, admission webhooks and policies, other servers. One value with all that the composition plugs in.
import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import type { AdmissionPlugin } from "./admission/admission.ts";
import { webhookConditions } from "./admission/expressions/conditions.ts";
import { admissionExpressions } from "./admission/policies/check-expressions.ts";
import { mutatingPolicies } from "./admission/policies/mutating.ts";
import { keepPolicyStatus } from "./admission/policies/policy-status.ts";
import { validatingPolicies } from "./admission/policies/validating.ts";
import { mutatingWebhooks } from "./admission/webhooks/mutating.ts";
import { validatingWebhooks } from "./admission/webhooks/validating.ts";
import { Aggregation } from "./aggregate/aggregation.ts";
import type { RemoteDiscovery } from "./aggregate/remote-discovery.ts";
import type { ProxyCertificate } from "./aggregate/remote-services.ts";
import type { ApiContext } from "./api-context.ts";
import type { Companion } from "./api-server.ts";
import { customResourceRules } from "./crd/check-definition.ts";
import { serveDefinitions } from "./crd/definitions.ts";
import { customResourceTermination } from "./crd/termination.ts";
import type { Authenticated, Authorizer, Stage } from "./pipeline.ts";
import type { Registry } from "./registry.ts";
import type { WebhookCaller } from "./webhook/caller.ts";
import { HttpsCaller } from "./webhook/https-caller.ts";

export interface ExtensionOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How webhooks are called; absent: over the network. */
  readonly caller?: WebhookCaller;
  /** Where several servers share the store: how long names rest before a custom kind is served. */
  readonly establishDelayMs?: number;
  /** By which other servers know this one; asked for each connection. Absent: they get none. */
  readonly proxyCertificate?: () => ProxyCertificate;
}
export interface Extensions {
  /** The plugins with those of the extensions at their places among them. */
  readonly admission: (
    plugins: readonly AdmissionPlugin[],
    registry: Registry,
    authorizer: Authorizer,
  ) => readonly AdmissionPlugin[];
  readonly companions: (context: ApiContext) => readonly Companion[];
  /** Other servers for some group-versions. */
  readonly delegate: (context: ApiContext) => Stage<Authenticated>;
  readonly discovery: RemoteDiscovery;
}

export function createExtensions(options: ExtensionOptions): Extensions {
  const callers = new WeakMap<Registry, WebhookCaller>();
  const callerFor = (registry: Registry): WebhookCaller => {
    let caller = options.caller ?? callers.get(registry);
    if (!caller) callers.set(registry, (caller = new HttpsCaller({ objects: registry, clock: options.clock })));
    return caller;
  };
  const { random, establishDelayMs = 0 } = options;
  const aggregation = new Aggregation({ certificate: () => options.proxyCertificate?.() });
  return {
    delegate: (context) => aggregation.stage(context),
    discovery: aggregation.discovery,
    admission: (plugins, registry, authorizer) => {
      const conditionsOf = webhookConditions(authorizer);
      const hooks = { registry, caller: callerFor(registry), random, conditionsOf };
      const own = [
        mutatingPolicies({ registry, authorizer }),
        mutatingWebhooks(hooks),
        validatingPolicies({ registry, authorizer }),
        validatingWebhooks(hooks),
      ];
      // Quotas are charged for what is really written.
      const at = plugins.findIndex((plugin) => plugin.name === "ResourceQuota");
      const place = at < 0 ? plugins.length : at;
      const first = [customResourceTermination(registry), customResourceRules, admissionExpressions];
      return [...first, ...plugins.slice(0, place), ...own, ...plugins.slice(place)];
    },
    companions: (context) => {
      const caller = callerFor(context.registry);
      return [
        (signal) => serveDefinitions({ context, caller, establishDelayMs }, signal),
        (signal) => keepPolicyStatus(context, signal),
        ...aggregation.companions(context),
      ];
    },
  };
}
