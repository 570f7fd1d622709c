// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postern.core.directory.password.ScramSecret;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;

/// The files that `postern init` writes: templates with a few words filled in.
///
/// @param domains at least one
/// @param accounts at least one; the first is postmaster
/// @param clamd `host:port` or `unix:/path`, or none
/// @param spamd host:port of SpamAssassin, or none
/// @param rspamd host:port of rspamd, or none
/// @param loopback whether everything is on 127.0.0.1
record SampleConfig(
        List<Domain> domains,
        Map<MailAddress, ScramSecret> accounts,
        @Nullable String clamd,
        @Nullable String spamd,
        @Nullable String rspamd,
        boolean loopback) {
    private static final int SECRET_OCTETS = 32;

    String configuration() {
        return template("postern.yaml.template")
                .replace("@HOSTNAME@", loopback ? "localhost" : "mail." + domains.getFirst())
                .replace("@ADDRESS@", loopback ? "127.0.0.1" : "0.0.0.0")
                .replace("@STORE@", "127.0.0.1")
                .replace("@MX@", loopback ? "2525" : "25")
                .replace("@SUBMISSION@", loopback ? "2587" : "587")
                .replace("@SUBMISSIONS@", loopback ? "2465" : "465")
                .replace("@QMQP@", loopback ? "2628" : "628")
                .replace("@ENGINES@", engines())
                // With spam engines a sum is higher; see docs/reference/farms.md.
                .replace(
                        "@MX_THRESHOLDS@",
                        spamd == null && rspamd == null
                                ? "{ tag: 5, quarantine: 8, reject: 12 }"
                                : "{ tag: 6, quarantine: 12, reject: 14 }")
                .replace("@MX_SPAM@", spam("1", "0.3"))
                .replace("@SUBMISSION_SPAM@", spam("0.3", "0.1"))
                .replace("@MX_SCANNER@", clamd == null ? "" : "\n      clamav: { weight: 100, no-verdict: tempfail }")
                .replace(
                        "@SUBMISSION_SCANNER@",
                        clamd == null ? "" : "\n      clamav: { weight: 100, no-verdict: wait }");
    }

    private String spam(String spamdWeight, String rspamdWeight) {
        return (spamd == null ? "" : "\n      spamd: { weight: " + spamdWeight + ", no-verdict: skip }")
                + (rspamd == null ? "" : "\n      rspamd: { weight: " + rspamdWeight + ", no-verdict: skip }");
    }

    private String engines() {
        String engines = engine("clamd, one or more, all with the same signatures.", "clamav", clamd)
                + engine("SpamAssassin.", "spamd", spamd)
                + engine("rspamd's normal worker.", "rspamd", rspamd);
        String without = """
            # No virus scanner is configured: mail is judged by %s only, and every result
            # header says so. With a clamd at hand, write
            #   engines:
            #     clamav: { backends: [127.0.0.1:3310] }
            # and under filters of each farm
            #     clamav: { weight: 100, no-verdict: tempfail }
            """.formatted(
                        spamd == null && rspamd == null ? "rules and attachment names" : "rules and spam engines");
        return (clamd == null ? without : "") + (engines.isEmpty() ? "engines: {}" : "engines:" + engines);
    }

    private static String engine(String comment, String name, @Nullable String address) {
        return address == null
                ? ""
                : "\n  # " + comment + "\n  " + name + ": { backends: ['" + address.replace("'", "''") + "'] }";
    }

    String accountsFile() {
        String entries = accounts.entrySet().stream()
                .map(entry ->
                        "  \"" + entry.getKey().toString().replace("\\", "\\\\").replace("\"", "\\\"")
                                + "\":\n    password: \"" + entry.getValue().written() + "\"\n    aliases: []\n")
                .collect(Collectors.joining());
        return template("accounts.yaml.template")
                .replace("@DOMAINS@", domains.stream().map(Domain::name).collect(Collectors.joining(", ")))
                .replace(
                        "@POSTMASTER@",
                        accounts.keySet().iterator().next().toString().replace("'", "''"))
                .replace("@ACCOUNTS@", entries);
    }

    /// A new one each time.
    String scramSecretFile() {
        byte[] octets = new byte[SECRET_OCTETS];
        new SecureRandom().nextBytes(octets);
        return Base64.getEncoder().encodeToString(octets) + "\n";
    }

    private static String template(String name) {
        try (InputStream in = SampleConfig.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
