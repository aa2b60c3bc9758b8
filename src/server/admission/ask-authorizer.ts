// Questions of admission plugins to the authorizer: may the user do something else, which the write would give away?
import type { Authorizer, UserInfo } from "#server/pipeline.ts";

export interface Asked {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name: string;
  readonly namespace?: string;
}

export async function isAuthorized(authorizer: Authorizer, user: UserInfo, asked: Asked): Promise<boolean> {
  const info = {
    ...asked,
    namespace: asked.namespace ?? "",
    isResource: true,
    version: "*",
    subresource: "",
    rest: "",
  };
  return (await authorizer.authorize(user, info, { path: "" })).allowed;
}
