// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.spf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.scanworkers.mailauth.SuiteFiles.cast;
import static org.postern.scanworkers.mailauth.SuiteFiles.map;
import static org.postern.scanworkers.mailauth.SuiteFiles.text;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.postern.core.dns.DnsAnswer.Reason;
import org.postern.core.dns.DnsQuestion;
import org.postern.core.dns.DnsRecord;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.mailauth.SuiteFiles;
import org.postern.testkit.SharedSuites;

/// The openspf test suite for RFC 7208: 203 cases, each with its zone.
final class SpfSuiteTest {
    private static final String SUITE = "spf/rfc7208.json";

    @TestFactory
    Stream<DynamicNode> rfc7208() {
        return SharedSuites.tests(
                SUITE, suite -> SuiteFiles.scenarios(suite).stream().flatMap(this::scenario));
    }

    @Test
    void suite_has203Cases() {
        assertThat(SuiteFiles.scenarios(SharedSuites.path(SUITE)).stream()
                        .mapToInt(s -> map(s, "tests").size())
                        .sum())
                .isEqualTo(203);
    }

    private Stream<DynamicNode> scenario(Map<String, Object> scenario) {
        InMemoryDns dns = zone(map(scenario, "zonedata"));
        return map(scenario, "tests").entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        scenario.get("description") + ": " + entry.getKey(), () -> run(dns, cast(entry.getValue()))));
    }

    private void run(InMemoryDns dns, Map<String, Object> test) throws Exception {
        SpfChecker checker = new SpfChecker(dns, "receiver.example.org", Clock.systemUTC());
        SpfOutcome outcome = checker.check(
                InetAddress.getByName(text(test, "host")),
                text(test, "mailfrom"),
                text(test, "helo"),
                Deadline.in(Duration.ofSeconds(20)));
        Object expected = Objects.requireNonNull(test.get("result"));
        List<?> allowed = expected instanceof List<?> list ? list : List.of(expected);
        assertThat(allowed)
                .as("%s gave %s", test, outcome)
                .anyMatch(word -> word.equals(outcome.result().word()));
        Object explanation = test.get("explanation");
        if (explanation != null && outcome.result() == SpfResult.FAIL) {
            assertThat(outcome.explanation().orElse("DEFAULT")).isEqualTo(explanation);
        }
    }

    private static InMemoryDns zone(Map<String, Object> zonedata) {
        InMemoryDns dns = new InMemoryDns();
        zonedata.forEach((name, value) -> {
            List<?> entries = (List<?>) value;
            boolean hasTxt =
                    entries.stream().anyMatch(entry -> entry instanceof Map<?, ?> map && map.containsKey("TXT"));
            for (Object entry : entries) {
                if (entry instanceof String) {
                    dns.failing(name, Reason.TIMED_OUT);
                } else {
                    cast(entry).forEach((type, data) -> record(dns, name, type, data, hasTxt));
                }
            }
        });
        return dns;
    }

    private static void record(InMemoryDns dns, String name, String type, Object data, boolean hasTxt) {
        switch (type) {
            case "A", "AAAA" -> dns.address(name, data.toString());
            case "MX" ->
                dns.mx(
                        name,
                        (Integer) ((List<?>) data).get(0),
                        ((List<?>) data).get(1).toString());
            case "PTR" -> dns.ptr(name, data.toString());
            case "CNAME" -> dns.alias(name, data.toString());
            case "TXT" -> {
                if (!data.equals("NONE")) {
                    dns.add(name, DnsQuestion.Type.TXT, new DnsRecord.Txt(joined(data)));
                }
            }
            // Records of the old type SPF stand for TXT records unless the name has TXT records of its own.
            case "SPF" -> {
                if (!hasTxt) {
                    dns.add(name, DnsQuestion.Type.TXT, new DnsRecord.Txt(joined(data)));
                }
            }
            default -> throw new IllegalArgumentException("unknown type " + type);
        }
    }

    private static String joined(Object data) {
        List<String> parts = new ArrayList<>();
        if (data instanceof List<?> list) {
            list.forEach(part -> parts.add(part.toString()));
        } else {
            parts.add(data.toString());
        }
        return new String(String.join("", parts).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
