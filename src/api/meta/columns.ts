// The columns that many kinds share, and the ways their cells are written.
import type { Cell, Column, KubeObject } from "#api/kind.ts";
import { selectorText } from "#api/selectors.ts";
import { humanDuration, parseTime } from "#api/time.ts";
import type { LabelSelector } from "./schema.ts";

type Value<T> = (object: T, now: number) => Cell;
const column =
  (type: "string" | "integer" | "boolean") =>
  <T>(name: string, description: string, value: Value<T>, priority = 0): Column<T> => ({
    name,
    type,
    description,
    priority,
    value,
  });
export const textColumn = column("string");
export const integerColumn = column("integer");
export const booleanColumn = column("boolean");
/** The same column, shown only with -o wide. */
export const wide = <T>(shown: Column<T>): Column<T> => ({ ...shown, priority: 1 });

/** How long ago a time was. */
export const age = (time: string | undefined, now: number): string =>
  time ? humanDuration(now - parseTime(time)) : "<unknown>";

export const nameColumn: Column<KubeObject> = {
  name: "Name",
  type: "string",
  format: "name",
  description: "Name of the object.",
  value: (object) => object.metadata.name ?? "",
};
export const ageColumn: Column<KubeObject> = textColumn("Age", "How long ago the object was created.", (object, now) =>
  age(object.metadata.creationTimestamp, now),
);
/** What kinds without columns of their own show. */
export const plainColumns: readonly Column<KubeObject>[] = [
  nameColumn,
  {
    name: "Created At",
    type: "date",
    description: "When the object was created.",
    value: (object) => object.metadata.creationTimestamp ?? null,
  },
];

const sortedEntries = (labels: Readonly<Record<string, string>> | undefined): [string, string][] =>
  Object.entries(labels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
/** "a=1,b=2", or "<none>". */
export const labelsText = (labels: Readonly<Record<string, string>> | undefined): string =>
  sortedEntries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",") || "<none>";
/** A selector as a label query; "<none>" when it has no tests. */
export const selectorCell = (selector: LabelSelector | undefined): string => selectorText(selector) || "<none>";

interface Runs {
  readonly name: string;
  readonly image?: string;
}
interface HasContainers {
  readonly spec: { readonly containers: readonly Runs[] };
}
const containersOf = (template: HasContainers | undefined): readonly Runs[] => template?.spec?.containers ?? [];
/** Names and images of the containers of a pod template, for -o wide. */
export const containerColumns = <T>(templateOf: (object: T) => HasContainers | undefined): Column<T>[] => [
  textColumn(
    "Containers",
    "Names of the containers.",
    (object) =>
      containersOf(templateOf(object))
        .map((container) => container.name)
        .join(","),
    1,
  ),
  textColumn(
    "Images",
    "Images of the containers.",
    (object) =>
      containersOf(templateOf(object))
        .map((container) => container.image ?? "")
        .join(","),
    1,
  ),
];
/** The first items of a list, and how many more there are. */
export const listWithMore = (items: readonly string[], max: number, none: string): string =>
  items.length > max ? `${items.slice(0, max).join(",")} + ${items.length - max} more...` : items.join(",") || none;
