#!/usr/bin/env bash
# Builds every bundle twice, from two folders, and compares the jars octet by octet. Ends with 0 if they are the same.
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "$0")")/../../../../.." && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

for turn in first second; do
  mkdir "$scratch/$turn"
  (cd "$root" && tar cf - --exclude=target --exclude=.git .) | tar xf - -C "$scratch/$turn"
  (cd "$scratch/$turn" && mvn -q -B -Dmaven.test.skip=true -Dspotless.check.skip=true \
    -pl bundles/org.kedge.babel,bundles/org.kedge.kura -am package "$@")
  (cd "$scratch/$turn/bundles" && sha256sum ./*/target/*.jar) >"$scratch/$turn.sums"
done

if ! diff "$scratch/first.sums" "$scratch/second.sums"; then
  echo "The same sources gave different bundles." >&2
  exit 1
fi
cat "$scratch/first.sums"
