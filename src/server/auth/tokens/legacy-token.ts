// Service account tokens of the old kind: they lie in Secrets and never expire; they hold as long as Secret and account
// are there.
import { Secret } from "#api/core/secret.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import type { StoredObjects } from "#server/auth/objects.ts";
import { sameText } from "./same-text.ts";
import type { TokenAuthenticator } from "./token-authenticator.ts";
import type { TokenSigner } from "./token-signer.ts";

export const tokenSecretType = "kubernetes.io/service-account-token";
export const accountNameAnnotation = "kubernetes.io/service-account.name";
export const accountUidAnnotation = "kubernetes.io/service-account.uid";
const issuer = "kubernetes/serviceaccount";
const namespaceClaim = `${issuer}/namespace`;
const secretClaim = `${issuer}/secret.name`;
const nameClaim = `${issuer}/service-account.name`;
const uidClaim = `${issuer}/service-account.uid`;

export const signLegacyToken = (signer: TokenSigner, secret: string, account: ServiceAccount): string => {
  const { namespace, name, uid } = account.metadata;
  return signer.sign({
    iss: issuer,
    [namespaceClaim]: namespace,
    [secretClaim]: secret,
    [nameClaim]: name,
    [uidClaim]: uid,
    sub: `system:serviceaccount:${namespace!}:${name!}`,
  });
};

export function legacyTokens({
  signer,
  objects,
}: {
  readonly signer: TokenSigner;
  readonly objects: StoredObjects;
}): TokenAuthenticator {
  return {
    name: "service account token Secrets",
    verify(token, audiences) {
      const claims = signer.check(token);
      if (claims?.["iss"] !== issuer) return undefined;
      const [namespace, secretName, name, uid] = [namespaceClaim, secretClaim, nameClaim, uidClaim].map((claim) =>
        String(claims[claim]),
      );
      const secret = objects.get(Secret, `${namespace!}/${secretName!}`);
      const stored = Buffer.from(secret?.data?.["token"] ?? "", "base64").toString();
      if (!secret || secret.metadata.deletionTimestamp || !sameText(stored, token)) return undefined;
      const account = objects.get(ServiceAccount, `${namespace!}/${name!}`);
      if (!account || account.metadata.deletionTimestamp || account.metadata.uid !== uid) return undefined;
      const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace!}`];
      return { user: { name: `system:serviceaccount:${namespace!}:${name!}`, uid: uid!, groups }, audiences };
    },
  };
}
