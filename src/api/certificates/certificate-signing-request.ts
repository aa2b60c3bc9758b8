// CertificateSigningRequest: asks a signer for a certificate, which is made after somebody approved it. What was asked
// for never changes, and who asked is written in by the server.
import { defineKind, statusSubresource } from "#api/kind.ts";
import {
  type CertificateSigningRequestCondition,
  CertificateSigningRequest as schema,
} from "#api/certificates/schema.ts";
import { cloneJson } from "#api/json.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { formatTime, humanDuration } from "#api/time.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { validateRequest } from "./request-validation.ts";

export interface CertificateSigningRequest extends Infer<typeof schema> {}
export const CertificateSigningRequest = defineKind<CertificateSigningRequest>({
  group: "certificates.k8s.io",
  version: "v1",
  kind: "CertificateSigningRequest",
  plural: "certificatesigningrequests",
  scope: "Cluster",
  shortNames: ["csr"],
  schema,
  subresources: [{ name: "approval", verbs: ["get", "patch", "update"] }, statusSubresource],
  columns: [
    nameColumn,
    ageColumn,
    textColumn("SignerName", "Signer that is asked.", ({ spec }) => spec.signerName || "<none>"),
    textColumn("Requestor", "Who asked.", ({ spec }) => spec.username ?? ""),
    textColumn("RequestedDuration", "How long it is to last.", ({ spec: { expirationSeconds: seconds } }) =>
      seconds === undefined ? "<none>" : humanDuration(seconds * 1000),
    ),
    textColumn("Condition", "What was decided.", conditionText),
  ],
  selectableFields: { "spec.signerName": ({ spec }) => spec.signerName },
  rules: {
    prepareForCreate(draft, { user }) {
      const { username: _name, uid: _uid, groups: _groups, extra: _extra, ...asked } = draft.spec ?? {};
      draft.spec = {
        ...asked,
        ...(user.name && { username: user.name }),
        ...(user.uid && { uid: user.uid }),
        ...(user.groups.length > 0 && { groups: [...user.groups] }),
        ...(user.extra && Object.keys(user.extra).length > 0 && { extra: cloneJson(user.extra) as never }),
      };
    },
    prepareForUpdate(draft, old) {
      draft.spec = cloneJson(old.spec) as NonNullable<typeof draft.spec>;
    },
    prepareForStatusUpdate(draft, old, now) {
      for (const type of decisions) keepConditions(draft, old, type);
      stampConditions(draft, old, now);
    },
    preparePart: { approval: stampConditions },
    validateCreate: (request) => validateRequest(request, undefined, {}),
    validateUpdate: (request, old) => validateRequest(request, old, {}),
    validateStatusUpdate: (request, old) => validateRequest(request, old, { issues: true }),
    validatePart: { approval: (request, old) => validateRequest(request, old, { decides: true }) },
  },
  nameRule: "pathSegment",
  hasGeneration: false,
});

const decisions = ["Approved", "Denied"] as const;
type RequestDraft = Draft<CertificateSigningRequest>;
/** Decisions that a write of the status repeats are taken over as they stand. */
function keepConditions(draft: RequestDraft, old: CertificateSigningRequest, type: string): void {
  const conditions = draft.status?.conditions ?? [];
  const before = (old.status.conditions ?? []).filter((condition) => condition.type === type);
  const places = [...conditions.keys()].filter((i) => conditions[i]?.type === type);
  if (places.length !== before.length) return;
  for (const [i, place] of places.entries())
    conditions[place] = cloneJson(before[i]) as Draft<CertificateSigningRequestCondition>;
}
function stampConditions(draft: RequestDraft, old: CertificateSigningRequest, now: number): void {
  for (const condition of draft.status?.conditions ?? []) {
    if (!condition) continue;
    condition.lastUpdateTime ||= formatTime(now);
    if (condition.lastTransitionTime) continue;
    const before = (old.status.conditions ?? []).find(
      ({ type, status, lastTransitionTime }) =>
        type === condition.type && status === condition.status && Boolean(lastTransitionTime),
    );
    condition.lastTransitionTime = before?.lastTransitionTime ?? formatTime(now);
  }
}

function conditionText({ status }: CertificateSigningRequest): string {
  const has = (type: string): boolean => (status.conditions ?? []).some((condition) => condition.type === type);
  const decision = has("Denied") ? "Denied" : has("Approved") ? "Approved" : "Pending";
  return `${decision}${has("Failed") ? ",Failed" : ""}${status.certificate ? ",Issued" : ""}`;
}
