// In which form a client wants its answer: media type by the Accept header, whole objects, tables or mere metadata.
import { ApiError } from "#api/errors.ts";
import { jsonType, protobufType, yamlType } from "./body.ts";
import type { Call } from "./pipeline.ts";
import { requestInfo } from "./stages/route.ts";

export interface Negotiated {
  readonly media: "json" | "yaml" | "protobuf";
  readonly as?: "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList";
  /** Of the group meta.k8s.io, where `as` is given. */
  readonly version?: MetaVersion;
  readonly pretty: boolean;
  /** Beside a table: what the client takes of what has none. */
  readonly otherwise?: Negotiated;
}

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

function clauses(accept: string): Clause[] {
  const found = accept.split(",").flatMap((text): Clause[] => {
    const [type = "", ...rest] = text.split(";").map((part) => part.trim());
    if (type === "") return [];
    const parameters = new Map(rest.map((p) => [p.split("=")[0]!.trim().toLowerCase(), p.split("=")[1]?.trim() ?? ""]));
    const quality = Number(parameters.get("q") ?? "1");
    return [{ type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality }];
  });
  return found.filter((c) => c.quality > 0).toSorted((a, b) => b.quality - a.quality);
}

const mediaOf: Readonly<Record<string, Negotiated["media"]>> = {
  "*/*": "json",
  "application/*": "json",
  [jsonType]: "json",
  [yamlType]: "yaml",
  [protobufType]: "protobuf",
};
const metaVersions = ["v1", "v1beta1"] as const;
export type MetaVersion = (typeof metaVersions)[number];
const forms = ["Table", "PartialObjectMetadata", "PartialObjectMetadataList"] as const;
const formOf = (text: string): Negotiated["as"] => forms.find((form) => form === text);

type Choice = Omit<Negotiated, "pretty">;
function choose(clause: Clause, hasProtobuf: boolean): Choice | undefined {
  const media = Object.hasOwn(mediaOf, clause.type) ? mediaOf[clause.type] : undefined;
  if (!media || (media === "protobuf" && !hasProtobuf)) return undefined;
  const asked = clause.parameters.get("as") ?? "";
  if (asked === "") return { media };
  const as = formOf(asked);
  const version = metaVersions.find((v) => v === clause.parameters.get("v"));
  if (!as || !version || clause.parameters.get("g") !== "meta.k8s.io" || (as === "Table" && media === "protobuf"))
    return undefined;
  return { media, as, version };
}

/** By the header: clients send the same few over and over. */
const known = { with: new Map<string, readonly Choice[]>(), without: new Map<string, readonly Choice[]>() };
const mostKnown = 256;
const longestKnown = 1_024;
function choices(accept: string, hasProtobuf: boolean): readonly Choice[] {
  const made = hasProtobuf ? known.with : known.without;
  let found = made.get(accept);
  if (found) return found;
  found = clauses(accept).flatMap((clause) => choose(clause, hasProtobuf) ?? []);
  if (made.size >= mostKnown) made.clear();
  if (accept.length <= longestKnown) made.set(accept, found);
  return found;
}

/** People look at what curl, wget and browsers show. */
const prettyAgents = /^(curl|Wget|Mozilla\/5\.0)/;
export function isPretty(call: Call): boolean {
  const asked = call.query.get("pretty");
  return asked ? /^(1|t|true|T|True|TRUE)$/.test(asked) : prettyAgents.test(call.headers["user-agent"] ?? "");
}

/** Throws NotAcceptable when nothing of what the client accepts can be made. */
export function negotiate(call: Call, hasProtobuf: boolean): Negotiated {
  const pretty = isPretty(call);
  const accept = call.headers["accept"] ?? "";
  if (accept.trim() === "") return { media: "json", pretty };
  const chosen = choices(accept, hasProtobuf);
  const [best] = chosen;
  if (!best) throw isServed(accept) ? notAcceptable(hasProtobuf) : noRepresentation(call);
  const otherwise = best.as === "Table" ? chosen.find(({ as }) => as !== "Table") : undefined;
  return { ...best, pretty, ...(otherwise ? { otherwise: { ...otherwise, pretty } } : {}) };
}
const servedTypes: readonly string[] = [jsonType, yamlType, protobufType];
const isServed = (accept: string): boolean =>
  accept.split(",").some((clause) => servedTypes.includes(clause.split(";")[0]!.trim()));
/** Upstream: what knows no type of the path at all is refused before anybody looks at parameters. */
export function noRepresentation(call: Pick<Call, "method" | "path" | "query">): ApiError {
  const { verb } = requestInfo(call.method, call.path, call.query);
  const streams = verb === "list" || verb === "watch" ? [jsonType, protobufType].map((t) => `${t};stream=watch`) : [];
  const text = `406: Not Acceptable\n\nAvailable representations: ${[...servedTypes, ...streams].join(", ")}`;
  return new ApiError("NotAcceptable", text, { details: {} });
}
export function notAcceptable(hasProtobuf: boolean): ApiError {
  const types = [jsonType, yamlType, ...(hasProtobuf ? [protobufType] : [])];
  return new ApiError("NotAcceptable", `only the following media types are accepted: ${types.join(", ")}`);
}
