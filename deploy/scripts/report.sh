# SPDX-License-Identifier: Apache-2.0
# Part of ./run: counts the tests from Maven's reports, which is the only place that has all of them.

test_reports() {
    find . -type f -name "$1" \( -path '*/target/surefire-reports/*' -o -path '*/target/failsafe-reports/*' \)
}

forget_reports() {
    test_reports '*' | while IFS= read -r file; do rm -f "$file"; done
}

# The named number of the report's first <testsuite …> element.
suite_number() {
    sed -n 's/.*<testsuite [^>]*[[:space:]]'"$1"'="\([0-9]*\)".*/\1/p' "$2" | head -n 1
}

# Each test that was not run, with the reason its report gives: a message, or the first line of an exception.
tests_not_run() {
    test_reports 'TEST-*.xml' | while IFS= read -r file; do
        awk '/<testcase /{name=$0} /<skipped/{print name, $0}' "$file" \
            | sed 's/^ *<testcase name="\([^"]*\)" classname="\([^"]*\)"[^>]*> */  \2 \1: /
                s/<skipped[^>]* message="\([^"]*\)".*/\1/
                s/<skipped[^>]*><!\[CDATA\[[^:]*: \(.*\)/\1/
                s/<skipped.*/its report gives no reason/' \
            | sed "s/&#10;.*//; s/&quot;/\"/g; s/&apos;/'/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g"
    done | sort -u
}

# Prints how daemons were started, which tests failed and which were not run, and as the last line "N passed, N failed".
report_tests() {
    local code=$1 passed=0 failed=0 skipped=0 file tests errors failures skips
    while IFS= read -r file; do
        # Maven breaks the element over several lines: joined, it is one.
        tests=$(tr '\n' ' ' <"$file" | suite_number tests /dev/stdin)
        errors=$(tr '\n' ' ' <"$file" | suite_number errors /dev/stdin)
        failures=$(tr '\n' ' ' <"$file" | suite_number failures /dev/stdin)
        skips=$(tr '\n' ' ' <"$file" | suite_number skipped /dev/stdin)
        failed=$((failed + ${errors:-0} + ${failures:-0}))
        skipped=$((skipped + ${skips:-0}))
        passed=$((passed + ${tests:-0} - ${errors:-0} - ${failures:-0} - ${skips:-0}))
    done < <(test_reports 'TEST-*.xml')
    echo
    test_reports '*-output.txt' | while IFS= read -r file; do grep -h '^postern testkit: ' "$file" || true; done | sort -u
    if [ "$failed" -gt 0 ]; then
        say "failed:"
        test_reports 'TEST-*.xml' | while IFS= read -r file; do
            awk '/<testcase /{name=$0} /<(failure|error)[ >]/{print name}' "$file" \
                | sed -n 's/.*<testcase name="\([^"]*\)" classname="\([^"]*\)".*/  \2 \1/p'
        done | sort -u
    fi
    if [ "$skipped" -gt 0 ]; then
        say "not run: $skipped"
        tests_not_run
    fi
    [ "$code" != 124 ] || say "Maven was ended at the limit of ${POSTERN_RUN_LIMIT:-} seconds: not every test has run"
    [ "$code" = 0 ] || say "Maven ended with $code; its own lines above say why"
    echo "$passed passed, $failed failed"
    [ "$code" = 0 ] && [ "$failed" = 0 ] && [ "$passed" -gt 0 ] || exit "$FAILED"
}
