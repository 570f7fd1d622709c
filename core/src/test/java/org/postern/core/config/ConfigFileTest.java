// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;

class ConfigFileTest {
    enum Mode {
        PLAIN,
        STARTTLS_REQUIRED
    }

    record Listener(int port, @Default("plain") Mode mode) {
        Listener {
            if (port > 65535) {
                throw new IllegalArgumentException("a port is at most 65535; choose a free one");
            }
        }
    }

    record Everything(
            int number,
            long big,
            double ratio,
            boolean flag,
            String text,
            @Default("60s") Duration deadline,
            @Default("25MiB") ByteSize sizeMax,
            @Default("spool") Path folder,
            HostAndPort backend,
            Domain domain,
            MailAddress postmaster,
            @Default("[10.0.0.0/8]") List<CidrBlock> trusted,
            Map<String, Listener> listen,
            Optional<String> note,
            OptionalDouble threshold,
            @Default("{}") Map<Domain, Integer2> byDomain,
            Optional<ConfigSection> engine) {}

    record Integer2(@Default("2") int value) {}

    record Small(
            @Doc("How many, 1 or more.") int count,
            @Default("") String name) {}

    private static final Path FOLDER = Path.of("/etc/postern");

    private static <C extends Record> C read(String yaml, Class<C> type, String... overrides) {
        return ConfigFile.parse("postern.yaml", FOLDER, yaml, List.of(overrides), type);
    }

    private static List<String> problems(String yaml, Class<? extends Record> type, String... overrides) {
        ConfigException e = catchThrowableOfType(ConfigException.class, () -> read(yaml, type, overrides));
        assertThat(e).isNotNull();
        return e.problems();
    }

    private static final String GOOD = """
            number: 3
            big: 5000000000
            ratio: 0.3
            flag: true
            text: no
            backend: "[::1]:3310"
            domain: Example.ORG
            postmaster: alice@example.org
            listen:
              mx: { port: 25, mode: starttls-required }
              other:
                port: 0
            threshold: 5
            by-domain: { example.org: {}, example.com: { value: 7 } }
            engine: { count: 4 }
            """;

    @Test
    void everyType_inItsWrittenForm_becomesItsValue() {
        Everything read = read(GOOD, Everything.class);

        assertThat(read.number()).isEqualTo(3);
        assertThat(read.big()).isEqualTo(5_000_000_000L);
        assertThat(read.ratio()).isEqualTo(0.3);
        assertThat(read.flag()).isTrue();
        assertThat(read.text()).isEqualTo("no");
        assertThat(read.deadline()).isEqualTo(Duration.ofSeconds(60));
        assertThat(read.sizeMax()).isEqualTo(ByteSize.ofMiB(25));
        assertThat(read.folder()).isEqualTo(Path.of("/etc/postern/spool"));
        assertThat(read.backend()).isEqualTo(new HostAndPort("::1", 3310));
        assertThat(read.domain()).isEqualTo(new Domain("example.org"));
        assertThat(read.postmaster()).isEqualTo(MailAddress.parse("alice@example.org"));
        assertThat(read.trusted()).containsExactly(CidrBlock.parse("10.0.0.0/8"));
        assertThat(read.listen())
                .containsExactly(
                        Map.entry("mx", new Listener(25, Mode.STARTTLS_REQUIRED)),
                        Map.entry("other", new Listener(0, Mode.PLAIN)));
        assertThat(read.note()).isEmpty();
        assertThat(read.threshold()).hasValue(5);
        assertThat(read.byDomain()).containsEntry(new Domain("example.com"), new Integer2(7));
        assertThat(read.engine().orElseThrow().as(Small.class)).isEqualTo(new Small(4, ""));
    }

    @Test
    void everythingWrong_isReportedAtOnce_withLines() {
        String yaml = """
                number: three
                big: 5 GB
                ratio: 1e9
                flag: yes
                text: [a]
                deadline: 60
                size-max: 25 Mega
                backend: localhost
                domain: "-"
                postmaster: nobody
                trusted: 10.0.0.0/8
                listen:
                  mx: { prot: 25, mode: startls-required }
                  other: { port: 70000 }
                number: 4
                """;

        assertThat(problems(yaml, Everything.class))
                .containsExactly(
                        "postern.yaml:1: number: \"three\" is not a whole number",
                        "postern.yaml:2: big: \"5 GB\" is not a whole number",
                        "postern.yaml:3: ratio: \"1e9\" is not a number; write for example 0.5 or 12",
                        "postern.yaml:4: flag: \"yes\" is neither true nor false",
                        "postern.yaml:5: text: must be one value, not a list or a group of settings",
                        "postern.yaml:6: deadline: \"60\" is not a length of time; write number and unit (ms, s, m,"
                                + " h, d), for example 60s",
                        "postern.yaml:7: size-max: \"25 Mega\" is not a size; write for example 64KiB, 25MiB or 1GiB",
                        "postern.yaml:8: backend: \"localhost\" is not host:port; write for example 127.0.0.1:3310 or"
                                + " [::1]:3310",
                        "postern.yaml:9: domain: not a domain name or address literal: -",
                        "postern.yaml:10: postmaster: an address needs a local part, an @ and a domain: nobody",
                        "postern.yaml:11: trusted: must be a list; write [a, b], or a line with \"- \" for each item",
                        "postern.yaml:13: unknown setting \"prot\" in listen.mx; did you mean \"port\"?",
                        "postern.yaml:13: \"port\" is missing in listen.mx",
                        "postern.yaml:13: listen.mx.mode: \"startls-required\" is not possible here; did you mean"
                                + " \"starttls-required\"?",
                        "postern.yaml:14: listen.other: a port is at most 65535; choose a free one",
                        "postern.yaml:15: \"number\" is set twice; the first one is in line 1");
    }

    @Test
    void missingValue_isReported_withItsMeaning() {
        assertThat(problems("", Small.class))
                .containsExactly("postern.yaml:1: \"count\" is missing: How many, 1 or more.");
        assertThat(problems("count:\n", Small.class))
                .containsExactly("postern.yaml:1: count: has no value; write one, or leave the line out");
    }

    @Test
    void sectionReadLater_reportsItsOwnLines() {
        ConfigSection engine = read(GOOD.replace("{ count: 4 }", "{ count: 4, nmae: x }"), Everything.class)
                .engine()
                .orElseThrow();

        ConfigException e = catchThrowableOfType(ConfigException.class, () -> engine.as(Small.class));

        assertThat(e.problems())
                .containsExactly("postern.yaml:15: unknown setting \"nmae\" in engine; did you mean \"name\"?");
    }

    @Test
    void override_replacesAndAdds_anywhere() {
        Everything read = read(
                GOOD,
                Everything.class,
                "listen.mx.port=0",
                "listen.new.port=7",
                "note=a: b = c",
                "by-domain.\"example.net\".value=9",
                "engine.count=5");

        assertThat(read.listen().get("mx")).isEqualTo(new Listener(0, Mode.STARTTLS_REQUIRED));
        assertThat(read.listen().get("new")).isEqualTo(new Listener(7, Mode.PLAIN));
        assertThat(read.note()).hasValue("a: b = c");
        assertThat(read.byDomain()).containsEntry(new Domain("example.net"), new Integer2(9));
        assertThat(read.engine().orElseThrow().as(Small.class).count()).isEqualTo(5);
    }

    @Test
    void listInOverride_isWrittenAsYaml_orAppended() {
        assertThat(read(GOOD, Everything.class, "trusted=[10.0.0.1, '10.0.0.2']")
                        .trusted())
                .hasSize(2);
        assertThat(read(GOOD + "trusted: [10.0.0.0/8]\n", Everything.class, "trusted.1=10.0.0.1")
                        .trusted())
                .hasSize(2);
    }

    @Test
    void wrongOverride_isReportedAsSuch() {
        assertThat(problems("count: 1", Small.class, "count=x", "nmae=y", "count", "=", "count.x.=3"))
                .containsExactly(
                        "--set =: write KEY=VALUE, for example farms.mx.deadline=30s",
                        "--set count: write KEY=VALUE, for example farms.mx.deadline=30s",
                        "--set count.x.=3: write KEY=VALUE, for example farms.mx.deadline=30s",
                        "--set count=x: count: \"x\" is not a whole number",
                        "--set nmae=y: unknown setting \"nmae\"; did you mean \"name\"?");
        assertThat(problems(GOOD + "trusted: [10.0.0.0/8]\n", Everything.class, "trusted.5=10.0.0.1"))
                .containsExactly("--set trusted.5=10.0.0.1: \"5\" must be the place in a list of 1, counted from 0");
    }

    @Test
    void brokenYaml_isOneProblem_withItsLine() {
        assertThat(problems("count: 1\nname: [a, b\n", Small.class))
                .singleElement()
                .asString()
                .startsWith("postern.yaml:")
                .contains("not YAML: ");
        assertThat(problems("count: 1\n---\ncount: 2\n", Small.class))
                .containsExactly("postern.yaml:2: a second document begins here; write one document without \"---\"");
        assertThat(problems("- 1\n", Small.class))
                .containsExactly("postern.yaml:1: must be a group of settings, not a list");
    }

    @Test
    void alias_meansTheAnchoredValue_butNeverUnfoldsWithoutBound() {
        assertThat(read(GOOD.replace("text: no", "text: &t hello") + "note: *t\n", Everything.class)
                        .note())
                .hasValue("hello");

        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a%d: &a%d [".formatted(i, i))
                    .repeat("*a%d, ".formatted(i - 1), 10)
                    .append("]\n");
        }
        assertThat(problems(bomb.toString(), Small.class))
                .singleElement()
                .asString()
                .contains("aliases unfolded");
        assertThat(problems("[".repeat(100_000), Small.class))
                .singleElement()
                .asString()
                .contains("nested deeper than 40 levels");
        assertThat(problems("a: &a [ *a ]", Small.class))
                .singleElement()
                .asString()
                .contains("names no complete");
    }

    @Test
    void tooLongFile_isRefused() {
        assertThat(problems("# ".repeat(YamlReader.CHARACTERS_MAX), Small.class))
                .singleElement()
                .asString()
                .contains("is longer than");
    }

    @Test
    void durations_haveUnits() {
        assertThat(ScalarTypes.duration("1h30m")).isEqualTo(Duration.ofMinutes(90));
        assertThat(ScalarTypes.duration("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(ScalarTypes.duration("2d")).isEqualTo(Duration.ofDays(2));
    }
}
