// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.limits.ByteSize;

@Timeout(120)
class ChildProcessTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private ChildProcess shell(String does) throws IOException {
        return shell(does, LONG);
    }

    private ChildProcess shell(String does, Duration processorTime) throws IOException {
        return ChildProcess.start(
                Path.of("/bin/sh"),
                List.of("-c", does),
                new ChildProcess.Limits(Optional.of(ByteSize.ofMiB(256)), processorTime, 33, ByteSize.ofMiB(1)),
                Map.of("GIVEN", "yes"),
                folder);
    }

    private static BufferedReader output(ChildProcess child) {
        return new BufferedReader(new InputStreamReader(child.stdout(), StandardCharsets.US_ASCII));
    }

    private static void awaitEnd(long pid) {
        ProcessHandle.of(pid)
                .ifPresent(process ->
                        process.onExit().orTimeout(30, TimeUnit.SECONDS).join());
    }

    /// The arguments tell the children of one test from those of others.
    private static List<ProcessHandle> sleepers(String seconds) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .filter(arguments -> Arrays.asList(arguments).contains(seconds))
                        .isPresent())
                .toList();
    }

    @Test
    void start_givesTheChildItsLimitsAndNothingElse() throws Exception {
        try (ChildProcess child = shell("env; nice; ulimit -n; ulimit -v; ulimit -c; pwd")) {
            List<String> lines = output(child).lines().toList();

            assertThat(lines)
                    .contains("GIVEN=yes", "LC_ALL=C", "33", Integer.toString(256 * 1024), "0", folder.toString())
                    .noneMatch(line -> line.startsWith("HOME=") || line.startsWith("JAVA_HOME="));
            assertThat(lines).anyMatch(line -> line.matches("1\\d"));
            assertThat(child.exitCode(LONG)).contains(0);
        }
    }

    @Test
    void start_leadsASessionOfItsOwn() throws Exception {
        try (ChildProcess child = shell("cut -d' ' -f6 /proc/$$/stat")) {
            assertThat(output(child).readLine()).isEqualTo(Long.toString(child.pid()));
        }
    }

    @Test
    void start_ofAProgramThatIsMissing_ends() throws Exception {
        try (ChildProcess child = ChildProcess.start(
                folder.resolve("no-such-program"),
                List.of(),
                new ChildProcess.Limits(Optional.empty(), LONG, 33, ByteSize.ofMiB(1)),
                Map.of(),
                folder)) {
            assertThat(child.exitCode(LONG)).isPresent().get().isNotEqualTo(0);
        }
        assertThat(ChildProcess.find("no-such-program")).isEmpty();
        assertThat(ChildProcess.find("/no/such/program")).isEmpty();
        assertThat(ChildProcess.find("sh")).isPresent();
    }

    @Test
    void exitCode_ofOneThatHangs_isNotWaitedFor_andCloseEndsIt() throws Exception {
        ChildProcess child = shell("exec sleep 1000");
        assertThat(child.exitCode(Duration.ofMillis(50))).isEmpty();

        child.close();

        awaitEnd(child.pid());
        assertThat(child.exitCode(LONG)).isPresent();
    }

    @Test
    void kill_ofOneThatFloods_endsWhoReads() throws Exception {
        try (ChildProcess child = shell("while :; do echo flood; done")) {
            InputStream out = child.stdout();
            assertThat(out.readNBytes(100_000)).hasSize(100_000);
            CompletableFuture<Long> reader = CompletableFuture.supplyAsync(() -> {
                try {
                    return out.transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                    return -1L;
                }
            });
            child.kill();

            assertThat(reader.get(30, TimeUnit.SECONDS)).isNotNull();
            awaitEnd(child.pid());
        }
    }

    @Test
    void write_toOneThatReadsNothingAndDies_fails() throws Exception {
        try (ChildProcess child = shell("exit 7")) {
            assertThat(child.exitCode(LONG)).contains(7);
            byte[] much = new byte[1_000_000];
            assertThatThrownBy(() -> {
                        child.stdin().write(much);
                        child.stdin().flush();
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void kill_ofOneThatEndedAndLeftAnother_endsThatToo() throws Exception {
        try (ChildProcess child = shell("sleep 1000 & echo $!")) {
            long left = Long.parseLong(output(child).readLine());
            assertThat(child.exitCode(LONG)).contains(0);
            assertThat(ProcessHandle.of(left)).isPresent();
            // It holds the standard output, so that whoever reads to its end would wait for it.
            CompletableFuture<Long> reader = CompletableFuture.supplyAsync(() -> {
                try {
                    return child.stdout().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                    return -1L;
                }
            });

            child.kill();

            awaitEnd(left);
            assertThat(reader.get(30, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void kill_whileItStartsOneAfterTheOther_endsAll() throws Exception {
        String seconds = "98" + ProcessHandle.current().pid();
        try (ChildProcess child =
                shell("i=0; while [ $i -lt 300 ]; do sleep " + seconds + " & echo $i; i=$((i+1)); done; wait")) {
            output(child).readLine();
            child.kill();

            awaitEnd(child.pid());
            sleepers(seconds).forEach(process -> awaitEnd(process.pid()));
            assertThat(sleepers(seconds)).isEmpty();
        }
    }

    @Test
    void processorTime_thatIsUsedUp_endsTheChild() throws Exception {
        try (ChildProcess child = shell("while :; do :; done", Duration.ofSeconds(1))) {
            assertThat(child.exitCode(LONG)).isPresent().get().isNotEqualTo(0);
        }
    }
}
