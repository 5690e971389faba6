import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** The blue of deep water on a chart; a fairway is the marked channel through it. */
const harbour: MantineColorsTuple = [
  '#e9f3f8',
  '#d0e4ee',
  '#a5cbdf',
  '#7cb3cf',
  '#559abd',
  '#3a84aa',
  '#236f97',
  '#17597c',
  '#124861',
  '#0c3548',
];
const gray: MantineColorsTuple = [
  '#f5f7f8',
  '#edf0f2',
  '#e1e6e9',
  '#d0d7db',
  '#b4bec4',
  '#87939a',
  '#5a666e',
  '#444f57',
  '#2f3940',
  '#1b2329',
];
const dark: MantineColorsTuple = [
  '#e6ebee',
  '#c7d0d6',
  '#a3b0b9',
  '#8c9aa4',
  '#3d4a53',
  '#2e3a43',
  '#202a31',
  '#172026',
  '#10171c',
  '#0b1014',
];

export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: { light: 7, dark: 6 },
  colors: { harbour, gray, dark },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace:
    'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.5' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '0.9375rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '12px', xl: '20px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    Modal: { defaultProps: { centered: true, radius: 'md' } },
  },
});

/** Replaces tokens of the library that miss WCAG AA (4.5:1) on our surfaces. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-text': '#1b2329',
    '--mantine-color-dimmed': '#566169',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-placeholder': '#67737b',
    '--mantine-color-anchor': '#17597c',
    '--mantine-color-default-border': '#cbd3d8',
  },
  dark: {
    '--mantine-color-error': '#ff9a91',
    '--mantine-color-placeholder': '#95a3ad',
    '--mantine-color-anchor': '#8cc3e0',
    '--mantine-color-default-color': '#e6ebee',
  },
});
