#!/usr/bin/env node
// @ts-check
/**
 * Every npm script starts here: `node src/cli/launch.js COMMAND …`. It only checks the version of Node, in
 * words that every version can read; the rest is loaded afterwards.
 */
const oldest = 20;
if (Number(process.versions.node.split('.')[0]) < oldest) {
  console.error(
    'This is Node ' +
      process.versions.node +
      ', and Fairway needs Node ' +
      oldest +
      ' or later to install itself. Install it from https://nodejs.org.',
  );
  process.exit(1);
}
void import('./launch-command.js');
