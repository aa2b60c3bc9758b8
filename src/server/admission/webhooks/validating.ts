// ValidatingAdmissionWebhook: webhooks that may refuse what is written, all at the same time.
import { ValidatingWebhookConfiguration } from "#api/admissionregistration/validating-webhook-configuration.ts";
import type { AnyKind } from "#api/kind.ts";
import type { AdmissionPlugin, AdmissionRequest } from "#server/admission/admission.ts";
import { isExempt } from "#server/admission/match/criteria.ts";
import { show, type Shown } from "#server/admission/match/versions.ts";
import { callHook, internal, NoVerdict } from "./call.ts";
import { Hooks, versionSeenBy, type Hook, type WebhookOptions } from "./hooks.ts";

const annotation = "failed-open.validating.webhook.admission.k8s.io/";

export function validatingWebhooks(options: WebhookOptions): AdmissionPlugin {
  const hooks = new Hooks(options.registry, ValidatingWebhookConfiguration, options.conditionsOf);
  return {
    name: "ValidatingAdmissionWebhook",
    concerns: (request) => hooks.all().length > 0 && !isExempt(request),
    async validate(request, signal) {
      const concerned: { hook: Hook; of: AnyKind }[] = [];
      for (const hook of hooks.all()) {
        const of = await versionSeenBy(options.registry, hook, request, signal);
        if (of) concerned.push({ hook, of });
      }
      const views = new Map<AnyKind, Promise<Shown>>();
      const viewIn = (of: AnyKind): Promise<Shown> => {
        let view = views.get(of);
        if (!view) views.set(of, (view = show(request, of)));
        return view;
      };
      // The first to fail is the one that the client hears of.
      const refusals: unknown[] = [];
      const calls = concerned.map(async ({ hook, of }, index) => {
        try {
          await judge(options, { hook, request, of, index, shown: await viewIn(of) }, signal);
        } catch (error) {
          refusals.push(error);
        }
      });
      await Promise.all(calls);
      if (refusals.length > 0) throw refusals[0];
    },
  };
}

interface Turn {
  readonly hook: Hook;
  readonly request: AdmissionRequest;
  readonly of: AnyKind;
  readonly index: number;
  readonly shown: Shown;
}
async function judge(options: WebhookOptions, turn: Turn, signal: AbortSignal): Promise<void> {
  const { hook, request, of, index, shown } = turn;
  try {
    await callHook(options, { hook, request, of, shown, mayPatch: false }, signal);
  } catch (error) {
    if (!(error instanceof NoVerdict)) throw error;
    if (!hook.ignoresFailure) throw internal(error.message, error);
    request.annotate?.(`${annotation}round_0_index_${index}`, hook.name);
  }
}
