// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.directory.Directory;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.json.Json;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;
import org.postern.delivery.Store;
import org.postern.delivery.StoreConfig;
import org.postern.delivery.StoreIdentity;
import org.postern.deploy.config.DirectoryConfig;
import org.postern.deploy.management.Check;
import org.postern.deploy.management.Operation;

/// What `postern queue` and `postern quarantine` make a store do. Carol is not in the directory any more: her mail
/// stays.
class StoreOperationsTest {
    private static final String MESSAGE = """
            X-Postern-Result: quarantine score=9.00 id=x farm=mx
            \trules/BAD=9.00
            From: Mallory <m@example.com>
            Subject: offer
            X-Postern-Result: accept

            buy
            """.replace("\n", "\r\n");

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // before each test
    private Directory directory;

    @SuppressWarnings("NullAway.Init") // before each test
    private Store store;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<Operation> operations = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        Path accounts = Files.writeString(
                folder.resolve("accounts.yaml"),
                "domains: [example.org]\npostmaster: alice@example.org\naccounts:\n  alice@example.org: {}\n  bob@example.org: {}\n");
        directory = Directories.open(DirectoryConfig.of(accounts), meters, new ArrayList<>());
        store = open();
        operations.addAll(QueueOperations.of(store.queue()));
        operations.addAll(QuarantineOperations.of(store.quarantine()));
    }

    private Store open() {
        return Store.start(
                StoreConfig.in(folder.resolve("store")),
                new StoreIdentity("store1", new Domain("store.example.org")),
                directory,
                new InMemoryDns(),
                meters);
    }

    @AfterEach
    void stop() {
        store.close();
        directory.close();
    }

    private HandoffId kept(Disposition disposition, String... recipients) throws Exception {
        return kept(MESSAGE, disposition, recipients);
    }

    private HandoffId kept(String message, Disposition disposition, String... recipients) throws Exception {
        HandoffId id = new HandoffId("mx1", TransactionId.create(System.currentTimeMillis()));
        Envelope envelope = Envelope.of(
                ReversePath.parse("sender@example.com"),
                List.of(recipients).stream().map(ForwardPath::parse).toList());
        byte[] octets = message.getBytes(StandardCharsets.UTF_8);
        byte[] sha = java.security.MessageDigest.getInstance("SHA-256")
                .digest(id.toString().getBytes(StandardCharsets.US_ASCII));
        assertThat(store.localMailStore()
                        .handOver(
                                new Handoff(
                                        id,
                                        DedupKey.of(envelope, sha),
                                        envelope,
                                        MessageContent.of(octets),
                                        disposition),
                                Deadline.in(Duration.ofSeconds(20))))
                .isInstanceOf(HandoffResult.Accepted.class);
        return id;
    }

    /// What an operation answers: rows as maps, what is said as text.
    private List<Object> ask(String name, Map<String, String> arguments) throws Exception {
        List<Object> answers = new ArrayList<>();
        Operation operation = operations.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        operation.handler().run(arguments, new Operation.Answer() {
            @Override
            public void row(Map<String, ?> columns) {
                answers.add(new LinkedHashMap<>(columns));
            }

            @Override
            public void say(String line) {
                answers.add(line);
            }
        });
        return answers;
    }

    private Map<?, ?> onlyRow(String name, Map<String, String> arguments) throws Exception {
        List<Object> answers = ask(name, arguments);
        assertThat(answers).hasSize(1);
        return (Map<?, ?>) answers.getFirst();
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void eventually(Condition condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("it did not happen within 20 s").isLessThan(end);
            Thread.sleep(20);
        }
    }

    private List<Path> delivered(String user) throws Exception {
        Path inbox = folder.resolve("store/mail/example.org").resolve(user).resolve("new");
        if (!Files.isDirectory(inbox)) {
            return List.of();
        }
        try (var files = Files.list(inbox)) {
            return files.toList();
        }
    }

    @Test
    void queue_showsWhatIsLeft_andObeys() throws Exception {
        HandoffId id = kept(Disposition.DELIVER, "alice@example.org", "carol@example.org");
        String name = id.transaction().text();
        eventually(() -> Objects.equals(onlyRow("queue list", Map.of()).get("attempts"), 1));
        Map<?, ?> row = onlyRow("queue list", Map.of("recipient", "@example.org", "max", "5"));
        assertThat(row.get("id")).isEqualTo(id);
        assertThat(row.get("state")).isEqualTo("waiting");
        assertThat(row.get("recipients")).isEqualTo(List.of("carol@example.org"));
        assertThat(String.valueOf(row.get("reason"))).contains("carol@example.org");
        assertThat(ask("queue list", Map.of("recipient", "alice@example.org")))
                .containsExactly("no mail of the queue fits");
        Map<?, ?> domain = onlyRow("queue domains", Map.of());
        assertThat(domain.get("domain")).isEqualTo("example.org");
        assertThat(domain.get("mails")).isEqualTo(1);
        assertThat(String.valueOf(domain.get("reason"))).contains("carol@example.org");

        assertThat(ask("queue hold", Map.of("id", name))).containsExactly(id + " held");
        assertThat(onlyRow("queue stats", Map.of()).get("held")).isEqualTo(1L);
        assertThat(ask("queue retry", Map.of())).containsExactly("0 mails are tried now");
        assertThat(ask("queue show", Map.of("id", name)).toString())
                .contains("to alice@example.org")
                .contains("held")
                .contains("pending");
        assertThat(ask("queue release", Map.of("id", id.toString()))).containsExactly(id + " released");
        eventually(() -> Objects.equals(onlyRow("queue list", Map.of()).get("attempts"), 2));
        assertThat(ask("queue retry", Map.of("id", name))).containsExactly("1 mail is tried now");
        eventually(() -> Objects.equals(onlyRow("queue list", Map.of()).get("attempts"), 3));

        assertThat(ask("queue delete", Map.of("id", name))).containsExactly(id + " deleted");
        assertThat(ask("queue list", Map.of())).containsExactly("the queue is empty");
        assertThat(ask("queue domains", Map.of())).containsExactly("the queue is empty");
        assertThatThrownBy(() -> ask("queue show", Map.of("id", name))).hasMessageContaining("no mail " + name);
        assertThat(onlyRow("queue stats", Map.of()).get("mails")).isEqualTo(0L);
        assertThat(delivered("alice")).hasSize(1);
    }

    /// Programs read these: a column that goes, or is called otherwise, breaks them.
    @Test
    void rows_haveTheColumnsOfTheReference_inTheirOrder() throws Exception {
        HandoffId waiting = kept(Disposition.DELIVER, "alice@example.org", "carol@example.org");
        HandoffId apart = kept(Disposition.QUARANTINE, "alice@example.org");
        eventually(() -> ask("queue list", Map.of()).size() == 1);
        eventually(() -> Objects.equals(onlyRow("queue list", Map.of()).get("attempts"), 1));
        OutputReference.check("queue list", json("queue list", Map.of()));
        OutputReference.check("queue domains", json("queue domains", Map.of()));
        OutputReference.check("queue stats", json("queue stats", Map.of()));
        OutputReference.check("queue show", json("queue show", Map.of("id", waiting.toString())));
        OutputReference.check("quarantine list", json("quarantine list", Map.of()));
        OutputReference.check("quarantine show", json("quarantine show", Map.of("id", apart.toString())));
    }

    /// The rows as `--json` prints them.
    private List<String> json(String name, Map<String, String> arguments) throws Exception {
        return ask(name, arguments).stream()
                .filter(Map.class::isInstance)
                .map(Json::write)
                .toList();
    }

    @Test
    void whatNamesNoMail_isRefusedWithWhatToWrite() {
        assertThatThrownBy(() -> ask("queue show", Map.of("id", "abc"))).hasMessageContaining("abc is no id of a mail");
        assertThatThrownBy(() -> ask("queue hold", Map.of("id", "mx1.abc")))
                .hasMessageContaining("copy one from the list");
        assertThatThrownBy(() -> ask("quarantine show", Map.of("id", "abc")))
                .hasMessageContaining("is no id of a mail");
        assertThatThrownBy(() -> ask("queue list", Map.of("recipient", "example.org")))
                .hasMessageContaining("@example.org for everybody there");
        assertThatThrownBy(() -> ask("queue list", Map.of("max", "0"))).hasMessageContaining("--max is 1 or more");
        assertThatThrownBy(() -> ask("quarantine list", Map.of("max", "-1")))
                .hasMessageContaining("--max is 1 or more");
    }

    @Test
    void queueByDomains_namesTheFullestFirst() throws Exception {
        ask("queue pause", Map.of());
        kept(Disposition.DELIVER, "x@one.example");
        kept(Disposition.DELIVER, "x@two.example", "y@two.example");
        kept(Disposition.DELIVER, "z@two.example", "x@one.example", "x@three.example");
        kept(Disposition.DELIVER, "z@two.example");
        List<Object> all = ask("queue domains", Map.of());
        assertThat(all.stream().map(row -> ((Map<?, ?>) row).get("domain") + "=" + ((Map<?, ?>) row).get("mails")))
                .containsExactly("two.example=3", "one.example=2", "three.example=1");
        assertThat(ask("queue domains", Map.of("max", "1")))
                .hasSize(2)
                .last()
                .asString()
                .contains("3 domains");
    }

    @Test
    void pausedDeliveries_impairTheServer_andMailIsTakenInAllTheSame() throws Exception {
        assertThat(StoreChecks.of(store))
                .allSatisfy(check -> assertThat(check.now().state()).isEqualTo(Check.State.OK));
        ask("queue pause", Map.of());
        assertThat(StoreChecks.of(store)).allMatch(check -> check.now().ready());
        assertThat(StoreChecks.of(store).stream().map(check -> check.name() + " " + check.now()))
                .contains("deliveries impaired: paused; postern queue resume lets them go on");
    }

    @Test
    void damagedMail_isSetAside_andImpairsTheServer() throws Exception {
        ask("queue pause", Map.of());
        HandoffId id = kept(Disposition.DELIVER, "alice@example.org");
        store.close();
        Path file;
        try (var files = Files.walk(folder.resolve("store/spool/m"))) {
            file = files.filter(path -> path.endsWith(id.toString()))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] octets = Files.readAllBytes(file);
        octets[10] ^= 1;
        Files.write(file, octets);
        store = open();
        eventually(() -> store.stats().corrupt() == 1);
        assertThat(StoreChecks.of(store).stream().map(check -> check.name() + " " + check.now()))
                .contains("set aside impaired: 1 damaged, nobody gets them: see postern spool verify and salvage");
    }

    @Test
    void queue_whilePaused_takesMailIn_andDeliversItWhenResumed() throws Exception {
        assertThat(ask("queue resume", Map.of())).containsExactly("deliveries were not paused");
        assertThat(ask("queue pause", Map.of()).toString()).contains("are paused until");
        HandoffId id = kept(Disposition.DELIVER, "alice@example.org");
        assertThat(ask("queue retry", Map.of("id", id.toString())).toString()).contains("when deliveries are resumed");
        Map<?, ?> stats = onlyRow("queue stats", Map.of());
        assertThat(stats.get("deliveries")).isEqualTo("paused");
        assertThat(stats.get("due")).isEqualTo(1L);
        assertThat(delivered("alice")).isEmpty();
        assertThat(ask("queue resume", Map.of())).containsExactly("deliveries go on");
        eventually(() -> delivered("alice").size() == 1);
        assertThat(onlyRow("queue stats", Map.of()).get("deliveries")).isEqualTo("on");
    }

    @Test
    void quarantine_showsOurFindingsOnly_andReleases() throws Exception {
        HandoffId id = kept(Disposition.QUARANTINE, "alice@example.org", "bob@example.org");
        eventually(() -> ask("quarantine list", Map.of()).getFirst() instanceof Map);
        Map<?, ?> row = onlyRow("quarantine list", Map.of());
        assertThat(row.get("subject")).isEqualTo("offer");
        assertThat(row.get("findings")).isEqualTo("quarantine score=9.00 id=x farm=mx rules/BAD=9.00");
        assertThat(ask("quarantine show", Map.of("id", id.toString())).toString())
                .contains("rules/BAD=9.00")
                .contains("Mallory")
                .doesNotContain("accept");

        assertThatThrownBy(() -> ask("quarantine release", Map.of("id", id.toString(), "to", "carol@example.org")))
                .hasMessageContaining("is not for carol@example.org");
        assertThat(ask("quarantine release", Map.of("id", id.toString(), "to", "Bob@example.org")))
                .hasSize(1);
        eventually(() -> delivered("bob").size() == 1);
        assertThat(delivered("alice")).isEmpty();
        assertThat(ask("quarantine list", Map.of())).hasSize(1);
        assertThat(ask("quarantine release", Map.of("id", id.transaction().text())))
                .hasSize(1);
        eventually(() -> delivered("alice").size() == 1);
        assertThat(ask("quarantine list", Map.of())).containsExactly("the quarantine is empty");
        assertThatThrownBy(() -> ask("quarantine delete", Map.of("id", id.toString())))
                .hasMessageContaining("no mail");
    }

    @Test
    void quarantine_ofAMailMadeToBreakTheList_isListedWithTheOthers() throws Exception {
        kept(Disposition.QUARANTINE, "alice@example.org");
        String subject = "\u001b[2J\u009bm\u202e" + "\u00fc".repeat(400_000);
        kept(
                "Subject: " + subject + "\r\nFrom: " + subject + "\r\n\r\nbuy\r\n",
                Disposition.QUARANTINE,
                "bob@example.org");
        eventually(() -> ask("quarantine list", Map.of()).size() == 2);

        for (Object row : ask("quarantine list", Map.of())) {
            assertThat(Json.write(row)).hasSizeLessThan(4_000);
            assertThat(String.valueOf(((Map<?, ?>) row).get("subject")))
                    .doesNotContain("\u001b", "\u009b", "\u202e")
                    .hasSizeLessThan(310);
        }
    }

    @Test
    void queue_ofAMailForThousands_namesSomeOfThem() throws Exception {
        ask("queue pause", Map.of());
        String[] all = IntStream.range(0, 3_000)
                .mapToObj(i -> "nobody" + i + "@example.org")
                .toArray(String[]::new);
        HandoffId id = kept(Disposition.DELIVER, all);

        assertThat((List<?>) onlyRow("queue list", Map.of()).get("recipients"))
                .hasSize(101)
                .last()
                .isEqualTo("and 2900 more");
        assertThat(ask("queue show", Map.of("id", id.toString()))).hasSizeGreaterThan(3_000);
    }

    @Test
    void quarantine_forgets() throws Exception {
        HandoffId one = kept(Disposition.QUARANTINE, "alice@example.org");
        HandoffId _ = kept(Disposition.QUARANTINE, "alice@example.org");
        eventually(() -> ask("quarantine list", Map.of()).size() == 2);
        assertThat(ask("quarantine delete", Map.of("id", one.toString()))).containsExactly(one + " deleted");
        assertThat(ask("quarantine expire", Map.of("age", "PT1H"))).containsExactly("0 mails deleted");
        assertThat(ask("quarantine expire", Map.of("age", "PT0S"))).containsExactly("1 mail deleted");
        assertThat(ask("quarantine list", Map.of())).containsExactly("the quarantine is empty");
    }
}
