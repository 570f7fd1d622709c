#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Shows Postern's main job with the built distribution. Called by ./run demo.
set -euo pipefail
cd "$(dirname "$0")"
java_home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
exec "$java_home/bin/java" -XX:TieredStopAtLevel=1 -Xshare:auto Demo.java "$@"
