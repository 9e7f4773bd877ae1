/** What a daemon does: doors open to others, work on the rows, fetching of the State's answers and rounds. */
export const ROLES = ['portes', 'travail', 'releve'] as const;
export type Role = (typeof ROLES)[number];
