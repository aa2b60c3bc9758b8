// Signing requests: kubelets' own are approved, approved ones are signed, old ones are cleared away.
import { SubjectAccessReview } from "#api/authorization/subject-access-review.ts";
import { CertificateSigningRequest } from "#api/certificates/certificate-signing-request.ts";
import { isReason } from "#api/errors.ts";
import { formatTime, parseTime } from "#api/time.ts";
import { defineController, type Controller, type Turn } from "#reconcile/controller.ts";
import {
  isOurs,
  kubeletClientProblem,
  signerProblem,
  signers,
  type RequestedIdentity,
} from "#controllers/certificates/signer-rules.ts";
import { messageOf } from "#controllers/pods/pod-control.ts";
import { allow, tellEvents } from "#controllers/rules.ts";

/** Reads and signs requests in PEM. Both throw on what they cannot read. */
export interface CertificateAuthority {
  inspect(request: string): Promise<RequestedIdentity>;
  /** The certificate in PEM. */
  sign(request: string, options: { readonly usages: readonly string[]; readonly notAfter: number }): Promise<string>;
}
const group = "certificates.k8s.io";
const longestMs = 365 * 24 * 3600_000;
const shortestMs = 600_000;
const hourMs = 3600_000;

const has = (csr: CertificateSigningRequest, type: string): boolean =>
  csr.status.conditions?.some((c) => c.type === type) ?? false;
const isDecided = (csr: CertificateSigningRequest): boolean => has(csr, "Approved") || has(csr, "Denied");
const pemOf = (csr: CertificateSigningRequest): string => Buffer.from(csr.spec.request, "base64").toString();

/** Approves the client certificates of kubelets that may have them. */
export const createCertificateApprover = (authority: CertificateAuthority): Controller<CertificateSigningRequest> =>
  defineController({
    name: "certificate-approver",
    rules: [
      allow("get list watch", group, "certificatesigningrequests"),
      allow("update", group, "certificatesigningrequests/approval"),
      { verbs: ["approve"], apiGroups: [group], resources: ["signers"], resourceNames: [signers.kubeletClient] },
      allow("create", "authorization.k8s.io", "subjectaccessreviews"),
      tellEvents,
    ],
    for: CertificateSigningRequest,
    async reconcile(csr, turn) {
      if (isDecided(csr) || csr.spec.signerName !== signers.kubeletClient) return;
      const identity = await read(authority, csr);
      if (!identity || kubeletClientProblem(identity, csr.spec.usages)) return;
      const isSelf = identity.commonName === csr.spec.username;
      const asked = isSelf ? ["selfnodeclient", "nodeclient"] : ["nodeclient"];
      for (const subresource of asked) {
        if (!(await mayHave(csr, subresource, turn))) continue;
        const whose = subresource === "selfnodeclient" ? "self kubelet" : "kubelet";
        const message = `Auto approving ${whose} client certificate after SubjectAccessReview.`;
        const condition = { type: "Approved", status: "True", reason: "AutoApproved", message, ...timesOf(turn) };
        const conditions = [...(csr.status.conditions ?? []), condition];
        const options = { subresource: "approval", signal: turn.signal };
        await turn.client.update(CertificateSigningRequest, { ...csr, status: { ...csr.status, conditions } }, options);
        return;
      }
    },
  });
const timesOf = (turn: Turn) => {
  const time = formatTime(turn.clock.now());
  return { lastUpdateTime: time, lastTransitionTime: time };
};
async function read(
  authority: CertificateAuthority,
  csr: CertificateSigningRequest,
): Promise<RequestedIdentity | undefined> {
  return authority.inspect(pemOf(csr)).catch(() => undefined);
}
async function mayHave({ spec }: CertificateSigningRequest, subresource: string, turn: Turn): Promise<boolean> {
  const resourceAttributes = { group, resource: "certificatesigningrequests", verb: "create", subresource };
  const { username = "", uid = "", groups = [], extra = {} } = spec;
  const review = { spec: { user: username, uid, groups, extra, resourceAttributes } };
  const answer = await turn.client.create(SubjectAccessReview, review, { signal: turn.signal });
  return answer.status.allowed;
}

/** Signs what has been approved. */
export const createCertificateSigner = (authority: CertificateAuthority): Controller<CertificateSigningRequest> =>
  defineController({
    name: "certificate-signer",
    rules: [
      allow("get list watch", group, "certificatesigningrequests"),
      allow("update", group, "certificatesigningrequests/status"),
      { verbs: ["sign"], apiGroups: [group], resources: ["signers"], resourceNames: Object.values(signers) },
      tellEvents,
    ],
    for: CertificateSigningRequest,
    async reconcile(csr, turn) {
      const { status, spec } = csr;
      if (status.certificate || !has(csr, "Approved") || has(csr, "Denied") || has(csr, "Failed")) return;
      if (!isOurs(spec.signerName)) return;
      const options = { subresource: "status", signal: turn.signal };
      try {
        const problem = signerProblem(csr, await authority.inspect(pemOf(csr)));
        if (problem) throw new Error(problem);
        const wantedMs = (spec.expirationSeconds ?? Infinity) * 1000;
        const notAfter = turn.clock.now() + Math.max(shortestMs, Math.min(wantedMs, longestMs));
        const pem = await authority.sign(pemOf(csr), { usages: spec.usages ?? [], notAfter });
        const certificate = Buffer.from(pem).toString("base64");
        await turn.client.update(CertificateSigningRequest, { ...csr, status: { ...status, certificate } }, options);
      } catch (error) {
        if (isReason(error, "Conflict", "NotFound") || turn.signal.aborted) throw error;
        const condition = {
          type: "Failed",
          status: "True",
          reason: "SignerValidationFailure",
          message: messageOf(error),
          ...timesOf(turn),
        };
        const conditions = [...(status.conditions ?? []), condition];
        await turn.client.update(CertificateSigningRequest, { ...csr, status: { ...status, conditions } }, options);
      }
    },
  });

/** Clears away what nobody waits for: decided requests after an hour, undecided ones after a day. */
export const certificateCleaner = defineController({
  name: "certificate-cleaner",
  rules: [allow("get list watch delete", group, "certificatesigningrequests"), tellEvents],
  for: CertificateSigningRequest,
  async reconcile(csr, turn) {
    const since = (type: string): number | undefined => {
      const time = csr.status.conditions?.find((c) => c.type === type)?.lastUpdateTime;
      return time === undefined ? undefined : parseTime(time) + hourMs;
    };
    const created = parseTime(csr.metadata.creationTimestamp!);
    const approved = csr.status.certificate ? since("Approved") : undefined;
    const due = [since("Denied"), since("Failed"), approved].filter((t) => t !== undefined);
    const at = due.length > 0 ? Math.min(...due) : created + 24 * hourMs;
    const left = at - turn.clock.now();
    if (left > 0) return { againInMs: left };
    const { name = "", uid } = csr.metadata;
    const options = { preconditions: { uid: uid! }, signal: turn.signal };
    await turn.client.delete(CertificateSigningRequest, { name }, options).catch((error: unknown) => {
      if (!isReason(error, "NotFound", "Conflict")) throw error;
    });
    return;
  },
});
