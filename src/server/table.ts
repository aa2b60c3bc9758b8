// Objects as tables, the form in which kubectl shows them, and as mere metadata. Pure.
import { plainColumns } from "#api/meta/columns.ts";
import { ApiError } from "#api/errors.ts";
import type { AnyKind, Cell, Column, KubeObject } from "#api/kind.ts";
import { humanDuration, parseTime } from "#api/time.ts";
import type { MetaVersion } from "./negotiate.ts";

export type IncludeObject = "None" | "Metadata" | "Object";
export const metaVersion = (version: MetaVersion = "v1"): string => `meta.k8s.io/${version}`;

const nameColumn: Column<KubeObject> = {
  name: "Name",
  type: "string",
  format: "name",
  description: "Name of the object, unique for its kind in the namespace.",
  value: (object) => object.metadata.name ?? "",
};
const ageColumn: Column<KubeObject> = {
  name: "Age",
  type: "string",
  description: "How long ago the object was created.",
  value: (object, now) => {
    const created = object.metadata.creationTimestamp;
    return created ? humanDuration(now - parseTime(created)) : "<unknown>";
  },
};
export const columnsOf = (kind: AnyKind): readonly Column<KubeObject>[] =>
  (kind.columns as readonly Column<KubeObject>[] | undefined) ?? [nameColumn, ageColumn];

const definition = ({ name, type, format, description, priority }: Column<KubeObject>): object => ({
  name,
  type,
  format: format ?? "",
  description,
  priority: priority ?? 0,
});

export interface PartialObjectMetadata {
  readonly kind: "PartialObjectMetadata";
  readonly apiVersion: string;
  readonly metadata: KubeObject["metadata"];
}
export const partialMetadata = (object: KubeObject, version?: MetaVersion): PartialObjectMetadata => ({
  kind: "PartialObjectMetadata",
  apiVersion: metaVersion(version),
  metadata: object.metadata,
});

export interface TableOptions {
  readonly include: IncludeObject;
  readonly now: number;
  readonly version?: MetaVersion | undefined;
  /** Left out on all but the first event of a watch. */
  readonly headers?: boolean;
}
export interface TableMeta {
  readonly resourceVersion?: string | undefined;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export function includeObject(query: URLSearchParams): IncludeObject {
  const asked = query.get("includeObject") || "Metadata";
  if (asked === "None" || asked === "Metadata" || asked === "Object") return asked;
  throw new ApiError(
    "BadRequest",
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(asked)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

export function table(
  kind: AnyKind,
  objects: readonly KubeObject[],
  metadata: TableMeta,
  options: TableOptions,
): object {
  const columns = columnsOf(kind);
  return {
    kind: "Table",
    apiVersion: metaVersion(options.version),
    metadata,
    columnDefinitions: options.headers === false ? null : columns.map(definition),
    // Upstream: kinds without columns of their own.
    rows: columns === plainColumns && objects.length === 0 ? null : objects.map((o) => row(kind, columns, o, options)),
  };
}
/** Upstream: a bookmark has a row too, as an object of which nothing is known. */
function bookmarkCell(column: Column<KubeObject>, object: KubeObject, now: number): Cell {
  try {
    return column.value({ spec: {}, status: {}, ...object } as KubeObject, now);
  } catch {
    return column.type === "integer" || column.type === "number" ? 0 : ""; // the column needs more of an object
  }
}
function row(kind: AnyKind, columns: readonly Column<KubeObject>[], object: KubeObject, o: TableOptions): object {
  const isBookmark = object.metadata.uid === undefined && object.metadata.name === undefined;
  const cells: Cell[] = columns.map((column) =>
    isBookmark ? bookmarkCell(column, object, o.now) : column.value(object, o.now),
  );
  const conditions = kind.rowConditions?.(object) ?? [];
  const shown = o.include === "None" ? null : o.include === "Object" ? object : partialMetadata(object, o.version);
  return { cells, ...(conditions.length > 0 ? { conditions } : {}), object: shown };
}
