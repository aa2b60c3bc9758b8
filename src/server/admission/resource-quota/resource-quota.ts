// ResourceQuota: a namespace uses no more than its quotas allow. The use is added to the quotas before the write, and
// taken off again when nothing comes of it.
import { Namespace } from "#api/core/namespace.ts";
import type { KubeObject } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import type { Registry } from "#server/registry.ts";
import type { AdmissionPlugin, AdmissionRequest } from "../admission.ts";
import { refuse } from "../refuse.ts";
import { isCounted, type QuotaRequest } from "./check-quota.ts";
import { QuotaLedger, type Verdict } from "./quota-ledger.ts";

export function resourceQuota({ registry, clock }: { registry: Registry; clock: Clock }): AdmissionPlugin {
  const ledger = new QuotaLedger(registry, clock);
  const settle = (request: AdmissionRequest, verdict: Verdict): void | Promise<void> => {
    if (!verdict.ok) throw refuse(request, verdict.why);
    if (!verdict.settle) return;
    if (request.afterwards) request.afterwards(verdict.settle);
    else return verdict.settle(registry.storage.revision);
  };
  return {
    name: "ResourceQuota",
    concerns: (request) => request.namespace !== "" && request.of !== Namespace && isCounted(request),
    validate(request) {
      const { of, subresource, operation, namespace } = request;
      const object = request.object as unknown as KubeObject;
      const asked: QuotaRequest = { of, subresource, operation, object, old: request.old, now: clock.now() };
      if (!ledger.isRelevant(namespace, asked)) return undefined;
      if (request.dryRun) return settle(request, ledger.look(namespace, asked));
      return ledger.charge(namespace, asked).then((verdict) => settle(request, verdict));
    },
  };
}
