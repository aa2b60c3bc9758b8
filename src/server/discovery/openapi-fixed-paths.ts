// The paths of OpenAPI documents that belong to no kind: discovery, version and the keys of the token issuer. Each stands
// in a document of its own in version 3, named like the path.
import { apiVersionOf, type GroupVersion } from "#api/kind.ts";
import { APIGroup, APIGroupList, APIResourceList, APIVersions } from "#api/meta/discovery-schema.ts";
import { VersionInfo } from "#api/meta/version-schema.ts";
import type { Operation, PathOperations } from "#server/discovery/openapi-operations.ts";
import { groupWord } from "#server/discovery/openapi-paths.ts";

const bodyTypes = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
const read = (
  tag: string,
  id: string,
  description: string,
  answer?: string,
  types: { readonly consumes?: readonly string[]; readonly produces?: readonly string[] } = {},
): PathOperations => {
  const { consumes = bodyTypes, produces = bodyTypes } = types;
  const get: Operation = { id, tag, description, consumes, produces, parameters: [], codes: [200] };
  return { get: { ...get, ...(answer === undefined ? {} : { answer }) } };
};
const onlyJson = ["application/json"];

/** The path of a group-version, which stands in its document. */
export function versionPath(gv: GroupVersion): Record<string, PathOperations> {
  const word = groupWord(gv.group);
  const path = gv.group ? `/apis/${apiVersionOf(gv)}/` : `/api/${gv.version}/`;
  const id = `get${capital(word)}${capital(gv.version)}APIResources`;
  return { [path]: read(`${word}_${gv.version}`, id, "get available resources", APIResourceList.name) };
}
/** By the name of the document; `groups` are the built-in ones. */
export function fixedPaths(groups: readonly string[]): Record<string, Record<string, PathOperations>> {
  const out: Record<string, Record<string, PathOperations>> = {
    ".well-known/openid-configuration": {
      "/.well-known/openid-configuration/": read(
        "WellKnown",
        "getServiceAccountIssuerOpenIDConfiguration",
        "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'",
        undefined,
        { consumes: [], produces: onlyJson },
      ),
    },
    api: { "/api/": read("core", "getCoreAPIVersions", "get available API versions", APIVersions.name) },
    apis: { "/apis/": read("apis", "getAPIVersions", "get available API versions", APIGroupList.name) },
    "openid/v1/jwks": {
      "/openid/v1/jwks/": read(
        "openid",
        "getServiceAccountIssuerOpenIDKeyset",
        "get the keys that verify service account tokens, as a JSON Web Key Set",
        undefined,
        { consumes: [], produces: ["application/jwk-set+json"] },
      ),
    },
    version: {
      "/version/": read("version", "getCodeVersion", "get the version information for this server", VersionInfo.name, {
        consumes: onlyJson,
        produces: onlyJson,
      }),
    },
  };
  for (const group of groups) {
    if (group === "") continue;
    const word = groupWord(group);
    const id = `get${capital(word)}APIGroup`;
    out[`apis/${group}`] = { [`/apis/${group}/`]: read(word, id, "get information of a group", APIGroup.name) };
  }
  return out;
}
