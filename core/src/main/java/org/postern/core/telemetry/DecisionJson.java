// SPDX-License-Identifier: Apache-2.0
package org.postern.core.telemetry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postern.core.filter.Assessment;
import org.postern.core.json.Json;

/// A decision record as one line of JSON.
final class DecisionJson {
    /// A mail to more recipients names this many of them, and how many there were.
    private static final int RECIPIENTS_SHOWN = 100;

    private DecisionJson() {}

    static String of(DecisionRecord record) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("id", record.id());
        line.put("time", record.received());
        line.put("node", record.node());
        line.put("farm", record.farm());
        line.put("took-ms", record.took().toMillis());
        line.put("client", record.client().address().getHostAddress());
        line.put("helo", record.client().helo());
        record.client().tls().ifPresent(tls -> line.put("tls", tls));
        record.client().certificate().ifPresent(subject -> line.put("client-certificate", subject));
        record.client().authenticatedAs().ifPresent(account -> line.put("authenticated-as", account));
        line.put("from", record.sender());
        line.put("to", record.recipients().stream().limit(RECIPIENTS_SHOWN).toList());
        line.put("recipients", record.recipients().size());
        line.put("size", record.size());
        record.assessment().ifPresent(assessment -> assessment(line, assessment));
        record.storeId().ifPresent(storeId -> line.put("store-id", storeId));
        line.put("reply", record.reply());
        line.put("detail", record.detail());
        return Json.write(line);
    }

    private static void assessment(Map<String, @Nullable Object> line, Assessment assessment) {
        line.put("verdict", assessment.verdict().word());
        line.put("reason", assessment.verdict().reason());
        line.put("score", rounded(assessment.score()));
        line.put(
                "findings",
                assessment.contributions().stream().map(DecisionJson::finding).toList());
        List<Map<String, @Nullable Object>> silent = assessment.silent().entrySet().stream()
                .map(entry -> {
                    Map<String, @Nullable Object> one = new LinkedHashMap<>();
                    one.put("filter", entry.getKey());
                    one.put(
                            "why",
                            entry.getValue()
                                    .reason()
                                    .name()
                                    .toLowerCase(java.util.Locale.ROOT)
                                    .replace('_', '-'));
                    one.put("detail", entry.getValue().detail());
                    return one;
                })
                .toList();
        line.put("silent", silent);
    }

    private static Map<String, @Nullable Object> finding(Assessment.Contribution contribution) {
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put("filter", contribution.filter());
        one.put("symbol", contribution.finding().symbol());
        one.put("score", rounded(contribution.finding().score()));
        one.put("weight", rounded(contribution.weight()));
        one.put("points", rounded(contribution.points()));
        one.put("evidence", contribution.finding().evidence());
        return one;
    }

    private static double rounded(double value) {
        return Math.round(value * 10_000) / 10_000.0;
    }
}
