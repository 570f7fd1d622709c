// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postern.core.config.CidrBlock;
import org.postern.core.limits.Rate;
import org.postern.smtpfront.admission.AdmissionConfig;
import org.postern.smtpfront.admission.GreetingConfig;
import org.postern.smtpfront.admission.RatesConfig;

final class TranscriptTest {
    static Stream<Path> transcripts() throws IOException {
        Path folder = Path.of(System.getProperty("postern.project.root", "."))
                .resolve("smtp-front/src/test/resources/transcripts");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(file -> file.toString().endsWith(".smtp"))
                    .sorted()
                    .toList();
            return found.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void the_dialogue_goes_as_written(Path file) throws IOException {
        Transcript transcript = Transcript.read(file);
        try (TestFront front = front(transcript.farm())) {
            assertThat(transcript.play(front)).isEmpty();
        }
    }

    private static TestFront front(String farm) throws IOException {
        return switch (farm) {
            case "mx" -> TestFront.mx();
            case "submission", "submission-implicit" -> TestFront.submission();
            case "optional" ->
                new TestFront(Authentication.OPTIONAL, List.of(TlsMode.STARTTLS), UnaryOperator.identity());
            case "normalise" -> TestFront.mx(Change::normalise);
            case "binary" -> TestFront.mx(Change::binary);
            case "xclient" ->
                TestFront.mx(config -> Change.listen(
                        config,
                        new ListenerConfig(
                                0, "127.0.0.1", TlsMode.NONE, List.of(), List.of(CidrBlock.parse("127.0.0.0/8")))));
            case "small" -> TestFront.mx(Change::small);
            case "denied-client" -> listed("deny client 127.0.0.0/8 We know you");
            case "denied-addresses" ->
                listed(
                        "deny sender .spam.example Nor from below",
                        "deny sender spam.example Not from you",
                        "allow sender friend@spam.example",
                        "deny sender <> No bounces",
                        "deny recipient bob@here.example Bob has left");
            case "ten-idle-commands" ->
                TestFront.mx(config -> Change.admission(
                        config,
                        Change.with(
                                Change.with(AdmissionConfig.defaults(), "exempt", List.of()),
                                "rates",
                                Change.with(RatesConfig.defaults(), "idleCommands", 10))));
            case "early-talkers-refused" ->
                Admissions.strict(config -> Change.with(
                        config,
                        "greeting",
                        new GreetingConfig(
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(2),
                                Rate.UNLIMITED,
                                GreetingConfig.EarlyTalkers.REFUSE)));
            default -> throw new IOException("no such farm: " + farm);
        };
    }

    private static TestFront listed(String... rules) throws IOException {
        Path list = Files.createTempFile("rules", ".txt");
        Files.write(list, List.of(rules));
        return TestFront.mx(
                config -> Change.admission(config, Change.with(AdmissionConfig.defaults(), "lists", List.of(list))));
    }
}
