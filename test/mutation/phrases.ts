/**
 * Stryker does not mutate sentences (docs/mutation.md): to empty a message proves nothing about the rule it tells.
 * Codes, names, formats and markup are no sentences: they stay mutated.
 */

interface Chemin {
  readonly node: {
    readonly type: string;
    readonly value?: unknown;
    readonly quasis?: readonly { readonly value: { readonly raw: string } }[];
  };
}

/** Two words with a space between: French puts its punctuation around it. */
const DEUX_MOTS = /\p{L}[’'»),;:.!?]*[ \u00a0][«(:]?[ \u00a0]?\p{L}/u;
/** What markup, patterns and headers hold, and sentences do not. */
const TECHNIQUE = /[<>=\\{}[\]|%]|\w:\/\//;

function texte({ node }: Chemin): string {
  if (node.type === 'StringLiteral') return String(node.value);
  if (node.type !== 'TemplateLiteral') return '';
  return (node.quasis ?? []).map((q) => q.value.raw).join('0');
}

export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'phrases',
    value: {
      shouldIgnore: (chemin: Chemin): string | undefined => {
        const dit = texte(chemin);
        return DEUX_MOTS.test(dit) && !TECHNIQUE.test(dit) ? 'sentence for people' : undefined;
      },
    },
  },
];
