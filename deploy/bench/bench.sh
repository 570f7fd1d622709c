#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Measures Postern against Postfix, and Haraka where it is on the PATH, on this machine: ./run bench [--only NAME] [--seconds N] [--rounds N]
set -euo pipefail
cd "$(dirname "$0")/../.."
for program in postfix clamd clamav-milter; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || {
        echo "bench: $program is missing. Install it: apt-get install postfix clamav-daemon clamav-milter" >&2
        exit 3
    }
done
[ "$(id -u)" = 0 ] || { echo "bench: Postfix starts as root only; run the benchmark as root" >&2; exit 3; }
classes=deploy/bench/target/classes
[ -d "$classes" ] || { echo "bench: not built; run ./run build first" >&2; exit 1; }
mkdir -p deploy/bench/target/run
# smtp-source and qmqp-source are in sbin; ten thousand sessions need as many descriptors.
export PATH=$PATH:/usr/sbin:/sbin
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseParallelGC -Xmx1g -Dpostern.testkit=path \
    -Djava.io.tmpdir="$PWD/deploy/bench/target/run" -Dpostern.project.root="$PWD" \
    -cp "$classes:deploy/testkit/target/classes:deploy/bench/target/lib/*" org.postern.bench.Bench "$@"
