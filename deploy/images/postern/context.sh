#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes the folder that the image of Postern is built from: context.sh FOLDER
# (then: docker build -t postern FOLDER). Needs JAVA_HOME and the distribution of ./run build.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
[ $# = 1 ] || { echo "usage: context.sh FOLDER" >&2; exit 2; }
[ -x "$root/deploy/target/postern/bin/postern" ] || { echo "no distribution: run ./run build first" >&2; exit 3; }
jlink=${JAVA_HOME:?JAVA_HOME must name a JDK}/bin/jlink
[ -x "$jlink" ] || { echo "$JAVA_HOME is no JDK: it has no bin/jlink" >&2; exit 3; }

rm -rf "$1"
mkdir -p "$1"
cp "$root/deploy/images/postern/Dockerfile" "$1"
cp -R "$root/deploy/target/postern" "$1/postern"
# Made for another Java in another place; the image makes its own.
rm -f "$1/postern/lib/postern.aot"
# The whole of Java SE, as a filter's library may want any of it, and what Netty, DNS, the meters and the management port need beside it.
"$jlink" --add-modules java.se,jdk.unsupported,jdk.crypto.ec,jdk.crypto.cryptoki,jdk.naming.dns,jdk.management,jdk.zipfs,jdk.net,jdk.httpserver \
    --strip-java-debug-attributes --no-header-files --no-man-pages --output "$1/runtime"
