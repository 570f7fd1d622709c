// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MessageContent;
import org.postern.delivery.Mails;

/// Signatures, verified by dkimpy and OpenDKIM.
@Timeout(180)
class SigningTest {
    private static final String TEXT = """
            From: Alice <alice@example.org>
            To: bob@example.net
            Subject:  One
             two\s
            Date: Fri, 20 Nov 2026 10:00:00 +0000
            Message-ID: <1@example.org>

            Hello  Bob,\s
            .

            \ttab\t

            """.replace("\n", "\r\n");

    @TempDir
    private Path folder;

    private final Store store = new Store();
    private @Nullable DkimKeys keys;
    private SigningConfig config = new SigningConfig(true, Map.of());

    /// Keeps what it is handed.
    private static final class Store implements MailStore {
        private final List<String> kept = new ArrayList<>();

        @Override
        public HandoffResult handOver(Handoff handoff, Deadline deadline) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try {
                handoff.content().writeTo(out);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            kept.add(out.toString(StandardCharsets.ISO_8859_1));
            return new HandoffResult.Accepted("x", false);
        }

        @Override
        public void proven(HandoffId id) {}

        @Override
        public Availability availability() {
            return new Availability(true, "");
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void makeKeys() {
        keys = DkimKeys.make(folder, "example.org");
        config = new SigningConfig(true, keys().keys());
    }

    private DkimKeys keys() {
        return Objects.requireNonNull(keys);
    }

    private SigningMailStore signing() {
        return new SigningMailStore(store, config, new Domain("sub1.example.org"), new SimpleMeterRegistry());
    }

    private String signed(String sender, String text) {
        return signed(Mails.newId(), sender, text);
    }

    private String signed(HandoffId id, String sender, String text) {
        Handoff plain = Mails.handoff(id, "", "bob@example.net");
        signing()
                .handOver(
                        new Handoff(
                                id,
                                plain.dedupKey(),
                                Mails.envelope(sender, "bob@example.net"),
                                MessageContent.of(text.getBytes(StandardCharsets.ISO_8859_1)),
                                plain.disposition()),
                        Mails.soon());
        return store.kept.getLast();
    }

    private List<String> dkimpy(List<String> messages) {
        return keys().dkimpy(messages);
    }

    @Test
    void signatures_areTakenByDkimpyAndOpenDkim_andTheMailIsAsItWasBelowThem() throws Exception {
        String message = signed("alice@example.org", TEXT);
        assertThat(message).startsWith("DKIM-Signature: v=1; a=rsa-sha256;").endsWith(TEXT);
        assertThat(dkimpy(List.of(message))).containsExactly("pass pass");
        Path configuration = Files.writeString(
                folder.resolve("opendkim.conf"),
                "Mode v\nTestPublicKeys " + folder.resolve("opendkim.keys") + "\nSyslog no\nUserID root\n");
        Files.writeString(folder.resolve("opendkim.keys"), Files.readString(keys().records()));
        assertThat(String.join(
                        "\n",
                        DkimKeys.run(
                                folder,
                                List.of(
                                        "/usr/sbin/opendkim",
                                        "-x",
                                        configuration.toString(),
                                        "-vv",
                                        "-t",
                                        folder.resolve("0.eml").toString()))))
                .contains("dkim=pass");
    }

    @Test
    void changes_breakThem_aSecondFromAbove_too() throws Exception {
        String message = signed("alice@example.org", TEXT);
        assertThat(dkimpy(List.of(
                        message.replace("Hello", "Hallo"),
                        "From: eve@example.com\r\n" + message,
                        "Subject: other\r\n" + message,
                        message.replace("One\r\n two", "One  two"))))
                // dkimpy throws where the body is another one.
                .containsExactly("error error", "fail fail", "fail fail", "pass pass");
    }

    @Test
    void signatures_ofAnyBody_areTakenByDkimpy() throws Exception {
        long seed = Long.getLong("postern.test.seed", System.nanoTime());
        System.err.println("SigningTest seed " + seed);
        Random random = new Random(seed);
        String[] pieces = {"\r\n", " ", "\t", "a", ".", "\u00e9", "\r\n\r\n", " \r\n", "b c", "x:"};
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            StringBuilder body = new StringBuilder();
            for (int j = random.nextInt(30); j > 0; j--) {
                body.append(pieces[random.nextInt(pieces.length)]);
            }
            // A line without end at the end gets one on the way.
            if (!body.isEmpty() && !body.toString().endsWith("\r\n")) {
                body.append("\r\n");
            }
            messages.add(signed("alice@example.org", "From: alice@example.org\r\nSubject: x\r\n\r\n" + body));
        }
        assertThat(dkimpy(messages)).as("seed " + seed).containsOnly("pass pass");
    }

    @Test
    void handoff_repeated_hasTheSameOctets() {
        HandoffId id = Mails.newId();
        assertThat(signed(id, "alice@example.org", "Subject: x\r\n\r\n"))
                .isEqualTo(signed(id, "alice@example.org", "Subject: x\r\n\r\n"));
    }

    @Test
    void missingFields_areAddedOnTop_andThoseThereAreKept() {
        HandoffId id = Mails.newId();
        String message = signed(id, "alice@example.org", "Subject: x\r\n\r\nbody\r\n");
        assertThat(message)
                .contains("\r\nDate: ")
                .contains("\r\nMessage-ID: <" + id.transaction() + "@sub1.example.org>\r\n")
                .contains("\r\nFrom: <alice@example.org>\r\n")
                .endsWith("Subject: x\r\n\r\nbody\r\n");
        assertThat(signed("alice@example.org", TEXT.replace("alice@", "bob@")))
                .contains("\r\nSender: <alice@example.org>\r\n")
                .doesNotContain("Date: Date")
                .containsOnlyOnce("Message-ID:");
    }

    @Test
    void mail_withANameOfAnyLength_isSigned() {
        String text = "From: \"" + "a\\".repeat(60_000) + "a\" <ann@example.org>\r\n\r\nx\r\n";
        assertThat(signed("ann@example.org", text)).startsWith("DKIM-Signature: ");
    }

    @Test
    void mail_inTheNameOfAnotherDomainOrOfSeveralOrOfNobody_isNotSigned() {
        assertThat(signed("alice@example.com", TEXT)).doesNotContain("DKIM-Signature");
        assertThat(signed("", TEXT)).doesNotContain("DKIM-Signature");
        assertThat(signed("alice@example.org", TEXT.replace("alice@example.org", "eve@example.com")))
                .doesNotContain("DKIM-Signature");
        assertThat(signed("alice@example.org", "From: alice@example.org\r\n" + TEXT))
                .doesNotContain("DKIM-Signature");
        assertThat(signed("alice@example.org", TEXT.replace("From: Alice", "From: a@example.org, Alice")))
                .doesNotContain("DKIM-Signature");
    }

    @Test
    void key_thatCannotBeRead_isRefusedWithWhatToDo() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.pem"), "no key");
        SigningConfig wrong =
                new SigningConfig(true, Map.of(new Domain("example.org"), List.of(new SigningConfig.Key("x", broken))));
        assertThatThrownBy(() -> new SigningMailStore(store, wrong, new Domain("a.example"), new SimpleMeterRegistry()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("openssl genpkey");
    }
}
