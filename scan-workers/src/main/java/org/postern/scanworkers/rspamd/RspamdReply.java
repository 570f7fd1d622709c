// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rspamd;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postern.core.text.PlainText;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// What rspamd answered to `/checkv2`.
sealed interface RspamdReply {
    /// A verdict on the whole mail.
    ///
    /// @param symbols the symbols that count, with their scores
    /// @param took how long it says it took; zero where it does not say
    record Scored(double score, String action, String symbols, Duration took) implements RspamdReply {
        /// Whether rspamd would not deliver it as any other mail.
        boolean spam() {
            return switch (action) {
                case "no action", "greylist", "soft reject" -> false;
                default -> true;
            };
        }

        Set<String> names() {
            return symbols.isEmpty()
                    ? Set.of()
                    : Arrays.stream(symbols.split(", "))
                            .map(symbol -> symbol.replaceFirst("\\(.*", ""))
                            .collect(Collectors.toSet());
        }
    }

    /// rspamd's own time was over, and the score is that of the rules that had ended by then.
    ///
    /// @param took how long it says it took; zero where it does not say
    record Partial(String text, Duration took) implements RspamdReply {}

    /// Anything else.
    record Failed(String text) implements RspamdReply {}

    /// Reads a whole reply, from the first octet to the end of the stream.
    static RspamdReply parse(byte[] octets, Duration taskTimeout) {
        return new Reader(taskTimeout).read(octets);
    }

    /// Strict where it matters: the status, the length, the score and the action must be what is expected.
    final class Reader {
        private static final Set<String> ACTIONS = Set.of(
                "no action",
                "greylist",
                "add header",
                "rewrite subject",
                "soft reject",
                "reject",
                "quarantine",
                "discard");

        private final Duration taskTimeout;

        private Reader(Duration taskTimeout) {
            this.taskTimeout = taskTimeout;
        }

        private RspamdReply read(byte[] octets) {
            String text = new String(octets, StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (end < 0 || !text.startsWith("HTTP/1.")) {
                return new Failed(text.isEmpty() ? "connection closed without a reply" : "not a whole HTTP reply");
            }
            String[] head = text.substring(0, end).split("\r\n", -1);
            String body = new String(octets, end + 4, octets.length - end - 4, StandardCharsets.UTF_8);
            if (!head[0].matches("HTTP/1\\.[01] 200( .*)?")) {
                return new Failed("status " + shortened(head[0]) + ": " + shortened(body));
            }
            for (String field : head) {
                String lower = field.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")
                        && !field.substring(15).strip().equals(Integer.toString(octets.length - end - 4))) {
                    return new Failed("reply cut off: not of the length it says");
                }
                if (lower.startsWith("transfer-encoding:") || lower.startsWith("content-encoding:")) {
                    return new Failed("an encoding nobody asked for: " + shortened(field));
                }
            }
            return json(body);
        }

        /// JSON is YAML 1.2; the YAML reader is strict about depth, aliases and size.
        private RspamdReply json(String body) {
            try {
                Object root = new Load(LoadSettings.builder()
                                .setAllowDuplicateKeys(false)
                                .setMaxAliasesForCollections(1)
                                .build())
                        .loadFromString(body);
                return root instanceof Map<?, ?> map ? task(map) : new Failed("not a JSON object");
            } catch (YamlEngineException | IllegalArgumentException | StackOverflowError e) {
                return new Failed("not JSON: " + shortened(String.valueOf(e.getMessage())));
            }
        }

        private RspamdReply task(Map<?, ?> task) {
            if (!(task.get("score") instanceof Number score) || !Double.isFinite(score.doubleValue())) {
                return new Failed("a reply without a score");
            }
            if (!(task.get("action") instanceof String action) || !ACTIONS.contains(action)) {
                return new Failed("unknown action: " + shortened(String.valueOf(task.get("action"))));
            }
            // Skipped is also what rspamd says of a mail that it refused before all rules ran, such as GTUBE.
            if (Boolean.TRUE.equals(task.get("is_skipped")) && !action.equals("reject")) {
                return new Failed("rspamd skipped the mail");
            }
            Duration took = duration(task.get("time_real"));
            if (took.compareTo(taskTimeout) >= 0) {
                return new Partial("it took " + took.toMillis() + " ms, as long as task_timeout allows", took);
            }
            if (String.valueOf(task.get("messages")).toLowerCase(Locale.ROOT).contains("task timeout")) {
                return new Partial("task timeout", took);
            }
            double forced = action.equals("reject") && task.get("required_score") instanceof Number required
                    ? required.doubleValue()
                    : Double.NEGATIVE_INFINITY;
            return new Scored(Math.max(score.doubleValue(), forced), action, symbols(task.get("symbols")), took);
        }

        private static Duration duration(@Nullable Object seconds) {
            double nanos = seconds instanceof Number number ? number.doubleValue() * 1e9 : 0;
            return Duration.ofNanos((long) Math.max(0, nanos));
        }

        private static String symbols(@Nullable Object symbols) {
            if (!(symbols instanceof Map<?, ?> map)) {
                return "";
            }
            boolean anyScore = map.values().stream().anyMatch(symbol -> scoreOf(symbol) != 0);
            return map.entrySet().stream()
                    .filter(entry -> !anyScore || scoreOf(entry.getValue()) != 0)
                    .sorted((a, b) -> Double.compare(Math.abs(scoreOf(b.getValue())), Math.abs(scoreOf(a.getValue()))))
                    .map(entry -> entry.getKey() + "(" + scoreOf(entry.getValue()) + ")")
                    .collect(Collectors.joining(", "));
        }

        private static double scoreOf(@Nullable Object symbol) {
            return symbol instanceof Map<?, ?> map && map.get("score") instanceof Number score
                    ? score.doubleValue()
                    : 0;
        }

        private static String shortened(String text) {
            return PlainText.of(text, 120);
        }
    }
}
