// DefaultTolerationSeconds: a pod stays for five minutes on a node that became unready or unreachable, unless it says
// otherwise.
import { Pod } from "#api/core/pod.ts";
import type { Draft } from "#api/schema.ts";
import { concernsOnly, type AdmissionPlugin } from "./admission.ts";

const keys = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] as const;
const tolerationSeconds = 300;

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: "DefaultTolerationSeconds",
  concerns: concernsOnly(Pod, "CREATE", "UPDATE"),
  admit(request) {
    const pod = request.object as Draft<Pod>;
    const spec = (pod.spec ??= {});
    const given = spec.tolerations ?? [];
    const missing = keys.filter(
      (key) => !given.some((t) => (!t?.key || t.key === key) && (!t?.effect || t.effect === "NoExecute")),
    );
    if (missing.length === 0) return;
    const added = missing.map((key) => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds }) as const);
    spec.tolerations = [...given, ...added];
  },
};
