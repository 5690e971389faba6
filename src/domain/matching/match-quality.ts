/** What a person says of two companies: one customer, one group of companies, or neither. */
export const matchAnswers = ['same', 'related', 'different'] as const;
export type MatchAnswer = (typeof matchAnswers)[number];
