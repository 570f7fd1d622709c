// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postern.core.config.CidrBlock;
import org.postern.core.config.ConfigException;
import org.postern.core.limits.AddressKey;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;

/// Reads files of rules: `deny|allow client|sender|recipient PATTERN [TEXT]`, one a line; `#` begins a comment line.
/// Used by one thread, for one set of files.
final class AccessFile {
    private static final long OCTETS_MAX = 32L << 20;
    private static final int RULES_MAX = 500_000;
    private static final int PROBLEMS_MAX = 20;
    private static final int TEXT_MAX = 200;

    private final Map<AddressKey, Rule> clients = new HashMap<>();
    private final Map<String, Rule> senders = new HashMap<>();
    private final Map<String, Rule> recipients = new HashMap<>();
    private final List<String> problems = new java.util.ArrayList<>();

    private AccessFile() {}

    /// @throws ConfigException with all problems where anything is wrong
    static AccessRules read(List<Path> files) {
        AccessFile reading = new AccessFile();
        files.forEach(reading::readFile);
        if (!reading.problems.isEmpty()) {
            throw new ConfigException(reading.problems);
        }
        return new AccessRules(reading.clients, reading.senders, reading.recipients);
    }

    private void readFile(Path file) {
        List<String> lines;
        try {
            if (Files.size(file) > OCTETS_MAX) {
                problem(file + ": larger than " + (OCTETS_MAX >> 20) + " MiB");
                return;
            }
            lines = Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            problem(file + ": not text in UTF-8");
            return;
        } catch (IOException e) {
            problem(file + ": cannot be read: " + e);
            return;
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                readLine(line, file.getFileName() + ":" + (i + 1));
            }
        }
    }

    private void readLine(String line, String where) {
        String[] words = line.split("\\s+", 4);
        try {
            if (words.length < 3 || !words[0].matches("allow|deny")) {
                throw new IllegalArgumentException(
                        "not a rule; write for example: deny client 192.0.2.0/24 Text for the client");
            }
            if (clients.size() + senders.size() + recipients.size() >= RULES_MAX) {
                throw new IllegalArgumentException("more than " + RULES_MAX + " rules");
            }
            boolean allow = words[0].equals("allow");
            Rule rule = new Rule(allow, text(allow, words), where);
            Rule other = switch (words[1]) {
                case "client" -> clients.put(network(words[2]), rule);
                case "sender" -> senders.put(mailboxes(words[2], true), rule);
                case "recipient" -> recipients.put(mailboxes(words[2], false), rule);
                default ->
                    throw new IllegalArgumentException("\"" + words[1] + "\" is none of client, sender and recipient");
            };
            if (other != null && other.allow() != allow) {
                throw new IllegalArgumentException("says the opposite of " + other.origin());
            }
        } catch (IllegalArgumentException e) {
            problem(where + ": " + e.getMessage());
        }
    }

    private static String text(boolean allow, String[] words) {
        String text = words.length < 4 ? "" : words[3];
        if (allow && !text.isEmpty()) {
            throw new IllegalArgumentException("an allow rule has no text, for nobody is told it");
        }
        if (text.length() > TEXT_MAX || !text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("a text is at most " + TEXT_MAX + " printable US-ASCII characters");
        }
        return text.isEmpty() ? "Not accepted here by local policy" : text;
    }

    private static AddressKey network(String pattern) {
        CidrBlock block = CidrBlock.parse(pattern);
        return AddressKey.of(block.network(), block.prefixLength(), block.prefixLength());
    }

    private static String mailboxes(String pattern, boolean sender) {
        if (sender && pattern.equals(AccessRules.NULL_SENDER)) {
            return pattern;
        }
        if (pattern.startsWith(".")) {
            return "." + Domain.parse(pattern.substring(1)).name();
        }
        return pattern.contains("@")
                ? MailAddress.parse(pattern).foldedCase().toString()
                : Domain.parse(pattern).name();
    }

    private void problem(String text) {
        if (problems.size() < PROBLEMS_MAX) {
            problems.add(text);
        }
    }
}
