// Fills Secrets that ask for a service account's token, and takes those away whose account is gone. It lies here and not
// among the controllers because it needs the signing key.
import { Secret } from "#api/core/secret.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import type { KubeObject } from "#api/kind.ts";
import type { Log } from "#base/log.ts";
import {
  accountNameAnnotation,
  accountUidAnnotation,
  holdsToken,
  signLegacyToken,
  tokenSecretType,
} from "#server/auth/tokens/legacy-token.ts";
import type { TokenSigner } from "#server/auth/tokens/token-signer.ts";
import type { StoredObject } from "#server/cache/stored-object.ts";
import type { Registry } from "#server/registry.ts";

export interface TokenSecretOptions {
  readonly registry: Registry;
  readonly signer: TokenSigner;
  /** PEM: the authority of the server's own certificate. */
  readonly rootCertificates: string;
  readonly log: Log;
}
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const accountKey = ({ metadata }: Secret): string =>
  `${metadata.namespace ?? ""}/${metadata.annotations?.[accountNameAnnotation] ?? ""}`;

export type SecretPlan = { readonly type: "none" | "delete" } | { readonly type: "write"; readonly secret: Secret };
/** What a token's Secret needs. `isGood`: whether it holds a token of the account. */
export function planTokenSecret(
  secret: Secret,
  account: ServiceAccount | undefined,
  options: { readonly isGood: boolean; readonly rootCertificates: string; readonly sign: () => string },
): SecretPlan {
  if (secret.type !== tokenSecretType || secret.metadata.deletionTimestamp) return { type: "none" };
  const { annotations = {}, namespace = "" } = secret.metadata;
  const uid = annotations[accountUidAnnotation];
  if (!account || (uid && uid !== account.metadata.uid)) return { type: "delete" };
  const ca = base64(options.rootCertificates);
  const isWhole = secret.data?.["ca.crt"] === ca && secret.data["namespace"] !== undefined && uid !== undefined;
  if (isWhole && options.isGood) return { type: "none" };
  const token = options.isGood ? secret.data!["token"]! : base64(options.sign());
  return {
    type: "write",
    secret: {
      ...secret,
      metadata: {
        ...secret.metadata,
        annotations: { ...annotations, [accountUidAnnotation]: account.metadata.uid! },
      },
      data: { ...secret.data, "ca.crt": ca, namespace: base64(namespace), token },
    },
  };
}

/** Works until `signal` is aborted. */
export async function keepTokenSecrets(options: TokenSecretOptions, signal: AbortSignal): Promise<void> {
  const { registry, signer, rootCertificates, log } = options;
  const { storage } = registry;
  const secrets = storage.cache(Secret.group, Secret.plural);
  const accounts = storage.cache(ServiceAccount.group, ServiceAccount.plural);

  const settle = async (stored: StoredObject): Promise<void> => {
    const secret = stored.object as Secret;
    if (secret.type !== tokenSecretType) return;
    const account = registry.get(ServiceAccount, accountKey(secret));
    const plan = planTokenSecret(secret, account, {
      isGood: holdsToken(secret, signer, registry),
      rootCertificates,
      sign: () => signLegacyToken(signer, secret.metadata.name!, account!),
    });
    // Whoever is faster brings it back here.
    if (plan.type === "write") await storage.put(secrets, stored.key, plan.secret as KubeObject, stored.revision);
    if (plan.type === "delete") await storage.delete(secrets, stored);
  };
  const trySettle = (stored: StoredObject): void => {
    settle(stored).catch((error: unknown) => {
      if (!signal.aborted) log.error("a token Secret could not be kept", { error, secret: stored.key });
    });
  };
  using _secrets = secrets.onEvent(({ type, stored }) => {
    if (type !== "DELETED" && !signal.aborted) trySettle(stored);
  });
  using _accounts = accounts.onEvent(({ type, stored }) => {
    if (type !== "DELETED" || signal.aborted) return;
    const { namespace = "" } = stored.object.metadata;
    for (const secret of secrets.list(namespace))
      if (accountKey(secret.object as Secret) === stored.key) trySettle(secret);
  });
  for (const stored of Array.from(secrets.list())) trySettle(stored);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
