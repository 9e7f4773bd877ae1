/** What stands between the engine and one of its ports: it sees each call, and may hold it, refuse it or let it pass. */
export type Appel = <T>(nom: string, faire: () => Promise<T>) => Promise<T>;

/** The same object, each method of which passes through `appel` under the name `<nom>.<method>`. Asynchronous methods only. */
export function suivreAppels<T extends object>(
  objet: T,
  { nom, appel }: { readonly nom: string; readonly appel: Appel },
): T {
  return new Proxy(objet, {
    get(cible, cle) {
      const valeur: unknown = Reflect.get(cible, cle);
      if (typeof valeur !== 'function' || typeof cle !== 'string') return valeur;
      return (...args: unknown[]) =>
        appel(`${nom}.${cle}`, async (): Promise<unknown> => Reflect.apply(valeur, cible, args));
    },
  });
}
