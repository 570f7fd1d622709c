// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.postern.core.filter.Finding;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.mailauth.arc.ArcOutcome;
import org.postern.scanworkers.mailauth.arc.ArcResult;
import org.postern.scanworkers.mailauth.authres.AuthenticationResults;
import org.postern.scanworkers.mailauth.dkim.DkimOutcome;
import org.postern.scanworkers.mailauth.dkim.DkimResult;
import org.postern.scanworkers.mailauth.dmarc.DmarcOutcome;
import org.postern.scanworkers.mailauth.dmarc.DmarcPolicy;
import org.postern.scanworkers.mailauth.dmarc.DmarcResult;
import org.postern.scanworkers.mailauth.spf.SpfOutcome;
import org.postern.scanworkers.mailauth.spf.SpfResult;

/// Turns what the methods found into findings and into the results of the header field. A pure function of them.
///
/// @param spf empty where the client logged in: its address says nothing then
/// @param dmarc empty likewise
record Report(
        Optional<SpfOutcome> spf, List<DkimOutcome> dkim, ArcOutcome arc, Optional<DmarcOutcome> dmarc, int forged) {
    List<Finding> findings(Map<String, Double> scores) {
        List<Finding> findings = new ArrayList<>();
        spf.ifPresent(outcome -> add(findings, scores, "SPF_" + name(outcome.result()), outcome.evidence()));
        for (DkimOutcome outcome : dkim) {
            add(findings, scores, "DKIM_" + name(outcome.result()), evidence(outcome));
            if (outcome.result() == DkimResult.PASS && outcome.partialBody()) {
                add(findings, scores, "DKIM_PARTIAL_BODY", outcome.domain() + " signed only the start of the body");
            }
            if (outcome.addedField()) {
                add(findings, scores, "DKIM_ADDED_FIELD", outcome.domain() + ": " + outcome.reason());
            }
        }
        if (arc.result() != ArcResult.NONE) {
            String sealers = arc.reason().isEmpty() ? String.join(", ", arc.sealers()) : arc.reason();
            add(findings, scores, "ARC_" + name(arc.result()), sealers);
        }
        dmarc.ifPresent(outcome -> add(findings, scores, symbol(outcome), evidence(outcome)));
        findings.addAll(forged(forged, scores));
        return findings;
    }

    /// What is said of fields from outside that bear our name.
    static List<Finding> forged(int fields, Map<String, Double> scores) {
        List<Finding> findings = new ArrayList<>();
        if (fields > 0) {
            add(findings, scores, "AUTHRES_FORGED", fields + " Authentication-Results fields claim to be ours");
        }
        return findings;
    }

    /// Whether some method could not say because of DNS.
    boolean uncertain() {
        return spf.filter(outcome -> outcome.result() == SpfResult.TEMPERROR).isPresent()
                || dkim.stream().anyMatch(outcome -> outcome.result() == DkimResult.TEMPERROR)
                || arc.result() == ArcResult.TEMPERROR
                || dmarc.filter(outcome -> outcome.result() == DmarcResult.TEMPERROR)
                        .isPresent();
    }

    private static void add(List<Finding> findings, Map<String, Double> scores, String symbol, String evidence) {
        findings.add(new Finding(symbol, Symbols.SCORES.of(symbol, scores), evidence));
    }

    private static String name(Enum<?> result) {
        return result.name().toUpperCase(Locale.ROOT);
    }

    private static String evidence(DkimOutcome outcome) {
        String text = "d=" + outcome.domain() + " s=" + outcome.selector() + " a=" + outcome.algorithm();
        return text
                + (outcome.keyBits() > 0 ? " (" + outcome.keyBits() + " bits)" : "")
                + (outcome.testing() ? " (testing)" : "")
                + (outcome.reason().isEmpty() ? "" : ": " + outcome.reason());
    }

    private static String evidence(DmarcOutcome outcome) {
        return outcome.evidence()
                + outcome.policyDomain().map(domain -> "; policy of " + domain).orElse("")
                + outcome.policy().map(policy -> " is " + policy.word()).orElse("");
    }

    private static String symbol(DmarcOutcome outcome) {
        if (outcome.result() != DmarcResult.FAIL) {
            return "DMARC_" + name(outcome.result());
        }
        return switch (outcome.policy().orElse(DmarcPolicy.NONE)) {
            case NONE -> "DMARC_FAIL";
            case QUARANTINE -> "DMARC_QUARANTINE";
            case REJECT -> "DMARC_REJECT";
        };
    }

    List<AuthenticationResults.Result> results(MailTransaction mail) {
        List<AuthenticationResults.Result> results = new ArrayList<>();
        if (mail.client().authenticatedAs().isPresent()) {
            results.add(result("auth", "pass", ""));
        }
        spf.ifPresent(outcome -> {
            String sender = mail.envelope().reversePath().toString();
            boolean problem = outcome.result() == SpfResult.TEMPERROR || outcome.result() == SpfResult.PERMERROR;
            results.add(result(
                    "spf",
                    outcome.result().word(),
                    problem ? "DNS or policy error" : "",
                    sender.isEmpty() ? "smtp.helo" : "smtp.mailfrom",
                    sender.isEmpty() ? mail.client().helo() : sender));
        });
        if (dkim.isEmpty()) {
            results.add(result("dkim", "none", ""));
        }
        for (DkimOutcome outcome : dkim) {
            results.add(result(
                    "dkim",
                    // RFC 8601 section 2.7.1: passed, but not acceptable.
                    outcome.result() == DkimResult.PASS && !outcome.vouches()
                            ? "policy"
                            : outcome.result().word(),
                    reason(outcome),
                    "header.d",
                    outcome.domain(),
                    "header.s",
                    outcome.selector(),
                    "header.a",
                    outcome.algorithm(),
                    "header.b",
                    outcome.signature()));
        }
        if (arc.result() == ArcResult.PASS || arc.result() == ArcResult.FAIL) {
            results.add(result("arc", arc.result().word(), ""));
        }
        dmarc.ifPresent(outcome -> results.add(result(
                "dmarc",
                outcome.result().word(),
                "",
                "policy.dmarc",
                outcome.policy().map(DmarcPolicy::word).orElse(""),
                "header.from",
                outcome.author().orElse(""))));
        return results;
    }

    private static String reason(DkimOutcome outcome) {
        if (outcome.result() == DkimResult.PASS && outcome.partialBody()) {
            return "only the start of the body is signed";
        }
        return outcome.result() == DkimResult.TEMPERROR ? "key unavailable" : outcome.reason();
    }

    private static AuthenticationResults.Result result(
            String method, String result, String reason, String... properties) {
        SequencedMap<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < properties.length; i += 2) {
            map.put(properties[i], properties[i + 1]);
        }
        return new AuthenticationResults.Result(method, result, reason, map);
    }
}
