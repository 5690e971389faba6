import type { z } from 'zod';
import { minimumAnswers } from '#src/domain/matching/learning/match-quality.ts';
import { minimumAnswersToFit } from '#src/domain/matching/learning/fit-answers.ts';
import type { MatchQualityReport } from '#src/operations/matching/match-quality.ts';
import type { matchQualityAnswer } from './schema.ts';

export function matchQualityReportAnswer(
  report: MatchQualityReport,
  sampleShare: number,
): z.infer<typeof matchQualityAnswer> {
  return {
    months: report.months,
    total: report.total,
    minimumAnswers,
    openQuestions: report.openQuestions,
    answersGiven: report.answersGiven,
    minimumAnswersToFit,
    sampleShare,
    model: report.model,
  };
}
