import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call, Peer } from "#server/pipeline.ts";
import { createAuthenticator, onlyTokens, staticTokens } from "./authenticate.ts";

const authenticator = createAuthenticator({
  tokens: onlyTokens(staticTokens(new Map([["t", { name: "holder", groups: [] }]])), ["api"]),
  frontProxy: { allowedNames: ["front"] },
});
/** A semicolon stands between values that are sent by themselves. */
const sent = (headers: Record<string, string>) => ({
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replaceAll(";", ", ")])),
  repeatedHeaders: (name: string) => headers[name]?.split(";") ?? [],
  warnings: [],
});
const who = async (peer: Partial<Peer>, headers: Record<string, string> = {}, path = "/api"): Promise<string> => {
  const call = { ...sent(headers), peer: { address: "", ...peer }, path, signal: new AbortController().signal };
  const user = await authenticator.authenticate(call as unknown as Call);
  return `${user ? `${user.name} ${user.groups.join(",")}` : "401"}${call.warnings.length > 0 ? " warned" : ""}`;
};
const certificate = { commonName: "cert", organizations: ["org"], fingerprint: "ab12" };
const proxy = { proxyCertificate: { commonName: "front", organizations: [] } };
const remote = { "x-remote-user": "bob", "x-remote-group": "a,1;b" };

test("who a request is from", async () => {
  const cases: readonly (readonly [string, Partial<Peer>, Record<string, string>?, string?])[] = [
    ["cert org,system:authenticated", { certificate }],
    ["holder system:authenticated", {}, { authorization: "Bearer t" }],
    [
      "holder system:authenticated",
      {},
      {
        "sec-websocket-protocol": `v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.${Buffer.from("t").toString("base64url")}`,
      },
    ],
    ["401", {}, { authorization: "Bearer x" }],
    ["holder system:authenticated", {}, { authorization: " BEARER t more" }],
    ["401 warned", {}, { authorization: "Bearer  t" }],
    ["401", {}, { authorization: "Bearer" }],
    ["401", {}, { authorization: "Bearer x" }, "/healthz"],
    ["401", {}],
    ["system:anonymous system:unauthenticated", {}, {}, "/readyz/etcd"],
    ["system:anonymous system:unauthenticated", {}, {}, "/version"],
    ["401", {}, {}, "/versions"],
    ["bob a,1,b,system:authenticated", proxy, remote],
    [
      "system:anonymous system:unauthenticated",
      proxy,
      { "x-remote-user": "system:anonymous", "x-remote-group": "system:unauthenticated" },
    ],
    // Headers alone, a client's own certificate, or a proxy that is not allowed prove nothing.
    ["401", {}, remote],
    ["cert org,system:authenticated", { certificate }, remote],
    ["401", { proxyCertificate: { commonName: "other", organizations: ["system:masters"] } }, remote],
    ["401", proxy],
  ];
  for (const [expected, peer, headers, path] of cases) assert.equal(await who(peer, headers, path), expected);
});

test("what a proxy says of a user, and which certificate it was", async () => {
  const call = {
    peer: { address: "", ...proxy },
    ...sent({ ...remote, "x-remote-uid": "7", "x-remote-extra-example.com%2fkey": "v;w" }),
  };
  assert.deepEqual(await authenticator.authenticate(call as unknown as Call), {
    name: "bob",
    uid: "7",
    groups: ["a,1", "b", "system:authenticated"],
    extra: { "example.com/key": ["v", "w"] },
  });
  const certified = { peer: { address: "", certificate }, headers: {} };
  const user = await authenticator.authenticate(certified as unknown as Call);
  assert.deepEqual(user?.extra, { "authentication.kubernetes.io/credential-id": ["X509SHA256=ab12"] });
});
