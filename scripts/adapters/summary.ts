import { error as annotate, summary } from '@actions/core';

/** Adds to the summary page of the workflow run; does nothing outside of GitHub Actions. */
export async function runSummary(markdown: string): Promise<void> {
  if (!process.env.GITHUB_STEP_SUMMARY) return;
  await summary.addRaw(markdown, true).write();
}

/** An error annotation on the run, so that a failure is seen in the list of runs too; nothing outside of GitHub Actions. */
export function runError(title: string, message: string): void {
  if (process.env.GITHUB_ACTIONS) annotate(message, { title });
}
