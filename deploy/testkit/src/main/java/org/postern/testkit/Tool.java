// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Runs a program that ends by itself, such as `smtp-source`, the same two ways as a daemon.
public final class Tool {
    private static final DaemonKind SMTP_SOURCE = new DaemonKind("smtp-source", "postfix", "smtp-source", "postfix");
    private static final DaemonKind QMQP_SOURCE = new DaemonKind("qmqp-source", "postfix", "qmqp-source", "postfix");
    private static final DaemonKind SWAKS = new DaemonKind("swaks", "postfix", "swaks", "swaks");

    private Tool() {}

    /// How a program ended and what it printed on both output streams.
    ///
    /// @param exitCode its exit code
    /// @param output both streams, in the order written
    public record Result(int exitCode, String output) {}

    /// Postfix' `smtp-source`: many identical mails over SMTP.
    public static Result smtpSource(Duration limit, List<String> arguments) {
        return run(SMTP_SOURCE, Folders.create("smtp-source"), arguments, limit, Optional.empty());
    }

    /// Postfix' `qmqp-source`: many identical mails over QMQP.
    public static Result qmqpSource(Duration limit, List<String> arguments) {
        return run(QMQP_SOURCE, Folders.create("qmqp-source"), arguments, limit, Optional.empty());
    }

    /// `swaks`, the scriptable SMTP client, with this message (or none) as `--data`.
    public static Result swaks(Duration limit, Optional<byte[]> message, List<String> arguments) {
        Path folder = Folders.create("swaks");
        List<String> all = new ArrayList<>(arguments);
        message.ifPresent(bytes -> {
            Path file = folder.resolve("message.eml");
            try {
                Files.write(file, bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            all.addAll(List.of("--data", "@" + file));
        });
        return run(SWAKS, folder, all, limit, Optional.empty());
    }

    static Result run(DaemonKind kind, Path folder, List<String> arguments, Duration limit, Optional<Way> wanted) {
        return run(new DaemonCommand(kind, folder, kind.binary(), arguments, Map.of()), limit, wanted, true);
    }

    static Result run(DaemonCommand command, Duration limit, Optional<Way> wanted, boolean removeFolder) {
        Way way = Ways.choose(command.kind(), wanted);
        DaemonProcess process = DaemonProcess.start(command, way);
        try {
            OptionalInt exitCode = process.awaitEnd(limit);
            String output = Files.readString(command.log(), StandardCharsets.ISO_8859_1);
            return new Result(
                    exitCode.orElseThrow(() -> new AssertionError(
                            command.kind().name() + " still runs after " + limit + "; its output:\n" + output)),
                    output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            process.kill();
            if (removeFolder) {
                Folders.remove(command.folder());
            }
        }
    }
}
