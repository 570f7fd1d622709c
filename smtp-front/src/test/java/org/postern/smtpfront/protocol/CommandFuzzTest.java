// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.ReversePath;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;
import org.postern.smtpfront.Mutations;

final class CommandFuzzTest {
    private static final int LINE_MAX = 512;

    @FuzzTest(maxDuration = "5m")
    void no_line_does_more_than_be_refused(byte[] octets) {
        check(octets);
    }

    @Test
    void no_change_of_the_corpus_does_more_than_be_refused() throws IOException {
        Mutations.of(CommandFuzzTest.class, "no_line_does_more_than_be_refused", CommandFuzzTest::check);
    }

    private static void check(byte[] octets) {
        List<String> lines = lines(octets, octets.length);
        assertThat(lines(octets, 1)).isEqualTo(lines);
        assertThat(lines(octets, 1 + new Random(octets.length).nextInt(7))).isEqualTo(lines);
        for (String line : lines) {
            argument(line.substring(Math.min(5, line.length())));
        }
    }

    /// What the reader makes of the octets, handed over in pieces; broken and overlong lines by a mark.
    private static List<String> lines(byte[] octets, int piece) {
        LineReader reader = new LineReader(LINE_MAX);
        List<String> lines = new ArrayList<>();
        int at = 0;
        while (at < octets.length) {
            Optional<LineReader.Line> line = reader.read(octets, at, Math.min(octets.length, at + piece));
            assertThat(reader.offset()).isGreaterThan(at);
            at = reader.offset();
            line.ifPresent(read -> lines.add(
                    switch (read) {
                        case LineReader.Line.Whole(byte[] whole) -> {
                            assertThat(whole.length).isLessThanOrEqualTo(LINE_MAX - 2);
                            assertThat(whole).doesNotContain('\r', '\n', 0);
                            yield new String(whole, StandardCharsets.UTF_8);
                        }
                        case LineReader.Line.TooLong(boolean chunk) -> "too long " + chunk;
                        case LineReader.Line.Broken(boolean chunk) -> "broken " + chunk;
                    }));
        }
        return lines;
    }

    private static void argument(String text) {
        for (String keyword : new String[] {"FROM", "TO"}) {
            refusedAtMost(() -> {
                PathArgument argument = PathArgument.parse(keyword, text);
                refusedAtMost(() -> stable(ReversePath.parse(argument.path()).toString()));
                refusedAtMost(() -> stable(ForwardPath.parse(argument.path()).toString()));
                switch (RcptArguments.read(argument.parameters())) {
                    case RcptArguments.Refused(Reply reply) ->
                        assertThat(reply.code().isPermanent()).isTrue();
                    case RcptArguments.Usable usable ->
                        usable.originalRecipient()
                                .ifPresent(address -> assertThat(address).doesNotContain("\r", "\n", "\0"));
                }
            });
        }
        refusedAtMost(() -> XclientArguments.parse(text)
                .helo()
                .ifPresent(name -> assertThat(name).doesNotContain("\r", "\n", "\0")));
        Xtext.decode(text, 100).ifPresent(plain -> assertThat(plain).doesNotContain("\r", "\n", "\0"));
    }

    /// An address that was accepted must be fit for a header field, and be the same when it is read again.
    private static void stable(String path) {
        assertThat(path).doesNotContain("\r", "\n", "\0");
        if (!path.isEmpty() && !path.equals("<>")) {
            assertThat(ReversePath.parse(path).toString()).isEqualTo(path);
        }
    }

    private static void refusedAtMost(Runnable parse) {
        try {
            parse.run();
        } catch (IllegalArgumentException e) {
            // What it says goes into a reply.
            var _ = Reply.of(ReplyCode.ARGUMENT_SYNTAX_ERROR_501, "5.5.4", Texts.safe(e));
        }
    }
}
