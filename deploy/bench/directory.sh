#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Measures look-ups in the directory: deploy/bench/directory.sh cached | cold [PER-SECOND [SECONDS]]
set -euo pipefail
cd "$(dirname "$0")/../.."
classes=deploy/bench/target/classes
[ -d "$classes" ] || { echo "bench: not built; run ./run build first" >&2; exit 1; }
mkdir -p deploy/bench/target/run
java=("${JAVA_HOME:+$JAVA_HOME/bin/}java" -Dpostern.testkit=path -Djava.io.tmpdir="$PWD/deploy/bench/target/run"
    -Dpostern.project.root="$PWD" -cp "$classes:core/target/classes:deploy/testkit/target/classes:deploy/bench/target/lib/*")
case ${1:-} in
    cached) exec "${java[@]}" org.openjdk.jmh.Main org.postern.bench.directory.CachedLookups ;;
    cold) shift; exec "${java[@]}" org.postern.bench.directory.ColdLookups "$@" ;;
    *) echo "use: $0 cached | cold [PER-SECOND [SECONDS]]" >&2; exit 2 ;;
esac
