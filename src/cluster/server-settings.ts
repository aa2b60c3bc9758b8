// What a person may set of the API server, by files in the cluster's folder `config`, in upstream's forms: an audit
// policy, an encryption configuration, further users. A file that is not there leaves things as they are; one that makes
// no sense keeps the server from starting, for a half-applied one would be worse.
import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { isObject } from "#api/json.ts";
import { parseYaml } from "#api/yaml.ts";
import { policyProblems, type AuditPolicy } from "#server/audit/policy.ts";
import type { OidcOptions } from "#server/auth/tokens/oidc.ts";
import { encryptionProblems, type EncryptionConfiguration } from "#server/encryption/configuration.ts";
import type { IdentityOptions, Target } from "./identities.ts";
import { Problem } from "./problem.ts";
import { readTracing, tracingFile, type TracingConfiguration } from "./tracing.ts";

export interface ServerSettings {
  readonly audit?: AuditPolicy;
  readonly encryption?: EncryptionConfiguration;
  readonly tracing?: TracingConfiguration;
  readonly identities: Pick<IdentityOptions, "oidc" | "anonymousPaths" | "tokenWebhook" | "authorizationWebhook">;
}
export const settingFiles = {
  audit: "audit-policy.yaml",
  encryption: "encryption.yaml",
  authentication: "authentication.yaml",
  tokenWebhook: "authentication-webhook.kubeconfig",
  authorizationWebhook: "authorization-webhook.kubeconfig",
} as const;

const refuse = (file: string, why: string): Problem =>
  new Problem(`${file} cannot be used`, { why, remedy: "correct the file or remove it, then start the server again" });

async function read(folder: string, name: string): Promise<{ file: string; value: unknown } | undefined> {
  const file = join(folder, name);
  if (!existsSync(file)) return undefined;
  try {
    return { file, value: (await parseYaml(readFileSync(file))).value };
  } catch (error) {
    throw refuse(file, error instanceof Error ? error.message : String(error));
  }
}

/** Reads the folder. Throws Problem. */
export async function readServerSettings(folder: string): Promise<ServerSettings> {
  const checked = async <T>(name: string, problems: (value: unknown) => string[]): Promise<T | undefined> => {
    const found = await read(folder, name);
    const wrong = found ? problems(found.value) : [];
    if (wrong.length > 0) throw refuse(found!.file, wrong.join("\n"));
    return found?.value as T | undefined;
  };
  const target = async (name: string): Promise<Target | undefined> => {
    const found = await read(folder, name);
    return found && targetOf(found.value, found.file);
  };
  const audit = await checked<AuditPolicy>(settingFiles.audit, policyProblems);
  const encryption = await checked<EncryptionConfiguration>(settingFiles.encryption, encryptionProblems);
  const users = await checked<AuthenticationConfiguration>(settingFiles.authentication, authenticationProblems);
  const tracing = await readTracing(join(folder, tracingFile));
  const tokenWebhook = await target(settingFiles.tokenWebhook);
  const authorizationWebhook = await target(settingFiles.authorizationWebhook);
  return {
    ...(audit ? { audit } : {}),
    ...(encryption ? { encryption } : {}),
    ...(tracing ? { tracing } : {}),
    identities: {
      ...(users ? usersOf(users) : {}),
      ...(tokenWebhook ? { tokenWebhook } : {}),
      ...(authorizationWebhook ? { authorizationWebhook } : {}),
    },
  };
}

interface ClaimOrPrefix {
  readonly claim?: string;
  readonly prefix?: string;
  readonly expression?: string;
}
interface JwtConfig {
  readonly issuer?: {
    readonly url?: string;
    readonly audiences?: readonly string[];
    readonly certificateAuthority?: string;
  };
  readonly claimMappings?: {
    readonly username?: ClaimOrPrefix;
    readonly groups?: ClaimOrPrefix;
    readonly uid?: ClaimOrPrefix;
    readonly extra?: readonly unknown[];
  };
  readonly claimValidationRules?: readonly {
    readonly claim?: string;
    readonly requiredValue?: string;
    readonly expression?: string;
  }[];
  readonly userValidationRules?: readonly unknown[];
}
/** The part of upstream's AuthenticationConfiguration that needs no expressions. */
export interface AuthenticationConfiguration {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly jwt?: readonly JwtConfig[];
  readonly anonymous?: { readonly enabled?: boolean; readonly conditions?: readonly { readonly path?: string }[] };
}

export function authenticationProblems(value: unknown): string[] {
  const config = value as AuthenticationConfiguration;
  if (config?.apiVersion !== "apiserver.config.k8s.io/v1" || config.kind !== "AuthenticationConfiguration")
    return ["it must be an AuthenticationConfiguration of apiserver.config.k8s.io/v1"];
  return (config.jwt ?? []).flatMap((jwt, i) => jwtProblems(`jwt[${i}]`, jwt));
}
function jwtProblems(
  at: string,
  { issuer, claimMappings = {}, claimValidationRules = [], ...more }: JwtConfig,
): string[] {
  const { username, groups, uid, extra = [] } = claimMappings;
  const found: string[] = [];
  if (!issuer?.url?.startsWith("https://")) found.push(`${at}.issuer.url: must begin with https://`);
  if (!issuer?.audiences?.length) found.push(`${at}.issuer.audiences: at least one is needed`);
  if (!username?.claim) found.push(`${at}.claimMappings.username.claim: is needed`);
  if (username?.claim && username.prefix === undefined)
    found.push(`${at}.claimMappings.username.prefix: is needed, and may be empty`);
  const hasExpressions =
    [username, groups, uid, ...claimValidationRules].some((one) => one?.expression !== undefined) ||
    extra.length > 0 ||
    (more.userValidationRules ?? []).length > 0;
  if (hasExpressions) found.push(`${at}: expressions are not supported; name claims`);
  return found;
}

function usersOf({ jwt = [], anonymous }: AuthenticationConfiguration): Partial<IdentityOptions> {
  const paths = anonymous?.enabled ? (anonymous.conditions?.flatMap(({ path }) => path ?? []) ?? [""]) : [];
  return {
    oidc: jwt.map(oidcOf),
    ...(anonymous ? { anonymousPaths: paths } : {}),
  };
}
function oidcOf({ issuer = {}, claimMappings = {}, claimValidationRules = [] }: JwtConfig): OidcOptions {
  const { username = {}, groups, uid } = claimMappings;
  return {
    issuerUrl: issuer.url!,
    clientId: issuer.audiences!,
    usernameClaim: username.claim!,
    usernamePrefix: username.prefix || "-",
    ...(groups?.claim ? { groupsClaim: groups.claim, groupsPrefix: groups.prefix ?? "" } : {}),
    ...(uid?.claim ? { uidClaim: uid.claim } : {}),
    ...(issuer.certificateAuthority ? { ca: issuer.certificateAuthority } : {}),
    requiredClaims: Object.fromEntries(
      claimValidationRules.flatMap(({ claim, requiredValue = "" }) => (claim ? [[claim, requiredValue]] : [])),
    ),
  };
}

interface Kubeconfig {
  readonly "current-context"?: string;
  readonly contexts?: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user?: string };
  }[];
  readonly clusters?: readonly {
    readonly name: string;
    readonly cluster: Readonly<Record<string, string | undefined>>;
  }[];
  readonly users?: readonly { readonly name: string; readonly user: Readonly<Record<string, string | undefined>> }[];
}
/** The server that a kubeconfig's current context names, and how to speak to it. */
export function targetOf(value: unknown, file: string): Target {
  if (!isObject(value)) throw refuse(file, "it is no kubeconfig");
  const config = value as Kubeconfig;
  const context = config.contexts?.find(({ name }) => name === config["current-context"])?.context;
  const cluster = config.clusters?.find(({ name }) => name === context?.cluster)?.cluster;
  const user = config.users?.find(({ name }) => name === context?.user)?.user ?? {};
  const url = cluster?.["server"];
  if (!url?.startsWith("https://")) throw refuse(file, "its current context leads to no server at an https address");
  const material = (of: Readonly<Record<string, string | undefined>>, name: string): string | undefined => {
    const data = of[`${name}-data`];
    if (data) return Buffer.from(data, "base64").toString();
    const path = of[name];
    return path && readFileSync(isAbsolute(path) ? path : join(dirname(file), path), "utf8");
  };
  const ca = material(cluster!, "certificate-authority");
  const certificate = material(user, "client-certificate");
  const key = material(user, "client-key");
  return {
    url,
    ...(ca ? { ca } : {}),
    ...(certificate && key ? { client: { certificate, key } } : {}),
    ...(user["token"] ? { bearerToken: user["token"] } : {}),
  };
}
