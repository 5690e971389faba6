import { countText, percentText } from '../format.ts';
import styles from './calibration-chart.module.css';
import type { Reliability } from './match-quality-queries.ts';

/** Units of the drawing. */
const side = 240;
const edge = { left: 50, right: 12, top: 12, bottom: 44 };
const ticks = [0, 0.25, 0.5, 0.75, 1];
const x = (share: number): number => edge.left + share * side;
const y = (share: number): number => edge.top + (1 - share) * side;
/** A point is larger when it has more answers. */
const radius = (answers: number): number => Math.min(11, 3 + Math.sqrt(answers));

/**
 * Predicted against actual share of matches. Points on the line are perfectly calibrated. The table has the
 * figures.
 */
export function CalibrationChart({ calibration: { error, bins } }: { readonly calibration: Reliability }) {
  return (
    <div className={styles.chart}>
      <svg
        className={styles.drawing}
        viewBox={`0 0 ${edge.left + side + edge.right} ${edge.top + side + edge.bottom}`}
        role="img"
        aria-label={`Predicted and actual share differ by ${percentText(error, 1)} on average. The table has the figures.`}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line className={styles.grid} x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} />
            <text className={styles.label} x={x(0) - 14} y={y(tick) + 4} textAnchor="end">
              {tick * 100}
            </text>
            <text className={styles.label} x={x(tick)} y={y(0) + 24} textAnchor="middle">
              {tick * 100}
            </text>
          </g>
        ))}
        <text className={styles.label} x={x(0.5)} y={y(0) + 40} textAnchor="middle">
          Predicted, %
        </text>
        <text className={styles.label} transform={`translate(12 ${y(0.5)}) rotate(-90)`} textAnchor="middle">
          Actual, %
        </text>
        <line className={styles.ideal} x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
        <polyline
          className={styles.line}
          points={bins.map(({ predicted, actual }) => `${x(predicted)},${y(actual)}`).join(' ')}
        />
        {bins.map(({ predicted, actual, answers }) => (
          <circle
            key={predicted}
            className={styles.point}
            cx={x(predicted)}
            cy={y(actual)}
            r={radius(answers)}
          />
        ))}
      </svg>
      <table className={styles.table}>
        <caption>Pairs by predicted probability</caption>
        <thead>
          <tr>
            <th scope="col">Predicted</th>
            <th scope="col">Actual</th>
            <th scope="col">Answers</th>
          </tr>
        </thead>
        <tbody>
          {bins.map(({ predicted, actual, answers }) => (
            <tr key={predicted}>
              <td className="num">{percentText(predicted, 1)}</td>
              <td className="num">{percentText(actual, 1)}</td>
              <td className="num">{countText(answers)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
