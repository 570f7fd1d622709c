// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.postern.scanworkers.pool.BackendAddress;

/// Whether this machine has the memory for a clamd that holds its old and its new signatures at once. proc(5).
///
/// What cannot be seen, such as a clamd on another machine or in another container, is unknown and said to be.
final class Headroom {
    private final Path proc;

    /// @param proc `/proc`
    Headroom(Path proc) {
        this.proc = proc;
    }

    /// What is known.
    sealed interface Result {
        /// There is room, or not.
        record Known(boolean enough, String detail) implements Result {}

        record Unknown(String why) implements Result {}
    }

    /// Compares what the largest clamd of this machine takes now with what is free. Reads a few small files.
    Result of(BackendAddress address) {
        if (!isLocal(address)) {
            return new Result.Unknown("it runs on another machine");
        }
        OptionalLong taken = largest();
        OptionalLong available = kib(proc.resolve("meminfo"), "MemAvailable:");
        if (taken.isEmpty()) {
            return new Result.Unknown("no process of clamd can be seen");
        }
        if (available.isEmpty()) {
            return new Result.Unknown("the free memory cannot be read");
        }
        long mib = 1024;
        return new Result.Known(
                available.getAsLong() > taken.getAsLong(),
                "clamd takes " + taken.getAsLong() / mib + " MiB and may take that twice, "
                        + available.getAsLong() / mib + " MiB are available");
    }

    private static boolean isLocal(BackendAddress address) {
        return switch (address) {
            case BackendAddress.Unix _ -> true;
            case BackendAddress.Tcp tcp -> {
                try {
                    yield tcp.resolve() instanceof InetSocketAddress resolved && isOurs(resolved.getAddress());
                } catch (IOException e) {
                    yield false;
                }
            }
        };
    }

    private static boolean isOurs(InetAddress address) throws IOException {
        return address != null
                && (address.isLoopbackAddress() || java.net.NetworkInterface.getByInetAddress(address) != null);
    }

    private OptionalLong largest() {
        try (Stream<Path> processes = Files.list(proc)) {
            List<Path> clamds = processes
                    .filter(path -> path.getFileName().toString().matches("\\d{1,10}"))
                    .filter(path -> text(path.resolve("comm")).strip().equals("clamd"))
                    .toList();
            return clamds.stream()
                    .map(path -> kib(path.resolve("status"), "VmRSS:"))
                    .filter(OptionalLong::isPresent)
                    .mapToLong(OptionalLong::getAsLong)
                    .max();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong kib(Path file, String field) {
        return text(file)
                .lines()
                .filter(line -> line.startsWith(field))
                .map(line -> line.substring(field.length()).strip().split(" ", 2)[0])
                .filter(number -> number.matches("\\d{1,15}"))
                .mapToLong(Long::parseLong)
                .findFirst();
    }

    /// Empty where it cannot be read: a process may end while it is looked at.
    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
