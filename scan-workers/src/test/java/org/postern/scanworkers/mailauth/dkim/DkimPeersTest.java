// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dkim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;

/// Verdicts beside those of dkimpy and OpenDKIM, on messages that dkimpy signed and that were then changed in many
/// ways.
///
/// The peers differ on some: OpenDKIM rebuilds fields from what its milter interface hands it, where blanks after
/// a colon and a missing last line end are lost, and that breaks signatures in simple form. dkimpy reads the octets
/// as we do, so its verdict is ours on every message.
@Timeout(300)
final class DkimPeersTest {
    private static final int MUTATIONS = 400;

    private static final String[] MESSAGES = {"""
        From: Ann <ann@example.org>
        To: bob@example.net
        Subject: One two
        Date: Fri, 20 Nov 2026 10:00:00 +0000
        Message-ID: <1@example.org>

        Hello  Bob,

        how are you?\s


        """, """
        Received: from a by b
        \twith SMTP; now
        received: from c
        From: ann@example.org
        Subject:
         folded
        \tsubject
        X-Empty:
        To: x@example.net

        """, """
        From: ann@example.org
        Subject: no final line end



        line
        \tblank \t line\t
        end"""};

    @TempDir
    static Path folder;

    private final InMemoryDns dns = new InMemoryDns();
    private final StringBuilder records = new StringBuilder();

    @Test
    void verify_signedAndChangedMessages_agreesWithBothPeers() throws Exception {
        long seed = Long.getLong("postern.test.seed", System.nanoTime());
        System.err.println("DkimPeersTest seed " + seed);
        Random random = new Random(seed);
        List<String> signed = signedByDkimpy();
        write(folder.resolve("records"), records.toString());

        Map<String, String> messages = new TreeMap<>();
        for (int i = 0; i < signed.size(); i++) {
            messages.put("a%03d.eml".formatted(i), signed.get(i));
        }
        for (int i = 0; i < MUTATIONS; i++) {
            String message = signed.get(random.nextInt(signed.size()));
            for (int j = random.nextInt(2); j >= 0; j--) {
                message = Mutations.change(message, random);
            }
            messages.put("m%03d.eml".formatted(i), message);
        }
        for (Map.Entry<String, String> message : messages.entrySet()) {
            write(folder.resolve(message.getKey()), message.getValue());
        }

        Map<String, List<String>> dkimpy = verdictsOfDkimpy();
        Set<String> openDkim = passedByOpenDkim(messages.keySet());
        int compared = 0;
        int passed = 0;
        int split = 0;
        for (Map.Entry<String, String> message : messages.entrySet()) {
            String name = message.getKey();
            List<DkimOutcome> ours = verify(message.getValue());
            boolean pass = ours.stream().anyMatch(outcome -> outcome.result() == DkimResult.PASS);
            boolean one = dkimpy.getOrDefault(name, List.of()).contains("pass");
            boolean other = openDkim.contains(name);
            assertThat(pass)
                    .as("%s (dkimpy %s, OpenDKIM %s): %s%n%s", name, one, other, ours, message.getValue())
                    .isEqualTo(one);
            compared += one == other ? 1 : 0;
            passed += pass ? 1 : 0;
            if (one != other) {
                split++;
                System.err.printf("peers differ on %s: dkimpy %s, OpenDKIM %s%n", name, one, other);
            }
        }
        System.err.printf("compared %d messages (%d pass); the peers differ on %d more%n", compared, passed, split);
        for (int i = 0; i < signed.size(); i++) {
            assertThat(verify(signed.get(i)))
                    .as("unchanged message %d", i)
                    .isNotEmpty()
                    .allMatch(outcome -> outcome.result() == DkimResult.PASS);
        }
        assertThat(compared).isGreaterThan(MUTATIONS * 6 / 10);
        assertThat(passed).isGreaterThan(MUTATIONS / 10);
    }

    private List<DkimOutcome> verify(String message) throws Exception {
        MessageContent content = MessageContent.of(message.getBytes(StandardCharsets.ISO_8859_1));
        MessageHeader header = MessageHeader.read(content, ByteSize.ofKiB(256));
        return new DkimVerifier(new KeyLookup(dns), 10, Clock.systemUTC())
                .verify(new SignedMessage(content, header), Deadline.in(Duration.ofSeconds(20)));
    }

    private List<String> signedByDkimpy() throws Exception {
        rsaKey("rsa", 2048);
        KeyPair ed25519 = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] priv = ed25519.getPrivate().getEncoded();
        byte[] pub = ed25519.getPublic().getEncoded();
        write(
                folder.resolve("ed.key"),
                Base64.getEncoder().encodeToString(Arrays.copyOfRange(priv, priv.length - 32, priv.length)));
        publish("ed", "v=DKIM1; k=ed25519; p=" + base64(Arrays.copyOfRange(pub, pub.length - 32, pub.length)));
        StringBuilder jobs = new StringBuilder();
        List<String> results = new ArrayList<>();
        for (int i = 0; i < MESSAGES.length; i++) {
            write(folder.resolve("plain" + i), MESSAGES[i].replace("\n", "\r\n"));
            for (String head : new String[] {"simple", "relaxed"}) {
                for (String body : new String[] {"simple", "relaxed"}) {
                    for (String length : new String[] {"no", "yes"}) {
                        String first = "signed-" + i + head + body + length;
                        jobs.append(String.join(
                                " ", "plain" + i, first, "rsa.key", "rsa", "rsa-sha256", head, body, length + "\n"));
                        jobs.append(String.join(
                                " ", first, first + "2", "ed.key", "ed", "ed25519-sha256", head, body, length + "\n"));
                        results.add(first);
                        results.add(first + "2");
                    }
                }
            }
        }
        write(folder.resolve("jobs"), jobs.toString());
        run("/usr/bin/python3", script(), "sign", folder.toString());
        List<String> messages = new ArrayList<>();
        for (String result : results) {
            messages.add(Files.readString(folder.resolve(result), StandardCharsets.ISO_8859_1));
        }
        return messages;
    }

    private void rsaKey(String selector, int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        KeyPair pair = generator.generateKeyPair();
        write(
                folder.resolve(selector + ".key"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(pair.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        publish(selector, "v=DKIM1; k=rsa; p=" + base64(pair.getPublic().getEncoded()));
    }

    private void publish(String selector, String record) {
        dns.txt(selector + "._domainkey.example.org", record);
        records.append(selector)
                .append("._domainkey.example.org ")
                .append(record)
                .append('\n');
    }

    private static String base64(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    private Map<String, List<String>> verdictsOfDkimpy() throws Exception {
        Map<String, List<String>> verdicts = new HashMap<>();
        for (String line : run("/usr/bin/python3", script(), "verify", folder.toString())) {
            String[] words = line.split(" ");
            verdicts.put(words[0], List.of(words).subList(1, words.length));
        }
        return verdicts;
    }

    private static Set<String> passedByOpenDkim(Set<String> names) throws Exception {
        Path config = folder.resolve("opendkim.conf");
        write(config, "Mode v\nTestPublicKeys " + folder.resolve("records") + "\nSyslog no\nUserID root\n");
        Pattern verdict = Pattern.compile("dkim=pass");
        Set<String> passed = new HashSet<>();
        for (String name : names) {
            List<String> lines = run(
                    "/usr/sbin/opendkim",
                    "-x",
                    config.toString(),
                    "-vv",
                    "-t",
                    folder.resolve(name).toString());
            Matcher matcher = verdict.matcher(String.join("\n", lines));
            if (matcher.find()) {
                passed.add(name);
            }
        }
        return passed;
    }

    private static String script() {
        return Path.of("src/test/resources/mailauth/dkim_peer.py")
                .toAbsolutePath()
                .toString();
    }

    private static List<String> run(String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", null);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as(command[0]).isTrue();
        List<String> lines = Files.readAllLines(out, StandardCharsets.ISO_8859_1);
        if (command[0].endsWith("python3")) {
            assertThat(process.exitValue()).as(() -> String.join("\n", lines)).isZero();
        }
        return lines;
    }

    private static void write(Path path, String text) throws IOException {
        Files.writeString(path, text, StandardCharsets.ISO_8859_1);
    }
}
