// A webhook for tests that is a function. any: what a JSON body holds is for the test to know.
import type { Json } from "#server/api-server.fake.ts";
import { WebhookFailure, type WebhookCaller, type WebhookRequest, type WebhookTarget } from "./caller.ts";

export type FakeWebhook = (body: Json, target: WebhookTarget) => unknown;

/** Answers calls by the path of the target's service, or by its URL. */
export class FakeCaller implements WebhookCaller {
  readonly calls: Json[] = [];
  readonly timeoutsMs: number[] = [];
  readonly answers: Record<string, FakeWebhook>;
  constructor(answers: Record<string, FakeWebhook> = {}) {
    this.answers = answers;
  }
  async call(target: WebhookTarget, { body, timeoutMs }: WebhookRequest): Promise<unknown> {
    // Over the network the answer would be to a copy too.
    const received: Json = structuredClone(body);
    this.calls.push(received);
    this.timeoutsMs.push(timeoutMs);
    const answer = this.answers[target.service?.path ?? target.url ?? ""];
    if (!answer)
      throw new WebhookFailure('Post "https://nobody.svc:443/": dial tcp 10.0.0.9:443: connect: connection refused');
    return answer(received, target);
  }
}
