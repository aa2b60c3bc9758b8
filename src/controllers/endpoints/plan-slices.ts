// Packs endpoints into slices with as few writes as possible: what stands stays where it stands, new endpoints go into
// slices that are written anyway, then into one that has room for all of them, then into new slices.
import type { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import type { Endpoint } from "#api/discovery/schema.ts";
import { deepEqual } from "#api/json.ts";
import { portsId, type SliceGroup } from "#controllers/endpoints/slice-endpoints.ts";

export const mostPerSlice = 100;

export interface SlicePlan {
  readonly create: readonly SliceGroup[];
  /** The slice as it stands, and the endpoints it should have. */
  readonly update: readonly { readonly slice: EndpointSlice; readonly endpoints: readonly Endpoint[] }[];
  readonly remove: readonly EndpointSlice[];
}
export interface SliceFacts {
  readonly existing: readonly EndpointSlice[];
  readonly wanted: readonly SliceGroup[];
  /** Families of addresses the Service has; each keeps a slice even when nothing stands behind the Service. */
  readonly addressTypes: readonly SliceGroup["addressType"][];
  readonly most?: number;
}

export function planSlices({ existing, wanted, addressTypes, most = mostPerSlice }: SliceFacts): SlicePlan {
  const create: SliceGroup[] = [];
  const update: SlicePlan["update"][number][] = [];
  const remove = new Set(existing);
  for (const group of wanted) {
    const id = groupId(group);
    const standing = existing.filter((s) => groupId(s) === id);
    for (const slice of standing) remove.delete(slice);
    const packed = pack(group, standing, most);
    create.push(...packed.create);
    update.push(...packed.update);
    for (const slice of packed.remove) remove.add(slice);
  }
  for (const addressType of addressTypes) {
    if (wanted.some((g) => g.addressType === addressType)) continue;
    const empty: SliceGroup = { addressType, ports: [], endpoints: [] };
    const kept = existing.find((s) => s.addressType === addressType && (s.ports ?? []).length === 0);
    if (!kept) create.push(empty);
    else {
      remove.delete(kept);
      if ((kept.endpoints ?? []).length > 0) update.push({ slice: kept, endpoints: [] });
    }
  }
  return { create, update, remove: [...remove] };
}
const groupId = ({ addressType, ports }: Pick<EndpointSlice, "addressType" | "ports">): string =>
  `${addressType}:${portsId(ports ?? [])}`;
/** What makes an endpoint the same one in another state. */
const endpointId = (e: Endpoint): string => `${e.targetRef?.uid ?? e.targetRef?.name ?? ""}|${e.addresses.join(",")}`;

interface Draft {
  readonly slice: EndpointSlice;
  endpoints: Endpoint[];
  changed: boolean;
}
function pack(group: SliceGroup, standing: readonly EndpointSlice[], most: number): SlicePlan {
  const missing = new Map(group.endpoints.map((e) => [endpointId(e), e]));
  const drafts = standing.map((slice): Draft => {
    let changed = false;
    const endpoints: Endpoint[] = [];
    for (const endpoint of slice.endpoints ?? []) {
      const wanted = missing.get(endpointId(endpoint));
      changed ||= !wanted || !deepEqual(wanted, endpoint);
      if (!wanted) continue;
      missing.delete(endpointId(endpoint));
      endpoints.push(wanted);
    }
    return { slice, endpoints, changed };
  });
  const fresh = [...missing.values()];
  const fill = (draft: Draft): void => {
    const more = fresh.splice(0, Math.max(0, most - draft.endpoints.length));
    if (more.length === 0) return;
    draft.endpoints.push(...more);
    draft.changed = true;
  };
  for (const draft of drafts) if (draft.changed && draft.endpoints.length > 0) fill(draft);
  const fullest = drafts
    .filter((d) => d.endpoints.length + fresh.length <= most)
    .toSorted((a, b) => b.endpoints.length - a.endpoints.length)[0];
  if (fresh.length > 0 && fullest) fill(fullest);
  const create: SliceGroup[] = [];
  // Slices that ran empty are used again before new ones are made.
  for (const draft of drafts) if (draft.endpoints.length === 0) fill(draft);
  while (fresh.length > 0) create.push({ ...group, endpoints: fresh.splice(0, most) });
  return {
    create,
    update: drafts.filter((d) => d.changed && d.endpoints.length > 0),
    remove: drafts.filter((d) => d.endpoints.length === 0).map((d) => d.slice),
  };
}
