// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One dialogue from a file: `C:` a line the client sends, `R:` octets it sends with escapes, `S:` a regular
/// expression for the next reply line, `S*9:` the same for nine replies, `M:` one found anywhere in a reply of
/// several lines (divided by `|`), `N:` one found nowhere in it, `T:` the client starts TLS, `E:` the server closes,
/// `K:` how many mails the
/// store has, `#` a comment. The first lines say `farm:` and `listener:`.
///
/// In `R:` lines `\r`, `\n`, `\0`, `\t`, `\xNN` are octets and `{text*count}` repeats a text.
record Transcript(Path file, String farm, int listener, List<Step> steps) {
    private static final Pattern REPEAT = Pattern.compile("\\{(.+?)\\*(\\d+)}");

    record Step(int line, char kind, String text) {}

    static Transcript read(Path file) throws IOException {
        String farm = "mx";
        int listener = 0;
        List<Step> steps = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("farm: ")) {
                farm = line.substring(6).strip();
            } else if (line.startsWith("listener: ")) {
                listener = Integer.parseInt(line.substring(10).strip());
            } else if (line.matches("S\\*\\d+:.*")) {
                Step step = new Step(i + 1, 'S', line.substring(line.indexOf(':') + 2));
                int times = Integer.parseInt(line.substring(2, line.indexOf(':')));
                steps.addAll(Collections.nCopies(times, step));
            } else if (line.matches("[CRSMNTEK]:.*")) {
                String text = line.length() > 3 ? line.substring(3) : "";
                steps.add(new Step(i + 1, line.charAt(0), text));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                throw new IOException(file + ":" + (i + 1) + ": not a line of a transcript: " + line);
            }
        }
        return new Transcript(file, farm, listener, List.copyOf(steps));
    }

    /// Plays it; the result says where it went wrong, if it did.
    Optional<String> play(TestFront front) throws IOException {
        try (Client client = Client.connect(front.address(listener))) {
            if (farm.endsWith("implicit")) {
                client.startTls();
            }
            for (Step step : steps) {
                Optional<String> wrong = play(step, client, front);
                if (wrong.isPresent()) {
                    return Optional.of(file.getFileName() + ":" + step.line() + ": expected " + step.text() + " but "
                            + wrong.get());
                }
            }
            return Optional.empty();
        }
    }

    private static Optional<String> play(Step step, Client client, TestFront front) throws IOException {
        switch (step.kind()) {
            case 'C' -> client.sendRaw(step.text() + "\r\n");
            case 'R' -> client.sendRaw(octets(step.text()));
            case 'T' -> client.startTls();
            case 'S' -> {
                String line = client.line();
                return Pattern.matches(step.text(), line) ? Optional.empty() : Optional.of("the server said: " + line);
            }
            case 'M', 'N' -> {
                String reply = client.reply();
                boolean found = Pattern.compile(step.text()).matcher(reply).find();
                return found == (step.kind() == 'M') ? Optional.empty() : Optional.of("the server said: " + reply);
            }
            case 'E' -> {
                String line = client.line();
                return line.isEmpty() ? Optional.empty() : Optional.of("the server said: " + line);
            }
            case 'K' -> {
                int kept = front.store.kept.size();
                return kept == Integer.parseInt(step.text().strip())
                        ? Optional.empty()
                        : Optional.of("the store has " + kept + " mails");
            }
            default -> throw new AssertionError(step);
        }
        return Optional.empty();
    }

    private static String octets(String text) {
        Matcher repeats = REPEAT.matcher(text);
        String whole = repeats.replaceAll(
                match -> Matcher.quoteReplacement(match.group(1).repeat(Integer.parseInt(match.group(2)))));
        StringBuilder out = new StringBuilder(whole.length());
        for (int i = 0; i < whole.length(); i++) {
            char c = whole.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escape = whole.charAt(++i);
            switch (escape) {
                case 'r' -> out.append('\r');
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case '0' -> out.append('\0');
                case 'x' -> {
                    out.append((char) Integer.parseInt(whole.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> out.append(escape);
            }
        }
        return out.toString();
    }
}
