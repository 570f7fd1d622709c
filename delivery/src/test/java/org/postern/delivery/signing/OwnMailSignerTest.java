// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.signing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.directory.Delivery;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.MailParameters;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;

/// What a store writes itself, signed, and verified by dkimpy.
@Timeout(120)
class OwnMailSignerTest {
    private static final String TEXT = "From: w@example.com\r\nTo: a@example.org\r\nSubject: hi\r\n\r\nx\r\n";

    @TempDir
    private Path folder;

    private RunningStore store(DkimKeys keys) {
        return new RunningStore(
                folder.resolve("store"),
                new InMemoryDns(),
                config -> config.signing(new OwnSigningConfig(keys.keys())));
    }

    /// The sender is local, and his mail for `nowhere.example` fails, for there is no such domain.
    private static String report(RunningStore store, String sender, Optional<String> returned, String text) {
        Envelope plain = Mails.envelope(sender + "@example.org", "x@nowhere.example");
        store.give(
                new Envelope(
                        plain.reversePath(),
                        plain.recipients(),
                        new MailParameters(
                                MailParameters.BodyType.EIGHT_BIT_MIME, false, false, returned, Optional.empty())),
                text);
        return store.onlyMail(sender);
    }

    @Test
    void reports_areSignedForTheStoresDomain_withTheHeaderOrTheWholeMailInThem() throws Exception {
        DkimKeys keys = DkimKeys.make(folder, "example.org");
        String large = TEXT + "more and more\r\n.\r\n\r\n".repeat(5000);
        try (RunningStore store = store(keys)) {
            String header = report(store, "a", Optional.empty(), TEXT);
            String whole = report(store, "b", Optional.of("FULL"), large);
            assertThat(header)
                    .contains("From: Mail Delivery System <MAILER-DAEMON@store.example.org>")
                    .contains("d=example.org; s=r1");
            assertThat(whole).contains("more and more");
            assertThat(keys.dkimpy(List.of(header, whole, whole.replace("more", "less"))))
                    .containsExactly("pass pass", "pass pass", "error error");
        }
    }

    @Test
    void replies_areSignedForTheAccountsDomain_andForwardsAreNot() throws Exception {
        DkimKeys keys = DkimKeys.make(folder, "example.org");
        try (RunningStore store = store(keys)) {
            store.directory().put("a@example.org", new Delivery.Mailbox(), Optional.of("Back on Monday."));
            store.directory()
                    .put(
                            "f@example.org",
                            new Delivery.Forward(List.of(MailAddress.parse("c@example.org"))),
                            Optional.empty());
            store.give(Mails.envelope("w@example.org", "a@example.org", "f@example.org"), TEXT);
            store.drain();
            assertThat(keys.dkimpy(List.of(store.onlyMail("w")))).containsExactly("pass pass");
            assertThat(Files.readString(Mails.in(store.mail(), "c").getFirst(), StandardCharsets.ISO_8859_1))
                    .doesNotContain("DKIM-Signature");
        }
    }

    @Test
    void report_whereThereIsNoKeyForTheDomain_isNotSigned() {
        try (RunningStore store = store(DkimKeys.make(folder, "elsewhere.example"))) {
            assertThat(report(store, "a", Optional.empty(), TEXT)).doesNotContain("DKIM-Signature");
        }
    }
}
