// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.testkit.Sink;

class LoadTest {
    @Test
    void messages_always_haveTheSizeAndDifferInTheirBody() {
        Messages messages = new Messages(4096, 1);
        Set<String> bodies = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            byte[] message = messages.next();
            assertThat(message).hasSize(4096).endsWith('\r', '\n');
            String text = new String(message, StandardCharsets.US_ASCII);
            bodies.add(text.substring(text.indexOf("\r\n\r\n")));
            assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n");
            assertThat(text).doesNotContain("\n.");
        }
        assertThat(bodies).hasSize(100);
    }

    @Test
    void load_whenTheServerTakesEverything_countsWhatTheServerHas() {
        try (Sink sink = Sink.smtp()) {
            LoadResult result = Load.mails(2).run(sink.address(), 2000, Duration.ofMillis(300));
            assertThat(result.others()).isEmpty();
            assertThat(result.accepted()).isPositive();
            assertThat(sink.messages()).hasSize((int) result.accepted());
        }
    }

    @Test
    void load_whenTheServerRefuses_countsNoMailAsAccepted() throws Exception {
        try (Sink sink = Sink.smtp("-f", "RCPT")) {
            LoadResult result = Load.mails(3).run(sink.address(), 2000, Duration.ofMillis(100));
            assertThat(result.accepted()).isZero();
            assertThat(result.others()).containsKey("500");
            assertThat(Files.exists(sink.daemon().folder())).isTrue();
        }
    }

    @Test
    void refusals_whenTheServerRefuses_areWhatIsWanted() {
        try (Sink sink = Sink.smtp("-f", "RCPT")) {
            LoadResult result = Load.refusals().run(sink.address(), 0, Duration.ofMillis(100));
            assertThat(result.others()).isEmpty();
            assertThat(result.accepted()).isPositive();
        }
    }

    @Test
    void tool_countsEveryMailOfItsRuns() {
        try (Sink sink = Sink.smtp()) {
            LoadResult result =
                    Load.tool("/usr/sbin/smtp-source", "-d").run(sink.address(), 1000, Duration.ofMillis(50));
            assertThat(result.others()).isEmpty();
            assertThat(sink.messages()).hasSize((int) result.accepted());
        }
    }

    @Test
    void spread_ofAnEvenNumber_hasTheMeanOfTheMiddleTwo() {
        assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 3.0), Double::doubleValue)).isEqualTo(new Spread(1, 2.5, 4));
    }
}
