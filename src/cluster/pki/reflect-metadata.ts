// Metadata of classes, as far as the injection container of @peculiar/x509 asks for it.

const known = new WeakMap<object, Map<unknown, unknown>>();
const get = (key: unknown, target: object): unknown => known.get(target)?.get(key);

if (!("getMetadata" in Reflect))
  Object.assign(Reflect, {
    getMetadata: get,
    getOwnMetadata: get,
    defineMetadata(key: unknown, value: unknown, target: object): void {
      const entries = known.get(target) ?? new Map<unknown, unknown>();
      known.set(target, entries.set(key, value));
    },
  });
