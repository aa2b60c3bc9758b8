// What is counted of authentication and authorization, under upstream's names.
import type { Clock } from "#base/clock.ts";
import type { Metrics } from "#base/metrics.ts";
import type { Authenticator, Authorizer, UserInfo, Verdict } from "#server/pipeline.ts";

const buckets = Array.from({ length: 15 }, (_, i) => 0.001 * 2 ** i);
const named = new Set(["admin", "client", "kube_proxy", "kubelet", "system:serviceaccount:kube-system:default"]);
/** Few enough to be a label. */
const userLabel = ({ name }: UserInfo): string => {
  if (named.has(name)) return name;
  return name.includes("@") ? "email_id" : "other";
};

export function measuredAuthenticator(inner: Authenticator, metrics: Metrics, clock: Clock): Authenticator {
  const attempts = metrics.counter("authentication_attempts", "Requests by whether their sender was known.");
  const seconds = metrics.histogram("authentication_duration_seconds", "Time to know the sender.", buckets);
  const users = metrics.counter("authenticated_user_requests", "Requests of known senders.");
  const series = Object.fromEntries(
    ["success", "failure", "error"].map((result) => [
      result,
      { count: attempts.of({ result }), time: seconds.of({ result }) },
    ]),
  );
  const note = (result: string, start: number): void => {
    series[result]!.count();
    series[result]!.time((clock.monotonic() - start) / 1000);
  };
  return {
    async authenticate(call) {
      const start = clock.monotonic();
      try {
        const user = await inner.authenticate(call);
        note(user ? "success" : "failure", start);
        if (user) users.add({ username: userLabel(user) });
        return user;
      } catch (error) {
        note("error", start);
        throw error;
      }
    },
  };
}

const resultOf = ({ allowed, isFinal, error }: Verdict): string => {
  if (allowed) return "allowed";
  if (isFinal) return "denied";
  return error ? "error" : "no-opinion";
};
export function measuredAuthorizer(inner: Authorizer, metrics: Metrics, clock: Clock): Authorizer {
  const attempts = metrics.counter("authorization_attempts_total", "Requests by whether they were allowed.");
  const seconds = metrics.histogram("authorization_duration_seconds", "Time to a decision.", buckets);
  const series = Object.fromEntries(
    ["allowed", "denied", "error", "no-opinion"].map((result) => [
      result,
      { count: attempts.of({ result }), time: seconds.of({ result }) },
    ]),
  );
  const note = (verdict: Verdict, start: number): Verdict => {
    const one = series[resultOf(verdict)]!;
    one.count();
    one.time((clock.monotonic() - start) / 1000);
    return verdict;
  };
  return {
    authorize(user, info, call) {
      const start = clock.monotonic();
      const pending = inner.authorize(user, info, call);
      return pending instanceof Promise ? pending.then((verdict) => note(verdict, start)) : note(pending, start);
    },
  };
}
