// ClusterTrustBundle: root certificates that pods of the whole cluster can trust. One of a signer carries the signer's
// name in its own.
import { X509Certificate } from "node:crypto";
import { type FieldError, invalidValue, tooLong } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { byteLength, isDnsSubdomain } from "#api/names.ts";
import type { Infer } from "#api/schema.ts";
import { inVersion, sameShape } from "#api/versions.ts";
import { validateSignerName } from "#api/core/pod-rules/signer-names.ts";
import { immutable } from "#api/meta/checks.ts";
import { nameColumn, textColumn } from "#api/meta/columns.ts";
import { pemBlocks, type Block } from "./pem.ts";
import { ClusterTrustBundle as schema } from "./preview-schema.ts";

const maxBundleBytes = 1024 * 1024;

export interface ClusterTrustBundle extends Infer<typeof schema> {}
export const ClusterTrustBundle = defineKind<ClusterTrustBundle>({
  group: "certificates.k8s.io",
  version: "v1beta1",
  kind: "ClusterTrustBundle",
  plural: "clustertrustbundles",
  scope: "Cluster",
  schema,
  columns: [
    nameColumn,
    textColumn("SignerName", "Whose certificates they are.", ({ spec }) => spec.signerName || "<none>"),
  ],
  selectableFields: { "spec.signerName": ({ spec }) => spec.signerName ?? "" },
  rules: {
    validate: ({ metadata, spec: { signerName = "" } }) => {
      const found = nameProblems(metadata.name ?? "", signerName);
      if (signerName) validateSignerName(found, "spec.signerName", signerName);
      return found;
    },
    validateCreate: ({ spec }) => bundleProblems(spec.trustBundle),
    validateUpdate({ spec }, old) {
      const found = spec.trustBundle === old.spec.trustBundle ? [] : bundleProblems(spec.trustBundle);
      immutable(found, "spec.signerName", spec.signerName ?? "", old.spec.signerName ?? "");
      return found;
    },
  },
  nameRule: "own",
  unconditionalUpdate: false,
});

function nameProblems(name: string, signerName: string): FieldError[] {
  const invalid = (text: string): FieldError => invalidValue("metadata.name", name, text);
  if (!signerName) {
    if (name.includes(":")) return [invalid('ClusterTrustBundle without signer name must not have ":" in its name')];
    return isDnsSubdomain(name).map(invalid);
  }
  const prefix = `${signerName.replaceAll("/", ":")}:`;
  if (!name.startsWith(prefix))
    return [invalid(`ClusterTrustBundle for signerName ${signerName} must be named with prefix ${prefix}`)];
  return isDnsSubdomain(name.slice(prefix.length)).map(invalid);
}

function blockProblem({ type, hasHeaders, der }: Block): string | undefined {
  if (type !== "CERTIFICATE") return `has bad block type: ${type}`;
  if (hasHeaders) return "has PEM block headers";
  try {
    return new X509Certificate(der).ca ? undefined : "does not have the CA bit set";
  } catch {
    return "does not parse as X.509"; // the parser says no more than that
  }
}
function bundleProblems(text: string): FieldError[] {
  const field = "spec.trustBundle";
  const invalid = (what: string): FieldError => invalidValue(field, "<value omitted>", what);
  if (byteLength(text) > maxBundleBytes) return [tooLong(field, maxBundleBytes)];
  const blocks = pemBlocks(text);
  const found = blocks.flatMap((block, i) => {
    const problem = blockProblem(block);
    return problem ? [invalid(`entry ${i} ${problem}`)] : [];
  });
  if (found.length > 0) return found;
  if (blocks.length === 0) return [invalid("at least one trust anchor must be provided")];
  const places = Map.groupBy(blocks.keys(), (i) => blocks[i]!.der.toString("latin1"));
  return [...places.values()]
    .filter((indexes) => indexes.length > 1)
    .map((indexes) => invalid(`duplicate trust anchor (indices [${indexes.join(" ")}])`));
}

const alpha = inVersion("io.k8s.api.certificates.v1beta1", "io.k8s.api.certificates.v1alpha1");
export const ClusterTrustBundleV1Alpha1 = sameShape(ClusterTrustBundle, "v1alpha1", alpha(schema), {
  deprecated: "1.34",
  removed: "1.37",
});
