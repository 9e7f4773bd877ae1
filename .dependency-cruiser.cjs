/**
 * Levels of the tree: a file imports only from a lower level, never sideways (docs/decisions/0001-niveaux.md).
 * `main.ts` is alone at the top, over `assemblage/` which opens what it joins; the bench is never imported by the daemon.
 */
const NIVEAUX = [
  ['metier'],
  ['formats', 'config'],
  ['protocoles', 'ports'],
  ['etapes', 'adapters'],
  ['engine'],
  ['gestes'],
  ['http', 'cli', 'banc'],
  ['assemblage'],
];

const dossiers = NIVEAUX.flat();
const interdits = NIVEAUX.flatMap((niveau, rang) =>
  niveau.map((dossier) => {
    const permis = [dossier, ...NIVEAUX.slice(0, rang).flat()];
    const defendus = [
      ...dossiers.filter((d) => !permis.includes(d)).map((d) => `^src/${d}/`),
      '^src/main\\.ts$',
    ];
    return {
      name: `niveau-${dossier}`,
      severity: 'error',
      comment: `src/${dossier} imports only from a lower level.`,
      from: { path: `^src/${dossier}/` },
      to: { path: defendus.join('|') },
    };
  }),
);

module.exports = {
  forbidden: [
    ...interdits,
    { name: 'cycle', severity: 'error', comment: 'No import cycle.', from: {}, to: { circular: true } },
    {
      name: 'demon-sans-banc',
      severity: 'error',
      comment: 'The daemon never imports the simulator of the State.',
      from: { path: '^src/(main\\.ts$|assemblage/)' },
      to: { path: '^src/(banc|cli)/' },
    },
    {
      name: 'protocole-pur',
      severity: 'error',
      comment: 'A protocol has no clock, no network, no database.',
      from: { path: '^src/protocoles/' },
      to: { path: '^(node:)?(fs|net|tls|http|https|sqlite|child_process|dns|timers)|^src/ports/' },
    },
    {
      name: 'protocoles-jumeaux',
      severity: 'error',
      comment: 'A protocol ignores the other one.',
      from: { path: '^src/protocoles/actes/' },
      to: { path: '^src/protocoles/helios/' },
    },
    {
      name: 'adapters-entre-eux',
      severity: 'error',
      comment: 'One adapter does not know another.',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/|/fake\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
