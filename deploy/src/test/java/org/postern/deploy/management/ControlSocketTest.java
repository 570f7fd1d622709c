// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.deploy.management.ControlClient.Outcome;

class ControlSocketTest {
    @TempDir
    Path folder;

    private final List<String> answered = new ArrayList<>();
    private final Operation.Answer answer = new Operation.Answer() {
        @Override
        public void row(Map<String, ?> columns) {
            answered.add(columns.toString());
        }

        @Override
        public void say(String line) {
            answered.add(line);
        }
    };

    private static final List<Operation> OPERATIONS = List.of(
            new Operation("echo", (arguments, answer) -> {
                answer.say("now");
                answer.row(arguments);
            }),
            new Operation("wrong", (_, _) -> {
                throw new IllegalArgumentException("no such mail");
            }),
            new Operation("broken", (_, _) -> {
                throw new IOException("disk");
            }));

    @Test
    void operation_asked_answersInOrder() throws IOException {
        try (ControlSocket socket = ControlSocket.start(folder.resolve("control"), "store", OPERATIONS)) {
            ControlClient server =
                    ControlClient.servers(folder.resolve("control")).getFirst();

            assertThat(server.name()).isEqualTo("store");
            assertThat(server.ask("echo", Map.of("text", "\u00fc \"\n"), answer))
                    .isEqualTo(new Outcome.Done());
            assertThat(answered).containsExactly("now", "{text=\u00fc \"\n}");
            assertThat(server.ask("wrong", Map.of(), answer)).isEqualTo(new Outcome.Failed("no such mail"));
            assertThat(server.ask("broken", Map.of(), answer)).isEqualTo(new Outcome.Failed("disk"));
            assertThat(server.ask("other", Map.of(), answer)).isEqualTo(new Outcome.NotHere());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("control"))))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.path())))
                    .isEqualTo("rw-rw----");
        }
        assertThat(ControlClient.servers(folder.resolve("control"))).isEmpty();
    }

    @Test
    void secondServerOfTheSameName_getsANameOfItsOwn() throws IOException {
        try (ControlSocket _ = ControlSocket.start(folder, "mx", OPERATIONS);
                ControlSocket _ = ControlSocket.start(folder, "mx", OPERATIONS)) {
            assertThat(ControlClient.servers(folder))
                    .extracting(ControlClient::name)
                    .containsExactlyInAnyOrder("mx", "mx-2");
        }
    }

    @Test
    void serverWithoutDescriptors_pausesAfterEachTry_andServesWhenThereAreSomeAgain() throws Exception {
        Semaphore descriptors = new Semaphore(0);
        Semaphore pauses = new Semaphore(0);
        Semaphore goOn = new Semaphore(0);
        AtomicInteger tries = new AtomicInteger();
        try (ControlSocket _ = ControlSocket.start(
                folder,
                "mx",
                OPERATIONS,
                door -> () -> {
                    tries.incrementAndGet();
                    if (!descriptors.tryAcquire()) {
                        throw new IOException("Too many open files");
                    }
                    return door.accept();
                },
                () -> {
                    pauses.release();
                    goOn.acquireUninterruptibly();
                })) {
            for (int i = 1; i <= 3; i++) {
                assertThat(pauses.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
                assertThat(tries).as("one try, then a pause").hasValue(i);
                if (i == 3) {
                    descriptors.release(1000);
                }
                goOn.release();
            }
            assertThat(ControlClient.servers(folder).getFirst().ask("echo", Map.of(), answer))
                    .isEqualTo(new Outcome.Done());
        }
    }

    @Test
    void socketLeftByAKilledServer_isReplaced() throws IOException {
        Files.createFile(folder.resolve("mx.sock"));
        try (ControlSocket _ = ControlSocket.start(folder, "mx", OPERATIONS)) {
            assertThat(ControlClient.servers(folder))
                    .extracting(ControlClient::name)
                    .containsExactly("mx");
        }
    }
}
