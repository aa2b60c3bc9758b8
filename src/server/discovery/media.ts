// In which media type a discovery document is asked for, and whether one document for everything will do. Pure.
import { jsonType, protobufType, yamlType } from "#server/body.ts";
import { notAcceptable } from "#server/negotiate.ts";

export type Media = "json" | "yaml" | "protobuf";
export interface DiscoveryForm {
  readonly media: Media;
  /** One document with everything, version 2. */
  readonly isAggregated: boolean;
}
const medias: Readonly<Record<string, Media>> = {
  "*/*": "json",
  "application/*": "json",
  [jsonType]: "json",
  [yamlType]: "yaml",
  [protobufType]: "protobuf",
};
export const mediaTypes: Readonly<Record<Media, string>> = { json: jsonType, yaml: yamlType, protobuf: protobufType };

const aggregated = { as: "APIGroupDiscoveryList", g: "apidiscovery.k8s.io", v: "v2" };
export const aggregatedType = (media: Media): string =>
  `${mediaTypes[media]};g=${aggregated.g};v=${aggregated.v};as=${aggregated.as}`;

/** What `accept` likes best among what there is; `canAggregate` for /api and /apis. Throws NotAcceptable. */
export function discoveryForm(accept: string | undefined, canAggregate: boolean): DiscoveryForm {
  if (accept === undefined || accept.trim() === "") return { media: "json", isAggregated: false };
  const clauses = accept.split(",").map((text) => {
    const [type = "", ...rest] = text.split(";").map((part) => part.trim());
    const parameters = new Map(rest.map((part) => [part.split("=")[0]!, part.split("=")[1] ?? ""] as const));
    return { type, parameters, quality: Number(parameters.get("q") ?? "1") };
  });
  for (const { type, parameters } of clauses.toSorted((a, b) => b.quality - a.quality)) {
    const media = Object.hasOwn(medias, type) ? medias[type] : undefined;
    if (!media) continue;
    if (!parameters.has("as")) return { media, isAggregated: false };
    const isKnown = Object.entries(aggregated).every(([name, value]) => parameters.get(name) === value);
    if (isKnown && canAggregate) return { media, isAggregated: true };
  }
  throw notAcceptable(true);
}
