// Image references as registries have them: domain/path:tag@digest. Only what defaults need: is it well formed, and
// which tag does it mean.
const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const domainLabel = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const domain = `(?:${domainLabel}(?:\\.${domainLabel})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const digest = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";
const reference = new RegExp(
  `^(?:${domain}/)?${component}(?:/${component})*(?::([\\w][\\w.-]{0,127}))?(?:@(${digest}))?$`,
);

const longestPath = 255;
/** Of the name without its registry; a lone word lies in the library. */
function pathLength(image: string): number {
  const name = image.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
  const [first = "", ...rest] = name.split("/");
  if (rest.length === 0) return `library/${name}`.length;
  return /[.:]/.test(first) || first === "localhost" ? rest.join("/").length : name.length;
}
/** The tag an image stands for: "latest" when neither tag nor digest is given; undefined: by digest, or malformed. */
export function imageTag(image: string): string | undefined {
  const match = reference.exec(image);
  if (!match || pathLength(image) > longestPath || /^[a-f0-9]{64}$/.test(image)) return undefined;
  return match[1] ?? (match[2] ? undefined : "latest");
}
/** When an image is pulled unless the pod says otherwise: a moving tag each time, anything else once. */
export const defaultPullPolicy = (image: string): "Always" | "IfNotPresent" =>
  imageTag(image) === "latest" ? "Always" : "IfNotPresent";
