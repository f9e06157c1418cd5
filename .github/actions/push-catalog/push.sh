#!/usr/bin/env bash
# Commits $FOLDER as the whole content of $BRANCH. The branch's history is the catalog's history.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
remote="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY.git"
header="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$TOKEN" | base64 | tr -d '\n')"
echo "::add-mask::${header##* }"
git init --quiet "$work"
# By environment, so that the token stands on no command line.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$GITHUB_SERVER_URL/.extraheader" GIT_CONFIG_VALUE_0="$header"
if git -C "$work" fetch --quiet --depth 1 "$remote" "refs/heads/$BRANCH"; then
  git -C "$work" checkout --quiet -B snapshot FETCH_HEAD
else
  git -C "$work" checkout --quiet --orphan snapshot
fi
find "$work" -mindepth 1 -maxdepth 1 ! -name .git -exec rm -rf {} +
cp -R "$FOLDER/." "$work/"
git -C "$work" add --all
if git -C "$work" diff --cached --quiet; then
  echo "the catalog has not changed"
  exit 0
fi
git -C "$work" -c user.name='github-actions[bot]' -c user.email='41898282+github-actions[bot]@users.noreply.github.com' \
  commit --quiet -m "Catalog after run $GITHUB_RUN_ID"
git -C "$work" push --quiet "$remote" "HEAD:refs/heads/$BRANCH"
