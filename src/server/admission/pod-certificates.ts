// ClusterTrustBundleAttest, and the right to answer for a signer: who may publish a signer's roots and who may give pods
// its certificates. Their kinds are off by default and are known by name only, so that nothing of them is loaded.
import { ApiError, invalid } from "#api/errors.ts";
import { forbiddenValue, invalidValue } from "#api/field-error.ts";
import { deepEqual } from "#api/json.ts";
import type { KubeObject } from "#api/kind.ts";
import { parseTime } from "#api/time.ts";
import type { Clock } from "#base/clock.ts";
import type { Authorizer, UserInfo } from "#server/pipeline.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./admission.ts";
import { isAuthorized } from "./ask-authorizer.ts";
import { refuse } from "./refuse.ts";

const group = "certificates.k8s.io";
const longestSkewMs = 5 * 60_000;
const isOf = (request: AdmissionRequest, plural: string): boolean =>
  request.of.group === group && request.of.plural === plural;

/** For the signer itself, or for all of its domain. */
export async function mayFor(
  authorizer: Authorizer,
  user: UserInfo,
  verb: "approve" | "attest" | "sign",
  signerName: string,
): Promise<boolean> {
  for (const name of [signerName, `${signerName.split("/")[0]!}/*`])
    if (await isAuthorized(authorizer, user, { verb, group, resource: "signers", name })) return true;
  return false;
}

/** All but what garbage collection and migration of stored objects may change. */
function essence({ metadata, ...rest }: KubeObject): object {
  const { ownerReferences: _owners, finalizers: _finalizers, managedFields: _fields, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

export const clusterTrustBundleAttest = (authorizer: Authorizer): AdmissionPlugin => ({
  name: "ClusterTrustBundleAttest",
  concerns: (request) =>
    isOf(request, "clustertrustbundles") && (request.operation === "CREATE" || request.operation === "UPDATE"),
  async validate(request) {
    const bundle = request.object as unknown as KubeObject & { readonly spec: { readonly signerName?: string } };
    const { signerName } = bundle.spec;
    if (!signerName) return;
    if (request.old && deepEqual(essence(bundle), essence(request.old))) return;
    if (await mayFor(authorizer, request.user, "attest", signerName)) return;
    throw refuse(request, `user not permitted to attest for signerName ${JSON.stringify(signerName)}`);
  },
});

interface Request extends KubeObject {
  readonly spec: { readonly signerName: string };
  readonly status?: { readonly notBefore?: string };
}
export const podCertificateSigning = (authorizer: Authorizer, clock: Clock): AdmissionPlugin => ({
  name: "PodCertificateSigning",
  concerns: (request) =>
    isOf(request, "podcertificaterequests") && request.subresource === "status" && request.operation === "UPDATE",
  async validate(request) {
    const [now, before] = [request.object as unknown as Request, request.old as Request];
    if (deepEqual(now.status, before.status)) return;
    const refuseField = (problem: ReturnType<typeof forbiddenValue>): ApiError =>
      invalid(request.of, request.name, [problem]);
    const begin = now.status?.notBefore;
    const late = "must be set to within 5 minutes of kube-apiserver's current time";
    if (begin && Math.abs(parseTime(begin) - clock.now()) > longestSkewMs)
      throw refuseField(invalidValue("status.notBefore", begin, late));
    const { signerName } = before.spec;
    if (await mayFor(authorizer, request.user, "sign", signerName)) return;
    const text = `User ${JSON.stringify(request.user.name)} is not permitted to "sign" for signer ${JSON.stringify(signerName)}`;
    throw refuseField(forbiddenValue("spec.signerName", text));
  },
});
