// Definitions of custom resources for tests, and how to wait for them.
import type { TestCluster } from "#testing.ts";
import { condition } from "./conformance.ts";
import type { Rest, Wire } from "./rest.ts";

export const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
export const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

export interface Custom {
  readonly group: string;
  /** Default: Widget. */
  readonly kind?: string;
  readonly scope?: "Namespaced" | "Cluster";
  readonly versions?: readonly object[];
  /** Of the one version when `versions` is not given. */
  readonly schema?: object;
  readonly [more: string]: unknown;
}
/** One version v1 that takes anything, unless said otherwise. */
export function definition({ group, kind = "Widget", scope = "Namespaced", versions, schema, ...more }: Custom): Wire {
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  const v1 = { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema ?? anything } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { plural, singular, kind, listKind: `${kind}List` },
      versions: versions ?? [v1],
      ...more,
    },
  };
}
/** Creates it, and waits until it is served. */
export async function establish(
  { rest, cluster }: { readonly rest: Rest; readonly cluster: TestCluster },
  crd: Wire,
): Promise<Wire> {
  await rest.post(definitions, crd);
  const path = `${definitions}/${crd.metadata.name}`;
  const served = crd.spec.versions.find((v: Wire) => v.served);
  return cluster.until(async () => {
    const now = await rest.get(path);
    if (condition(now, "Established")?.status !== "True") return false;
    const { code } = await rest.ask(`/apis/${crd.spec.group}/${served.name}/${crd.spec.names.plural}`);
    return code === 200 && now;
  });
}
