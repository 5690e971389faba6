import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { countText, percentText, periodText } from '../format.ts';
import { Card, Page } from '../ui/layout/page.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { CalibrationChart } from './calibration-chart.tsx';
import { type MatchQuality, matchQualityQuery } from './match-quality-queries.ts';
import styles from './match-quality-page.module.css';
import { MonthTable } from './month-table.tsx';
import { QuestionCard } from './question-card.tsx';

/** The quality of matching according to reviewers, and the open questions. */
export function MatchQualityPage() {
  const query = useQuery(matchQualityQuery);
  return (
    <Page
      title="Match quality"
      lead="How often alerts are right, what they miss, and how good the probabilities are. Based on reviewers’ answers here and on registrations."
    >
      <QueryView query={query} rows={8}>
        {(quality) => (
          <div className={styles.stack}>
            <QuestionCard sampleShare={quality.sampleShare} />
            <Months quality={quality} />
            <Calibration quality={quality} />
            <p className={styles.model}>
              Model {quality.model.version} is live (
              <span className="mono">{quality.model.hash.slice(0, 12)}</span>).{' '}
              {quality.answersGiven < quality.minimumAnswersToFit
                ? `${countText(quality.answersGiven)} of the ${countText(quality.minimumAnswersToFit)} answers needed to fit the model are there.`
                : `${countText(quality.answersGiven)} answers are there to fit the model.`}
            </p>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

function Months({ quality }: { readonly quality: MatchQuality }) {
  if (quality.months.length === 0)
    return (
      <Card title="Month by month">
        <EmptyState title="No comparisons yet">
          Alerts and the sample of clear registrations are counted here when registrations arrive.
        </EmptyState>
      </Card>
    );
  return (
    <Card title="Month by month" flush>
      <MonthTable quality={quality} />
      <p className={styles.hint}>
        An alert is a registration with a suspected match. “Right” means that reviewers said same customer or
        group. Ranges are 95 % intervals. Figures appear after {quality.minimumAnswers} answers. Missed
        matches are estimated from a random {percentText(quality.sampleShare, 1)} of clear registrations.
      </p>
    </Card>
  );
}

const wholeYear = 'all';

function Calibration({ quality }: { readonly quality: MatchQuality }) {
  const [month, setMonth] = useState<string>(wholeYear);
  const { calibration } = quality.months.find((one) => one.month === month) ?? quality.total;
  return (
    <Card
      title="Calibration: predicted versus actual"
      aside={
        quality.months.length > 0 && (
          <Select
            size="xs"
            aria-label="Month"
            allowDeselect={false}
            data={[
              { value: wholeYear, label: 'Last 12 months' },
              ...quality.months.map((one) => ({ value: one.month, label: periodText(one.month) })),
            ]}
            value={month}
            onChange={(value) => setMonth(value ?? wholeYear)}
            w={160}
          />
        )
      }
    >
      {calibration === null ? (
        <EmptyState title="Not enough answers yet">
          It takes {quality.minimumAnswers} answers to compare predictions with answers.
        </EmptyState>
      ) : (
        <CalibrationChart calibration={calibration} />
      )}
    </Card>
  );
}
