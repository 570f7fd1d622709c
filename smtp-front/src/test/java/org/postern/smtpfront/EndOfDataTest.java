// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.postern.testkit.SharedSuites;

/// Every known false end of DATA, cut at every octet, gives one message or a refusal, never two messages.
final class EndOfDataTest {
    private static final Pattern FORM = Pattern.compile("\"name\": \"([^\"]+)\", \"bytes\": \"([0-9a-f]+)\"");

    private static Map<String, String> forms() throws IOException {
        Path file = SharedSuites.path("smtp/end-of-data.json");
        Map<String, String> forms = new LinkedHashMap<>();
        Matcher matcher = FORM.matcher(Files.readString(file));
        while (matcher.find()) {
            if (!matcher.group(1).equals("CRLF.CRLF")) {
                byte[] octets = HexFormat.of().parseHex(matcher.group(2));
                forms.put(matcher.group(1), new String(octets, StandardCharsets.ISO_8859_1));
            }
        }
        assertThat(forms).as("forms in " + file).hasSizeGreaterThan(10);
        return forms;
    }

    @Test
    void a_false_end_never_makes_two_messages_however_it_is_cut() throws IOException {
        run(Change::many);
    }

    @Test
    void a_false_end_never_makes_two_messages_when_lone_ends_are_normalised() throws IOException {
        run(config -> Change.normalise(Change.many(config)));
    }

    private static void run(java.util.function.UnaryOperator<SmtpFrontConfig> change) throws IOException {
        try (TestFront front = TestFront.mx(change);
                Client client = Client.greeted(front.address(0))) {
            client.say("EHLO client.example");
            for (var form : forms().entrySet()) {
                String hidden = form.getValue()
                        + "MAIL FROM:<evil@there.example>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\nSubject: 2\r\n\r\nb\r\n";
                for (int cut = 0; cut <= form.getValue().length(); cut++) {
                    front.store.kept.clear();
                    String reply = send(client, "Subject: 1\r\n\r\na", hidden, cut);
                    assertThat(front.store.kept.size()).as(form.getKey()).isLessThanOrEqualTo(1);
                    if (reply.startsWith("250")) {
                        String text = front.store.kept.getFirst().text();
                        assertThat(text.replace("\r\n", "")).as(form.getKey()).doesNotContain("\r", "\n");
                    } else {
                        assertThat(reply).as(form.getKey()).startsWith("550 5.6.0 ");
                    }
                    assertThat(client.say("NOOP")).as(form.getKey()).isEqualTo("250 2.0.0 Ok");
                }
            }
        }
    }

    private static String send(Client client, String message, String hidden, int cut) throws IOException {
        client.say("MAIL FROM:<from@there.example>");
        client.say("RCPT TO:<alice@here.example>");
        client.say("DATA");
        client.sendRaw(message + hidden.substring(0, cut));
        pause();
        client.sendRaw(hidden.substring(cut));
        pause();
        client.sendRaw("\r\n.\r\n");
        return client.reply();
    }

    /// Lets the segment before go out on its own.
    private static void pause() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
