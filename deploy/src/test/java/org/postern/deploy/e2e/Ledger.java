// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What was sent and what the client was told, and the comparison with what stands in the mailboxes.
final class Ledger {
    private static final Pattern ID = Pattern.compile("^X-Ledger-Id: (\\S+)\r?$", Pattern.MULTILINE);

    private final Map<String, byte[]> sent = new ConcurrentHashMap<>();
    private final Map<String, String> lastReply = new ConcurrentHashMap<>();

    /// A plain-text message nobody else sends, about `size` octets long, and entered in the ledger.
    byte[] message(String id, int size, String subject, String body) {
        return message(id, size, List.of("Subject: " + subject), body);
    }

    /// As [#message(String, int, String, String)], with these header fields.
    byte[] message(String id, int size, List<String> fields, String body) {
        StringBuilder text = new StringBuilder(size + 500);
        text.append("From: Bob <bob@example.net>\r\nTo: alice@example.org\r\n");
        fields.forEach(field -> text.append(field).append("\r\n"));
        text.append("Date: Sat, 21 Nov 2026 12:00:00 +0000\r\nMessage-ID: <")
                .append(id)
                .append("@example.net>\r\n");
        text.append("X-Ledger-Id: ").append(id).append("\r\n\r\n").append(body).append("\r\n");
        for (int line = 0; text.length() < size; line++) {
            text.append(line % 7 == 0 ? ".leading dot " : "line ")
                    .append(line)
                    .append(" of ")
                    .append(id)
                    .append("\r\n");
        }
        byte[] octets = text.toString().getBytes(StandardCharsets.US_ASCII);
        sent.put(id, octets);
        return octets;
    }

    void told(String id, String reply) {
        lastReply.put(id, reply);
    }

    long acknowledged() {
        return lastReply.values().stream()
                .filter(reply -> reply.startsWith("250"))
                .count();
    }

    /// What is wrong, a line each; empty when every promise was kept.
    ///
    /// @param files every delivered mail file
    List<String> compare(List<Path> files) throws IOException {
        Map<String, List<Path>> found = new HashMap<>();
        List<String> wrong = new ArrayList<>();
        for (Path file : files) {
            byte[] octets = Files.readAllBytes(file);
            Matcher id = ID.matcher(new String(octets, StandardCharsets.ISO_8859_1));
            if (!id.find() || !sent.containsKey(id.group(1))) {
                wrong.add("nobody sent " + file);
                continue;
            }
            found.computeIfAbsent(id.group(1), key -> new ArrayList<>()).add(file);
            byte[] original = sent.getOrDefault(id.group(1), new byte[0]);
            if (octets.length < original.length
                    || !Arrays.equals(
                            Arrays.copyOfRange(octets, octets.length - original.length, octets.length), original)) {
                wrong.add("not byte for byte what was sent: " + file);
            }
        }
        for (String id : sent.keySet()) {
            int copies = found.getOrDefault(id, List.of()).size();
            String reply = lastReply.getOrDefault(id, "");
            if (reply.startsWith("250") && copies != 1) {
                wrong.add(id + " was told " + reply + " and stands in the mailbox " + copies + " times");
            }
            if (reply.startsWith("5") && copies != 0) {
                wrong.add(id + " was refused with " + reply + " and stands in the mailbox " + copies + " times");
            }
            if (copies > 1) {
                wrong.add(id + " stands in the mailbox twice: " + found.get(id));
            }
        }
        return wrong;
    }

    void assertKept(List<Path> files) throws IOException {
        assertThat(compare(files)).isEmpty();
    }
}
