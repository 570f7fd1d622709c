// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.Recipient;
import org.postern.core.mail.ReversePath;
import org.postern.delivery.Mails;

@SuppressWarnings("EnumOrdinal") // any of them will do
class CodecFuzzTest {
    private static final int ROUNDS = 5000;
    private static final String[] LOCAL_PARTS = {"alice", "\"a b\"", "o'hara+tag", "grüße", "\"..\"", "\"a\\\"@b\""};

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    CodecFuzzTest() {
        System.err.println("CodecFuzzTest seed " + seed);
    }

    private Envelope envelope() {
        List<Recipient> recipients = new ArrayList<>();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            recipients.add(new Recipient(
                    ForwardPath.parse(LOCAL_PARTS[random.nextInt(LOCAL_PARTS.length)] + "@example.org"),
                    random.nextBoolean() ? Set.of() : Set.of("FAILURE", "DELAY"),
                    random.nextBoolean() ? Optional.empty() : Optional.of("rfc822;x" + random.nextInt())));
        }
        return new Envelope(
                ReversePath.parse(random.nextBoolean() ? "" : "sender@example.com"),
                recipients,
                new MailParameters(
                        MailParameters.BodyType.values()[random.nextInt(3)],
                        random.nextBoolean(),
                        random.nextBoolean(),
                        random.nextBoolean() ? Optional.empty() : Optional.of("HDRS"),
                        random.nextBoolean() ? Optional.empty() : Optional.of("id" + random.nextInt())));
    }

    private Submission submission() {
        Envelope envelope = envelope();
        return new Submission(
                Mails.newId(),
                DedupKey.of(envelope, new byte[32]),
                envelope,
                random.nextBoolean() ? Disposition.DELIVER : Disposition.QUARANTINE,
                random.nextLong(1L << 40),
                random.nextBoolean(),
                Instant.ofEpochMilli(random.nextLong(1L << 41)));
    }

    private byte[] flipped(byte[] octets) {
        byte[] copy = octets.clone();
        copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        return copy;
    }

    @Test
    void header_isReadAsWritten_andWithAnyFlippedBitNotAtAll() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            Submission submission = submission();
            byte[] block = MailHeader.encode(submission);
            assertThat(MailHeader.parse(block).submission()).as("seed %d", seed).isEqualTo(submission);
            byte[] damaged = flipped(block);
            assertThatThrownBy(() -> MailHeader.parse(damaged))
                    .as("seed %d", seed)
                    .isInstanceOf(DamagedMailException.class);
        }
    }

    @Test
    void endRecord_isReadAsWritten_andWithAnyFlippedBitNotAtAll() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] sha = new byte[32];
            random.nextBytes(sha);
            byte[] octets = new EndRecord(random.nextLong(), sha, random.nextInt()).encode();
            assertThat(EndRecord.parse(octets).sha256()).isEqualTo(sha);
            byte[] damaged = flipped(octets);
            assertThatThrownBy(() -> EndRecord.parse(damaged)).isInstanceOf(DamagedMailException.class);
        }
    }

    @Test
    void stateRecord_isReadAsWritten_andWithAnyFlippedBitNotAtAll() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            StateRecord state = new StateRecord(
                    StateRecord.Type.values()[random.nextInt(3)],
                    random.nextInt(),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextInt(),
                    "x".repeat(random.nextInt(StateRecord.TEXT_MAX + 1)));
            byte[] octets = state.encode(77);
            assertThat(StateRecord.parse(octets, 0, 77)).isEqualTo(state);
            assertThat(StateRecord.lengthAt(octets, 0)).isEqualTo(octets.length);
            assertThatThrownBy(() -> StateRecord.parse(octets, 0, 78)).isInstanceOf(DamagedMailException.class);
            byte[] damaged = flipped(octets);
            assertThatThrownBy(() -> StateRecord.parse(damaged, 0, 77))
                    .as("seed %d", seed)
                    .isInstanceOf(DamagedMailException.class);
        }
    }

    @Test
    void logRecord_isReadAsWritten_andWithAnyFlippedBitNotAtAll() {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] sha = new byte[32];
            random.nextBytes(sha);
            LogRecord entry = new LogRecord(
                    LogRecord.Type.values()[random.nextInt(5)],
                    random.nextLong(),
                    Mails.newId(),
                    new Fingerprint(random.nextLong(), random.nextLong()),
                    sha);
            byte[] octets = entry.encode();
            LogRecord read = LogRecord.parse(octets, 0).orElseThrow();
            assertThat(read.id()).isEqualTo(entry.id());
            assertThat(read.fingerprint()).isEqualTo(entry.fingerprint());
            assertThat(read.type()).isEqualTo(entry.type());
            assertThat(read.sha256()).isEqualTo(sha);
            assertThat(LogRecord.parse(flipped(octets), 0)).isEmpty();
        }
    }

    @Test
    void envelope_ofRandomOctets_isRefusedOrReadable_andNeverMore() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            ByteArrayOutputStream octets = new ByteArrayOutputStream();
            Envelope envelope = envelope();
            EnvelopeCodec.write(envelope, new DataOutputStream(octets));
            assertThat(read(octets.toByteArray())).isEqualTo(envelope);
            byte[] damaged = flipped(octets.toByteArray());
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            for (byte[] each : List.of(damaged, garbage)) {
                try {
                    assertThat(read(each).recipients()).isNotEmpty();
                } catch (IOException e) {
                    assertThat(e).isNotNull();
                }
            }
        }
    }

    private static Envelope read(byte[] octets) throws IOException {
        return EnvelopeCodec.read(new DataInputStream(new ByteArrayInputStream(octets)));
    }
}
