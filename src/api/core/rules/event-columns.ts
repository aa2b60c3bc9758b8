// What `kubectl get events` shows, and the fields by which events are selected.
import type { Column } from "#api/kind.ts";
import { age, nameColumn, textColumn, wide } from "#api/meta/columns.ts";
import type { Event } from "#api/core/schema/config.ts";

const firstSeen = ({ firstTimestamp, eventTime }: Event, now: number): string => age(firstTimestamp || eventTime, now);
function lastSeen(event: Event, now: number): string {
  if (event.series) return age(event.series.lastObservedTime, now);
  return event.lastTimestamp ? age(event.lastTimestamp, now) : firstSeen(event, now);
}
const objectCell = ({ involvedObject: { kind = "", name } }: Event): string =>
  name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase();
function sourceCell({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source.component || reportingComponent || "";
  const instance = source.host || reportingInstance || "";
  return instance ? `${component}, ${instance}` : component;
}

export const eventColumns: readonly Column<Event>[] = [
  textColumn("Last Seen", "How long ago it last happened.", lastSeen),
  textColumn("Type", "Normal or Warning.", ({ type }) => type ?? ""),
  textColumn("Reason", "What happened, in one word.", ({ reason }) => reason ?? ""),
  textColumn("Object", "Object that it happened to.", objectCell),
  textColumn("Subobject", "Part of that object.", ({ involvedObject }) => involvedObject.fieldPath ?? "", 1),
  textColumn("Source", "Component that tells of it.", sourceCell, 1),
  textColumn("Message", "What happened, in a sentence.", ({ message = "" }) => message.trim()),
  textColumn("First Seen", "How long ago it first happened.", firstSeen, 1),
  textColumn("Count", "How often it happened.", ({ series, count }) => (series ? (series.count ?? 0) : count || 1), 1),
  wide(nameColumn),
];

export const eventFields: Readonly<Record<string, (event: Event) => string>> = {
  "involvedObject.kind": ({ involvedObject }) => involvedObject.kind ?? "",
  "involvedObject.namespace": ({ involvedObject }) => involvedObject.namespace ?? "",
  "involvedObject.name": ({ involvedObject }) => involvedObject.name ?? "",
  "involvedObject.uid": ({ involvedObject }) => involvedObject.uid ?? "",
  "involvedObject.apiVersion": ({ involvedObject }) => involvedObject.apiVersion ?? "",
  "involvedObject.resourceVersion": ({ involvedObject }) => involvedObject.resourceVersion ?? "",
  "involvedObject.fieldPath": ({ involvedObject }) => involvedObject.fieldPath ?? "",
  reason: ({ reason }) => reason ?? "",
  reportingComponent: ({ reportingComponent }) => reportingComponent ?? "",
  source: ({ source, reportingComponent }) => source.component || reportingComponent || "",
  type: ({ type }) => type ?? "",
};
