// Names of images: what they are made of, and the tag that stands for none.

export interface ImageName {
  /** "docker.io" where the name gives none. */
  readonly registry: string;
  /** "library/nginx" for the short name nginx. */
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  /** As given, with ":latest" where it has neither tag nor digest. */
  readonly reference: string;
}
const domain = /^(?:localhost|[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+|\[[0-9a-fA-F:]+\]|[a-zA-Z0-9-]+(?=:\d))(?::\d+)?$/;
const path = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagForm = /^\w[\w.-]{0,127}$/;
const digestForm = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/i;

/** Undefined when it is not the name of an image. */
export function parseImageName(text: string): ImageName | undefined {
  const at = text.indexOf("@");
  const digest = at < 0 ? "" : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const tag = hasTag ? named.slice(colon + 1) : "";
  const name = hasTag ? named.slice(0, colon) : named;
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const hasRegistry = first !== "" && domain.test(first);
  const registry = hasRegistry ? first : "docker.io";
  const rest = hasRegistry ? name.slice(slash + 1) : name;
  if (!path.test(rest) || (hasTag && !tagForm.test(tag)) || (at >= 0 && !digestForm.test(digest))) return undefined;
  const repository = registry === "docker.io" && !rest.includes("/") ? `library/${rest}` : rest;
  const reference = tag || digest ? text : `${text}:latest`;
  return { registry, repository, tag: tag || (digest ? "" : "latest"), digest, reference };
}
