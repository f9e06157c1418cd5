import { logText } from '../core/render/text.ts';

// @actions/core is loaded where GitHub Actions runs the verb: elsewhere it would be a good part of the start-up time.

/** Adds to the summary page of the workflow run; does nothing outside of GitHub Actions. */
export async function runSummary(markdown: string): Promise<void> {
  if (!process.env.GITHUB_STEP_SUMMARY) return;
  const { summary } = await import('@actions/core');
  // The page is lost then; what it tells of is done, and was told in the log.
  await summary
    .addRaw(markdown, true)
    .write()
    .catch((error: Error) =>
      process.stderr.write(logText(`warning: the summary page could not be written: ${error.message}\n`)),
    );
}

/** An error annotation on the run, so that a failure is seen in the list of runs too; nothing outside of GitHub Actions. */
export async function runError(title: string, message: string): Promise<void> {
  if (!process.env.GITHUB_ACTIONS) return;
  const { error } = await import('@actions/core');
  error(message, { title });
}
