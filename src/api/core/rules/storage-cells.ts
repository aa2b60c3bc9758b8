// Cells that volumes and claims share, and the annotation that named a storage class of old.
export const betaClassAnnotation = "volume.beta.kubernetes.io/storage-class";
export const betaClassWarning = `deprecated since v1.8; use "storageClassName" attribute instead`;

const shortModes = [
  ["ReadWriteOnce", "RWO"],
  ["ReadOnlyMany", "ROX"],
  ["ReadWriteMany", "RWX"],
  ["ReadWriteOncePod", "RWOP"],
] as const;
/** "RWO,ROX", always in the same order. */
export const accessModesText = (modes: readonly string[] = []): string =>
  shortModes
    .filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(",");

interface HasClass {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly storageClassName?: string };
}
export const storageClassOf = ({ metadata, spec }: HasClass): string =>
  metadata.annotations?.[betaClassAnnotation] ?? spec.storageClassName ?? "";
